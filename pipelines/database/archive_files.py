"""The table `archive_files`: which WARC files wait for the archive store, and where it holds the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A file of the archive as the table knows it."""

    file: str
    """The file as the rows of articles name it, below the data folder."""

    site: str
    """Host of the site."""

    machine: str
    """Machine on which it was written."""

    bytes: int
    """Its size."""

    sha256: str | None
    """Of the whole file; None while it waits."""

    object: str | None
    """Object of the store that holds it; None while it waits."""

    object_offset: int | None
    """Byte of the object at which it begins; None while it waits."""

    noted_at: datetime
    """When it was found on the disk of its machine."""

    stored_at: datetime | None
    """When the store was seen to hold it; None while it waits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """Where the store holds a file."""

    object: str
    """The object."""

    offset: int
    """Byte of the object at which the file begins."""

    bytes: int
    """Size of the file."""

    sha256: str
    """Of the whole file."""


_COLUMNS = "file, site, machine, bytes, sha256, object, object_offset, noted_at, stored_at"

# A file belongs to the database that has its crawl: another one, tried with the same data folder, gets none. Those that
# are noted already are left out before: on a conflict, each would be locked, and written for that.
_NOTE = """
INSERT INTO archive_files (file, site, crawl, machine, bytes, state)
SELECT f.file, c.site, c.id, %(machine)s, f.bytes, 'waiting'
FROM unnest(%(files)s::text[], %(crawls)s::text[], %(bytes)s::bigint[]) AS f (file, crawl, bytes)
    JOIN crawls AS c ON c.id = f.crawl
WHERE NOT EXISTS (
    SELECT FROM archive_files AS a WHERE a.file = f.file
        AND (a.state = 'stored' OR (a.machine, a.bytes) = (%(machine)s, f.bytes))
)
ON CONFLICT (file) DO UPDATE SET machine = excluded.machine, bytes = excluded.bytes
WHERE archive_files.state = 'waiting'
    AND (archive_files.machine, archive_files.bytes) <> (excluded.machine, excluded.bytes)"""
_NAMED = f"SELECT {_COLUMNS} FROM archive_files WHERE file = ANY(%s) ORDER BY site, file"
_OF_SITE = f"""
SELECT {_COLUMNS} FROM archive_files WHERE state = 'stored' AND (%(site)s::text IS NULL OR site = %(site)s)
ORDER BY object, object_offset"""
_NOT_STORED = """
SELECT file, machine FROM archive_files
WHERE state = 'waiting' AND (%(site)s::text IS NULL OR site = %(site)s)
    AND (%(machine)s::text IS NULL OR machine = %(machine)s)
ORDER BY file"""
_MARK = """
UPDATE archive_files AS a SET
    state = 'stored', object = %(object)s, object_offset = f.place, bytes = f.bytes, sha256 = f.sha256,
    stored_at = clock_timestamp()
FROM unnest(%(files)s::text[], %(offsets)s::bigint[], %(bytes)s::bigint[], %(sha256)s::text[])
    AS f (file, place, bytes, sha256)
WHERE a.file = f.file AND a.state = 'waiting' RETURNING a.file"""
_FIND = "SELECT object, object_offset AS offset, bytes, sha256 FROM archive_files WHERE file = %s AND state = 'stored'"


def note(connection: Connection, machine: str, files: dict[str, int], crawls: Sequence[str]) -> None:
    """Notes finished files, with their sizes and the crawls that wrote them, as waiting on this machine."""
    values = {"machine": machine, "files": list(files), "bytes": list(files.values()), "crawls": list(crawls)}
    connection.execute(_NOTE, values)


def named(connection: Connection, files: Sequence[str]) -> list[Row]:
    """The rows of these files, by site and name."""
    with connection.cursor(row_factory=class_row(Row)) as cursor:
        return cursor.execute(_NAMED, [list(files)]).fetchall()


def stored(connection: Connection, site: str | None) -> list[Row]:
    """The files of a site, or of all, that the store holds, by their place in it."""
    with connection.cursor(row_factory=class_row(Row)) as cursor:
        return cursor.execute(_OF_SITE, {"site": site}).fetchall()


def waiting(connection: Connection, site: str | None, machine: str | None = None) -> list[tuple[str, str]]:
    """The files that wait, of a site or of all, on a machine or on any, and on which machine each does."""
    return connection.execute(_NOT_STORED, {"site": site, "machine": machine}).fetchall()


def find(connection: Connection, file: str) -> Stored | None:
    """Where the store holds a file; None where it does not."""
    with connection.cursor(row_factory=class_row(Stored)) as cursor:
        return cursor.execute(_FIND, [file]).fetchone()


def mark_stored(connection: Connection, name: str, files: dict[str, Stored]) -> list[str]:
    """Notes that an object was seen to hold these files, byte for byte; returns those of which that is new.

    Others were stored meanwhile out of a copy of this data folder, and may have other bytes there.
    """
    places = list(files.values())
    values = {
        "object": name,
        "files": list(files),
        "offsets": [one.offset for one in places],
        "bytes": [one.bytes for one in places],
        "sha256": [one.sha256 for one in places],
    }
    return [file for (file,) in connection.execute(_MARK, values)]


def place_of(row: Row) -> Stored | None:
    """Where the store holds the file of a row."""
    if row.object is None or row.object_offset is None or row.sha256 is None:
        return None
    return Stored(object=row.object, offset=row.object_offset, bytes=row.bytes, sha256=row.sha256)
