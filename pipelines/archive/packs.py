"""Packs: WARC files of one site and month, one behind the other, that become one object of the store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, groupby
from pathlib import Path, PurePosixPath

from pipelines.archive.store import PIECE, Store, StoreTrouble
from pipelines.database.archive_files import Row, Stored

_BLOCK = 1024 * 1024


def packs(rows: Sequence[Row], most: int, before: datetime | None) -> Iterator[list[Row]]:
    """Those of the waiting files that are due, as packs of `most` bytes.

    A pack that is not full is due where one of its files was noted `before` that moment; with None, in any case.
    A file that is larger is a pack of its own.
    """
    for _, of_month in groupby(rows, lambda row: PurePosixPath(row.file).parent):
        pack: list[Row] = []
        size = 0
        for row in of_month:
            if pack and size + row.bytes > most:
                yield pack
                pack, size = [], 0
            pack.append(row)
            size += row.bytes
        if size >= most or before is None or any(row.noted_at < before for row in pack):
            yield pack


def due_before(now: datetime, after: timedelta, *, at_once: bool) -> datetime | None:
    """Files that were noted before this moment are sent, whatever waits with them; None: all are."""
    return None if at_once else now - after


def described(data: Path, files: Sequence[str]) -> dict[str, Stored]:
    """Where in their pack these files lie, their sizes and digests; `object` is the name of the pack. OSError."""
    sizes, digests = [], []
    for file in files:
        size, digest = digest_of(data / file)
        sizes.append(size)
        digests.append(digest)
    name = object_name(files[0], digests)
    offsets = accumulate(sizes[:-1], initial=0)
    return {
        file: Stored(object=name, offset=offset, bytes=size, sha256=digest)
        for file, offset, size, digest in zip(files, offsets, sizes, digests, strict=True)
    }


def object_name(first: str, digests: Sequence[str]) -> str:
    """Name of a pack: site, month, its first file, and a digest of what it holds.

    So a push that is repeated after a crash finds the same name for the same bytes, and another one for any others.
    """
    file = PurePosixPath(first)
    whole = hashlib.sha256("".join(digests).encode()).hexdigest()[:16]
    site, month = file.parts[-3:-1]
    return f"{site}/{month}/{file.name.removesuffix('.warc.gz')}-{whole}.warc.gz"


def pieces(data: Path, files: dict[str, Stored]) -> Iterator[bytes]:
    """The bytes of a pack. OSError."""
    for file, place in files.items():
        left = place.bytes
        with (data / file).open("rb") as opened:
            while block := opened.read(min(_BLOCK, left)):
                left -= len(block)
                yield block


def compare(store: Store, name: str, files: dict[str, Stored]) -> None:
    """Reads a pack back. StoreTrouble where a file in it is not what was sent."""
    size = sum(place.bytes for place in files.values())
    if (found := store.size(name)) != size:
        raise StoreTrouble(f"the archive store {store.address} holds {found} bytes of {size} in {name}")
    stream = Stream(store.read(name, 0, size))
    for file, place in files.items():
        if not is_same(stream.take(place.bytes), place):
            raise StoreTrouble(
                f"the archive store {store.address} holds other bytes of {file} than were sent, in {name}"
            )


def is_same(found: Iterator[memoryview], place: Stored) -> bool:
    """Whether these are the bytes of a file: its size and digest."""
    digest, size = hashlib.sha256(), 0
    for piece in found:
        digest.update(piece)
        size += len(piece)
    return size == place.bytes and digest.hexdigest() == place.sha256


class Stream:
    """Files that lie one behind the other in an object, out of the pieces in which the store gives it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def take(self, size: int) -> Iterator[memoryview]:
        """The next bytes; fewer where the object ends."""
        while size > 0:
            piece = self._rest or memoryview(next(self._pieces, b""))
            if not piece:
                return
            self._rest = piece[size:]
            size -= len(piece[:size])
            yield piece[: len(piece) - len(self._rest)]


def digest_of(path: Path) -> tuple[int, str]:
    """Size and digest of a file. OSError."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(PIECE):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()
