"""Where the WARC files of our archive are: on this disk, else in the archive store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.archive.gzip_members import LARGEST_MEMBER
from pipelines.archive.reading import Capture, capture_at, capture_in
from pipelines.archive.store import ObjectMissing, Store
from pipelines.database.archive_files import Stored

FIRST_STEP = 64 * 1024
"""Bytes that are asked for first where the length of a record is not known; nearly every page has fewer."""

_STEP = 16


def nowhere(_: str) -> Stored | None:
    """Finds a file in no store."""
    return None


def is_here(file: Path) -> bool:
    """Whether a file is on this disk under its own name; a record may name one that no disk takes."""
    try:
        return file.exists()
    except OSError:
        return False


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """Finds WARC files below the data folder by the names that rows and records give them."""

    data: Path
    """The data folder."""

    store: Store | None = None
    """The archive store; None where none is set."""

    find: Callable[[str], Stored | None] = field(default=nowhere)
    """Where the store holds a file, by its name below the data folder."""

    fetched: Path | None = None
    """Folder into which files of the store are brought while they are read."""

    def path_of(self, file: Path) -> Path:
        """Where the bytes of a file are to be read, if they are on this disk at all."""
        if self.fetched is None or is_here(file) or not file.is_relative_to(self.data):
            return file
        return self.fetched / file.relative_to(self.data)

    def named(self, file: str) -> Path | None:
        """The file that a row names; None where that lies outside the data folder, be it by a link.

        The folder `archive` may be a link itself: its owner has brought it to another disk.
        """
        path = self.data / file
        if "\0" in file or ".." in path.parts or not path.is_relative_to(self.data):
            return None
        roots = (self.data.resolve(), (self.data / "archive").resolve())
        return path if any(path.resolve().is_relative_to(root) for root in roots) else None

    def size(self, file: Path) -> int:
        """Bytes of a file; 0 where it is nowhere."""
        try:
            return file.stat().st_size
        except OSError:
            place = self.in_store(file)
            return place.bytes if place else 0

    def capture_at(self, file: Path, offset: int, length: int | None = None) -> Capture | None:
        """The capture that begins at a byte of a file; None where there is none any more. StoreTrouble.

        From the store it takes one request where the length of the record is known, and hardly ever more where not.
        """
        found = capture_at(file, offset, lies_at=self.path_of(file))
        if found is not None:
            return found
        place = None if is_here(file) else self.in_store(file)
        if self.store is None or place is None or offset >= place.bytes:
            return None
        step = length or FIRST_STEP
        while found is None:
            asked = min(step, place.bytes - offset)
            record = self._read(self.store, place, offset, asked)
            found = capture_in(record, file, offset)
            if asked < step or length or step >= LARGEST_MEMBER:
                break
            step *= _STEP
        return found

    def in_store(self, file: Path) -> Stored | None:
        """Where the store holds a file; None where it does not."""
        return self.find(file.relative_to(self.data).as_posix()) if file.is_relative_to(self.data) else None

    def _read(self, store: Store, place: Stored, offset: int, length: int) -> bytes:
        try:
            return b"".join(store.read(place.object, place.offset + offset, length))
        except ObjectMissing:
            return b""
