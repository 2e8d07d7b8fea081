"""Asks what earlier crawls of a site found on its pages, and which fields fell and have not been found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from pipelines.crawl_record import FieldCoverage, FieldKey

EARLIER_CRAWLS, EARLIER_CRAWLS_OF_LIST = 200, 20
"""With how many earlier crawls a crawl is compared, and with how many a list.

Example: a crawl every half an hour makes 48 a day, of which most bring one article or none.
"""

# LIMIT and OFFSET make PostgreSQL walk from crawl to crawl by the index, whatever its planner thinks.
_OF: LiteralString = """
SELECT o.* FROM unnest(%(parts)s::text[], %(fields)s::text[]) AS k (part, field), LATERAL (
    SELECT k.part, k.field, n.pages[at] AS pages, n.found[at] AS found, n.amounts[at] AS amount, n.fell[at] AS fell
    FROM (
        SELECT number, scope, is_comparable, {column} AS id FROM crawls
        WHERE site = %(site)s AND {column} IS NOT NULL AND id <> %(crawl)s
        ORDER BY number DESC LIMIT 1000
    ) AS c, LATERAL (
        SELECT *, array_position(fields, k.part || ' ' || k.field) AS at FROM coverage_counts WHERE id = c.id OFFSET 0
    ) AS n
    WHERE c.is_comparable AND c.scope = %(scope)s AND NOT n.fell[at]
    ORDER BY c.number DESC LIMIT CASE WHEN k.part LIKE 'list %%' THEN %(limit_of_list)s ELSE %(limit)s END
) AS o WHERE {is_in_column}"""

_BEFORE: LiteralString = " UNION ALL ".join(
    [
        _OF.format(column="article_coverage", is_in_column="k.part = 'article'"),
        _OF.format(column="coverage", is_in_column="k.part <> 'article'"),
    ]
)

_FALLEN = "SELECT part, field FROM missing_fields WHERE site = %s"
_MISSING = "SELECT site, part, field, scope, since FROM missing_fields"


@dataclass(frozen=True, kw_only=True)
class MissingField:
    """A field that fell and has not been found again."""

    site: str
    """Host of the site."""

    part: str
    """Part of the page."""

    field: str
    """Name of the field."""

    scope: str
    """Scope of the last crawl in which it fell."""

    since: datetime
    """Start of the first crawl in which it fell."""

    @property
    def key(self) -> FieldKey:
        """Part and name."""
        return self.part, self.field


def found_before(
    connection: Connection, site: str, scope: str, keys: Sequence[FieldKey], *, except_crawl: str = ""
) -> dict[FieldKey, list[FieldCoverage]]:
    """What crawls of a scope found of these fields, newest first. Crawls in which a field fell are left out."""
    values = {
        "site": site,
        "crawl": except_crawl,
        "scope": scope,
        "parts": [part for part, _ in keys],
        "fields": [name for _, name in keys],
        "limit": EARLIER_CRAWLS,
        "limit_of_list": EARLIER_CRAWLS_OF_LIST,
    }
    found: dict[FieldKey, list[FieldCoverage]] = {}
    for one in connection.cursor(row_factory=class_row(FieldCoverage)).execute(_BEFORE, values):
        found.setdefault((one.part, one.field), []).append(one)
    return found


def missing_fields(connection: Connection) -> list[MissingField]:
    """The fields of all sites that fell and have not been found again."""
    return connection.cursor(row_factory=class_row(MissingField)).execute(_MISSING).fetchall()


def fallen_fields(connection: Connection, site: str) -> frozenset[FieldKey]:
    """The fields of a site that fell and have not been found again on enough pages."""
    return frozenset((part, name) for part, name in connection.execute(_FALLEN, [site]))
