"""Takes secrets out of archived requests. Every record keeps its place, and all other records their bytes.

Rows of the database and revisit records name a record by file and byte. So a record that became shorter is padded, with
the comment that a gzip member may hold.
"""

from __future__ import annotations

import os
import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO

from asiatongsin.capture import is_secret
from pipelines.archive.gzip_members import MAGIC, Member, UnpackedMember, members
from pipelines.archive.records import RECORD_START
from pipelines.archive.warc import payload_digest
from pipelines.disk import fsync_folder

LARGEST_REQUEST = 1024 * 1024
"""Bytes of the largest request in a damaged record that is looked through."""

_END = b"\r\n\r\n"
_IS_REQUEST = re.compile(rb"\r\nWARC-Type: *request *(?:\r\n|$)", re.IGNORECASE)
_LENGTH = re.compile(rb"(?<=\r\nContent-Length: )\d+", re.IGNORECASE)
_DIGEST = re.compile(rb"(?<=\r\nWARC-Block-Digest: )[^\r\n]+", re.IGNORECASE)
_LINE = re.compile(rb"([^:\r\n]+):[^\r\n]*(?:\r\n[ \t][^\r\n]*)*")
_PIECE = 16  # bytes: of the piece that holds the damage, nothing is unpacked
_HAS_COMMENT = 0x10
_GZIP_HEADER = 10

Patches = dict[int, bytes]
"""What is written at which byte of a file."""


def clean(path: Path, report: Callable[[Path, int, str], None]) -> int:
    """Cleans a file of the archive, in one step; returns how many records changed. OSError where it stays as it was.

    What cannot be cleaned is reported. A damaged record that shows a secret is overwritten with zeros.
    """
    path = path.resolve()
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            report(path, 0, "the file is not gzipped, and was left as it is")
            return 0
        patches = dict(_patches(file, lambda offset, trouble: report(path, offset, trouble)))
    if patches:
        _replace(path, patches)
    return len(patches)


def without_secrets(record: bytes) -> bytes:
    """A record without the secret headers of the request in it; the same where it holds none, or no request."""
    head, _, rest = record.partition(_END)
    length = _LENGTH.search(head)
    if not record.startswith(RECORD_START) or not _IS_REQUEST.search(head) or not length:
        return record
    block, behind = rest[: int(length[0])], rest[int(length[0]) :]
    cleaned = _cleaned(block)
    if cleaned == block:
        return record
    head = _LENGTH.sub(b"%d" % len(cleaned), head)
    head = _DIGEST.sub(payload_digest(cleaned).encode(), head)
    return head + _END + cleaned + behind


def _cleaned(block: bytes) -> bytes:
    """A request, as it was sent, without its secret headers."""
    head, end, body = block.partition(_END)
    first, *_ = head.split(b"\r\n", 1)
    kept = [line[0] for line in _LINE.finditer(head, len(first)) if not is_secret(line[1].decode("latin-1"))]
    return block if len(kept) == len(_LINE.findall(head, len(first))) else b"\r\n".join([first, *kept]) + end + body


def _patches(file: IO[bytes], report: Callable[[int, str], None]) -> Iterator[tuple[int, bytes]]:
    damaged: int | None = None
    for member in chain(members(file), [None]):
        end = member.offset if member else os.fstat(file.fileno()).st_size
        if damaged is not None and _shows_secret(file, damaged):
            yield damaged, bytes(end - damaged)
        damaged = member.offset if member and member.trouble else None
        if member and member.plain is not None and not member.trouble:
            yield from _patch(member, member.plain, report)


def _patch(member: Member, plain: bytes, report: Callable[[int, str], None]) -> Iterator[tuple[int, bytes]]:
    cleaned = without_secrets(plain)
    if cleaned == plain:
        return
    if packed := _packed(cleaned, member.length):
        yield member.offset, packed
    else:
        report(member.offset, "the record holds a secret, and there is no room to pack it anew")


def _packed(plain: bytes, size: int) -> bytes | None:
    """A gzip member of exactly this size; None where it would be larger."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    packed = compressor.compress(plain) + compressor.flush()
    spare = size - len(packed)
    if spare <= 0:
        return packed if spare == 0 else None
    flags = bytes([packed[3] | _HAS_COMMENT])
    return packed[:3] + flags + packed[4:_GZIP_HEADER] + b" " * (spare - 1) + b"\0" + packed[_GZIP_HEADER:]


def _shows_secret(file: IO[bytes], offset: int) -> bool:
    """Whether what can be unpacked of a damaged record is a request with a secret."""
    place, unpacked, plain = file.tell(), UnpackedMember(file, offset), b""
    while len(plain) < LARGEST_REQUEST and (part := unpacked.read(_PIECE)):
        plain += part
    file.seek(place)
    head, _, block = plain.partition(_END)
    return bool(_IS_REQUEST.search(head)) and _cleaned(block) != block


def _replace(path: Path, patches: Patches) -> None:
    """Writes a copy with the patches, brings it to the disk, and puts it in the place of the file."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        shutil.copy2(path, unfinished)
        with unfinished.open("r+b") as file:
            for offset, patch in patches.items():
                file.seek(offset)
                file.write(patch)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)
