"""How often the last crawls found each field, and a page of a crawl that lacks one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from pipelines.crawl_record import LISTS, FieldCoverage

_OF_CRAWL = """
SELECT part, field, pages, found, amount, fell FROM crawl_coverage WHERE crawl = %s ORDER BY part, field"""

_CRAWLS: LiteralString = f"""
SELECT id AS crawl, number, started_at FROM crawls
WHERE site = %(site)s AND kind = '{LISTS}' AND finished_at IS NOT NULL AND (coverage, article_coverage) IS DISTINCT FROM
    (NULL::uuid, NULL::uuid)
ORDER BY number DESC LIMIT %(limit)s"""

# OFFSET 0 has PostgreSQL look for the counts of these crawls alone.
_OF_CRAWLS: LiteralString = f"""
SELECT c.crawl, c.started_at, f.part, f.field, f.pages, f.found, f.amount, f.fell
FROM ({_CRAWLS}) AS c, LATERAL (SELECT * FROM crawl_coverage WHERE crawl = c.crawl OFFSET 0) AS f
ORDER BY c.number, f.part, f.field"""

_MISSING = """
SELECT part, field, since, crawl, pages, found, usual_share FROM missing_fields WHERE site = %s ORDER BY part, field"""

_SPAN_OF_CRAWL = """
c.id = %(crawl)s AND {time} BETWEEN c.started_at AND greatest(c.finished_at, c.last_fetched_at)"""

# What was stored since the crawl began, as far as a thousand articles.
_LACKING: LiteralString = """
SELECT a.no FROM (
    SELECT t.* FROM crawls AS c, LATERAL (
        SELECT * FROM articles WHERE changed_at >= c.started_at ORDER BY changed_at LIMIT 1000
    ) AS t
    WHERE t.site = c.site AND {span}
) AS a WHERE {lacks} ORDER BY a.no DESC LIMIT 1"""

_LACKS = {
    name: _LACKING.format(span=_SPAN_OF_CRAWL.format(time="t.fetched_at"), lacks=lacks)
    for name, lacks in {
        **{one: f"a.{one} IS NULL" for one in ("subheadline", "section", "reporter", "published_at", "body")},
        "images": "NOT EXISTS (SELECT FROM article_images AS i WHERE i.site = a.site AND i.no = a.no)",
        "related_stories": "NOT EXISTS (SELECT FROM shown_teasers AS s WHERE s.site = a.site AND s.no = a.no)",
    }.items()
}

_REJECTED: LiteralString = f"""
SELECT r.id FROM crawls AS c JOIN rejected_pages AS r USING (site)
WHERE {_SPAN_OF_CRAWL.format(time="r.fetched_at")} ORDER BY r.fetched_at DESC LIMIT 1"""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How often one crawl found one field."""

    crawl: str
    """The crawl."""

    started_at: datetime
    """When it began."""

    part: str
    """Part of the page."""

    field: str
    """Name of the field."""

    pages: int
    """Pages that should have it."""

    found: int
    """Pages on which it was found."""

    amount: int | None
    """How much of it was found; None where it is only there or not."""

    fell: bool
    """Less of it was found than should have been."""


@dataclass(frozen=True, kw_only=True)
class FieldMissing:
    """A field that fell and has not been found again."""

    part: str
    """Part of the page."""

    field: str
    """Name of the field."""

    since: datetime
    """Start of the first crawl in which it fell."""

    crawl: str
    """The last crawl that looked for it."""

    pages: int
    """Pages of that crawl that should have it."""

    found: int
    """Pages on which it was found."""

    usual_share: float | None
    """Share of the pages that had it before it fell; None where nobody knows."""


def of_crawl(connection: Connection, crawl: str) -> list[FieldCoverage]:
    """How often a crawl found each field."""
    return connection.cursor(row_factory=class_row(FieldCoverage)).execute(_OF_CRAWL, [crawl]).fetchall()


def of_crawls(connection: Connection, site: str, limit: int) -> list[Counted]:
    """The same of the last crawls of lists, oldest first."""
    given = {"site": site, "limit": limit}
    return connection.cursor(row_factory=class_row(Counted)).execute(_OF_CRAWLS, given).fetchall()


def missing(connection: Connection, site: str) -> list[FieldMissing]:
    """The fields of a site that fell and have not been found again."""
    return connection.cursor(row_factory=class_row(FieldMissing)).execute(_MISSING, [site]).fetchall()


def article_without(connection: Connection, crawl: str, field: str) -> int | None:
    """Number of an article that this crawl stored and that lacks the field; None where none is known."""
    return _first(connection, _LACKS[field], crawl) if field in _LACKS else None


def rejected_page(connection: Connection, crawl: str) -> int | None:
    """A page that came while this crawl ran and could not be read; None where there is none."""
    return _first(connection, _REJECTED, crawl)


def _first(connection: Connection, query: LiteralString, crawl: str) -> int | None:
    found: Any = connection.execute(query, {"crawl": crawl}).fetchone()
    return int(found[0]) if found else None
