"""How far an interrupted run came, so that the next run with the same arguments goes on there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from pipelines.database.session import Session

PACKAGES = ("asiatongsin", "pipelines")

_READ = "SELECT file, capture_offset, files_before FROM reparse_bookmarks WHERE key = %s"
_WRITE = """
INSERT INTO reparse_bookmarks (key, file, capture_offset, files_before) VALUES (%s, %s, %s, %s)
ON CONFLICT (key) DO UPDATE SET
    file = excluded.file, capture_offset = excluded.capture_offset, files_before = excluded.files_before,
    stored_at = now()"""
_REMOVE = "DELETE FROM reparse_bookmarks WHERE key = %s"


@dataclass(frozen=True, kw_only=True)
class Place:
    """The place of a capture; all captures before it are stored."""

    file: Path
    offset: int


class Bookmark:
    """A row for each set of arguments and each state of the program.

    It is in the database that the run writes to. So a run into another database, or into one that was restored, goes on
    where that database stands. Files of the archive are named below the data folder, which machines have elsewhere.
    """

    def __init__(self, session: Session, arguments: object, data: Path) -> None:
        self.session = session
        self.data = data
        self.key = hashlib.sha256(msgspec.json.encode([program_hash(), arguments])).hexdigest()

    def read(self, files: Sequence[Path]) -> Place | None:
        """Where the last run was interrupted; None where it was not, or where the files before that place differ."""
        for file, offset, before in self.session.run(
            lambda connection: connection.execute(_READ, [self.key]).fetchall()
        ):
            place = self.data / file
            if place in files and self._hash_of_names(files, place) == before:
                return Place(file=place, offset=offset)
        return None

    def write(self, place: Place, files: Sequence[Path]) -> None:
        """Stores how far the run came."""
        values = [self.key, self._name(place.file), place.offset, self._hash_of_names(files, place.file)]
        self.session.run(lambda connection: connection.execute(_WRITE, values))

    def remove(self) -> None:
        """Removes the bookmark, when a run came to its end."""
        self.session.run(lambda connection: connection.execute(_REMOVE, [self.key]))

    def _hash_of_names(self, files: Sequence[Path], last: Path) -> str:
        """SHA-256 of the names of the files up to `last`."""
        before = [self._name(file) for file in files[: files.index(last) + 1]]
        return hashlib.sha256("\n".join(before).encode("utf-8", "surrogateescape")).hexdigest()

    def _name(self, file: Path) -> str:
        return str(file.relative_to(self.data) if file.is_relative_to(self.data) else file)


def program_hash() -> str:
    """SHA-256 of the program's own code, so that a mended selector is tried on all pages."""
    code = hashlib.sha256()
    for package in PACKAGES:
        for file in _sources(resources.files(package)):
            code.update(file.read_bytes())
    return code.hexdigest()


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.name.endswith(".py"):
            yield entry
