"""How far an interrupted run came, so that the next one of the same kind goes on there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec
from psycopg import Connection

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
    """A capture; all before it are stored."""

    file: Path
    offset: int


class Bookmark:
    """One row for each way the command is called, with each state of the program.

    It is in the database whose rows it speaks of: another one, or one that was restored, begins where that one is.
    """

    def __init__(self, connection: Connection, asked: object) -> None:
        self.connection = connection
        self.key = hashlib.sha256(msgspec.json.encode([program_hash(), asked])).hexdigest()

    def read(self, files: Sequence[Path]) -> Place | None:
        """Where the last run was interrupted; None where it was not, or where other files are to be read first."""
        for file, offset, before in self.connection.execute(_READ, [self.key]):
            place = Path(file)
            if place in files and _names(files, place) == before:
                return Place(file=place, offset=offset)
        return None

    def write(self, place: Place, files: Sequence[Path]) -> None:
        """Remembers."""
        values = [self.key, str(place.file), place.offset, _names(files, place.file)]
        self.connection.execute(_WRITE, values)

    def remove(self) -> None:
        """Forgets: the run came to its end."""
        self.connection.execute(_REMOVE, [self.key])


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


def _names(files: Sequence[Path], last: Path) -> str:
    """SHA-256 of the names of the files up to this one."""
    before = [str(file) for file in files[: files.index(last) + 1]]
    return hashlib.sha256("\n".join(before).encode("utf-8", "surrogateescape")).hexdigest()
