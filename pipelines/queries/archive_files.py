"""Which WARC files wait for the archive store on which machine, and which are not known to it at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from asiatongsin import statistics as names


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """What waits on a machine for the archive store."""

    machine: str
    """The machine."""

    files: int
    """How many files."""

    bytes: int
    """Their size."""

    oldest_at: datetime
    """Since when the oldest of them waits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A file that rows name and the archive store was never told of."""

    file: str
    """The file, below the data folder of its machine."""

    machine: str | None
    """Machine of the crawl that wrote it; None where that is not known."""


_WAITING = """
SELECT machine, count(*) AS files, sum(bytes)::bigint AS bytes, min(noted_at) AS oldest_at
FROM archive_files WHERE state = 'waiting' GROUP BY machine ORDER BY machine"""

# Crawls that still run are left out: their pages are read when they have ended.
_NAMED: LiteralString = f"""
WITH named AS (
    SELECT site, archive_file AS file FROM article_texts UNION SELECT site, text_archive_file FROM article_texts
    UNION SELECT site, archive_file FROM article_checks UNION SELECT site, archive_file FROM replaced_texts
    UNION SELECT site, archive_file FROM rejected_pages
)
SELECT n.file, c.statistics ->> '{names.MACHINE}' AS machine
FROM named AS n LEFT JOIN crawls AS c ON c.id = substring(n.file FROM '([^/]+)-[0-9]+\\.warc\\.gz$')
WHERE n.file IS NOT NULL AND (%(site)s::text IS NULL OR n.site = %(site)s)
    AND NOT (c.id IS NOT NULL AND c.finished_at IS NULL)
    AND NOT EXISTS (SELECT FROM archive_files AS a WHERE a.file = n.file)
ORDER BY n.file"""


def waiting(connection: Connection) -> list[Waiting]:
    """What waits, machine by machine."""
    with connection.cursor(row_factory=class_row(Waiting)) as cursor:
        return cursor.execute(_WAITING).fetchall()


def named(connection: Connection, site: str | None) -> list[Named]:
    """The files that rows of a site, or of all, name, and of which the archive store knows nothing."""
    with connection.cursor(row_factory=class_row(Named)) as cursor:
        return cursor.execute(_NAMED, {"site": site}).fetchall()
