"""Pages that could not be read, newest first, and whether their articles have been read since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from psycopg import Connection
from psycopg.rows import class_row

_READ_SINCE = "a.site = r.site AND a.no = r.no AND a.fetched_at >= r.fetched_at"

_COLUMNS: LiteralString = f"""
r.id, r.site, r.no, r.url, r.fetched_at, r.reason, r.missing, r.is_transient, r.version, r.raw_path,
r.raw_path IS NOT NULL OR r.archive_file IS NOT NULL AS is_kept, (
    SELECT a.fetched_at FROM articles AS a WHERE {_READ_SINCE}
) AS read_at"""

_PAGES: LiteralString = f"""
SELECT {_COLUMNS} FROM rejected_pages AS r
WHERE (r.site = %(site)s OR %(site)s = '')
    AND (
        %(before)s = 0
        OR (r.fetched_at, r.id) < (SELECT fetched_at, id FROM rejected_pages WHERE id = %(before)s)
    )
    AND NOT (%(unread)s AND EXISTS (SELECT FROM articles AS a WHERE {_READ_SINCE}))
ORDER BY r.fetched_at DESC, r.id DESC LIMIT %(limit)s"""

_OF_TIME: LiteralString = f"""
SELECT {_COLUMNS} FROM rejected_pages AS r WHERE r.site = %s AND r.fetched_at BETWEEN %s AND %s
ORDER BY r.fetched_at DESC, r.id DESC LIMIT %s"""

_KEPT = "SELECT raw_path, archive_file, archive_offset, archive_length FROM rejected_pages WHERE id = %s"


@dataclass(frozen=True, kw_only=True)
class RejectedPage:
    """A page that could not be read."""

    id: int
    """Its number among these."""

    site: str
    """Host of the site."""

    no: int | None
    """Number of the article that was asked for; None for other pages."""

    url: str
    """Address that answered."""

    fetched_at: datetime
    """When it was fetched, or failed to be."""

    reason: str
    """What went wrong, in words."""

    missing: list[str]
    """Parts that were not found on it."""

    is_transient: bool
    """The download failed: the next crawl tries again."""

    version: str
    """Version of the program that could not read it."""

    raw_path: str | None
    """File below the data folder that keeps the page; None where none arrived."""

    is_kept: bool
    """Whether that file, or the archive, has the page."""

    read_at: datetime | None
    """When its article was read since; None: not yet."""


@dataclass(frozen=True, kw_only=True)
class KeptPage:
    """Where a page is kept that could not be read."""

    raw_path: str | None
    """File below the data folder; None where none arrived."""

    archive_file: str | None
    """WARC file; None where the page was not archived."""

    archive_offset: int | None
    """Byte of that file at which its record begins."""

    archive_length: int | None
    """Bytes of that record."""


def rejected(connection: Connection, site: str, before: int, limit: int, *, unread: bool = False) -> list[RejectedPage]:
    """Pages, newest first, of one site or of all (empty), before one (or 0); with `unread` those not read since."""
    given = {"site": site, "before": before, "limit": limit, "unread": unread}
    return connection.cursor(row_factory=class_row(RejectedPage)).execute(_PAGES, given).fetchall()


def rejected_between(
    connection: Connection, site: str, since: datetime, until: datetime, limit: int
) -> list[RejectedPage]:
    """Pages of a site that were fetched in a time, newest first."""
    rows = connection.cursor(row_factory=class_row(RejectedPage))
    return rows.execute(_OF_TIME, [site, since, until, limit]).fetchall()


def kept(connection: Connection, id: int) -> KeptPage | None:
    """Where a page is kept; None where no page has this number."""
    return connection.cursor(row_factory=class_row(KeptPage)).execute(_KEPT, [id]).fetchone()
