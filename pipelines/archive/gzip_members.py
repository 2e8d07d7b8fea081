"""The members of a gzip file. WARC files have one per record: each can be read alone, and damage ends with it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from isal import isal_zlib  # half the time of zlib

MAGIC = b"\x1f\x8b\x08"

LARGEST_MEMBER = 16 * 1024 * 1024
"""Unpacked bytes of the largest member that is held in memory; a record with a page has no more."""

CUT_OFF = "the file is cut off here"

_GZIP = 16 + zlib.MAX_WBITS
_BLOCK = 64 * 1024
_PART = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """One member, unpacked."""

    offset: int
    """Byte at which it begins."""

    length: int
    """Its bytes in the file."""

    plain: bytes | None
    """What was packed, up to the place where the file is cut off; None where it is too large or damaged."""

    trouble: str = ""
    """Why it cannot be unpacked to its end."""

    is_large: bool = False
    """The member is too large to be held in memory; UnpackedMember reads it."""


def members(file: IO[bytes], start: int = 0) -> Iterator[Member]:
    """All members from a byte on. Behind a damaged member, the next member that is whole follows."""
    place: int | None = start
    while place is not None:
        file.seek(place)
        member = _member(file, place)
        if member is None:
            return
        yield member
        place = find_next(file, MAGIC, place + 1) if member.trouble else place + member.length


def _member(file: IO[bytes], offset: int) -> Member | None:
    """The member that begins here; None at the end of the file."""
    unpacker = isal_zlib.decompressobj(_GZIP)
    parts: list[bytes] | None = []
    packed = unpacked = 0
    while not unpacker.eof:
        block = file.read(_BLOCK)
        if not block:
            return Member(offset, packed, _joined(parts), CUT_OFF, parts is None) if packed else None
        packed += len(block)
        try:
            while block and not unpacker.eof:
                part = unpacker.decompress(block, _PART)
                block = unpacker.unconsumed_tail
                unpacked += len(part)
                if unpacked > LARGEST_MEMBER:
                    parts = None
                elif parts is not None:
                    parts.append(part)
        except isal_zlib.error as error:  # type: ignore[misc]  # its stub takes it for an instance
            return Member(offset, packed, None, f"damaged: {error}", parts is None)
    return Member(offset, packed - len(unpacker.unused_data), _joined(parts), is_large=parts is None)


class UnpackedMember:
    """A member as a file that is read forward. It ends where the member ends, or cannot be unpacked further."""

    def __init__(self, file: IO[bytes], offset: int) -> None:
        self._file = file
        self._file.seek(offset)
        self._unpacker = zlib.decompressobj(_GZIP)  # isal keeps the last bytes of a torn one
        self._packed = b""
        self._bytes_read = 0

    def read(self, size: int = _BLOCK) -> bytes:
        """At most so many bytes; none at the end."""
        part = b""
        while not (part or self._unpacker.eof):
            self._packed = self._packed or self._file.read(_BLOCK)
            if not self._packed:
                break
            try:
                part = self._unpacker.decompress(self._packed, size)
            except zlib.error:  # members() reports it
                break
            self._packed = self._unpacker.unconsumed_tail
        self._bytes_read += len(part)
        return part

    def tell(self) -> int:
        """How many bytes were read so far."""
        return self._bytes_read


def _joined(parts: list[bytes] | None) -> bytes | None:
    return None if parts is None else b"".join(parts)


def find_member(file: IO[bytes], beginning: bytes, start: int, end: int) -> int | None:
    """Where a member seems to begin that unpacks to `beginning`, from a byte on and before `end`."""
    place = find_next(file, MAGIC, start)
    while place is not None and place < end:
        if UnpackedMember(file, place).read(len(beginning)) == beginning:
            return place
        place = find_next(file, MAGIC, place + 1)
    return None


def find_next(file: IO[bytes], mark: bytes, start: int) -> int | None:
    """Where the bytes `mark` stand next, from a place on; None where they do not."""
    file.seek(start)
    window = b""
    while block := file.read(_BLOCK):
        window = window[1 - len(mark) :] + block
        if (found := window.find(mark)) >= 0:
            return file.tell() - len(window) + found
    return None
