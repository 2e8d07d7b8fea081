"""What earlier crawls of a site found on its pages, and what fell and has not been found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row

from pipelines.crawl_record import FieldCoverage, FieldKey

EARLIER, EARLIER_LISTS = 200, 20
"""Earlier crawls that a crawl is compared with, and those that a list is.

Example: a crawl every half an hour makes 48 a day, of which most bring one article or none.
"""

# LIMIT and OFFSET make PostgreSQL walk from crawl to crawl by the index, whatever its planner thinks.
_BEFORE = """
SELECT o.* FROM unnest(%(parts)s::text[], %(fields)s::text[]) AS k (part, field), LATERAL (
    SELECT o.part, o.field, o.pages, o.found, o.amount, o.fell
    FROM (
        SELECT * FROM crawl_coverage AS i
        WHERE i.site = %(site)s AND i.part = k.part AND i.field = k.field AND NOT i.fell AND i.crawl <> %(crawl)s
        ORDER BY i.number DESC LIMIT 1000
    ) AS o, LATERAL (SELECT is_comparable, scope FROM crawls WHERE id = o.crawl OFFSET 0) AS c
    WHERE c.is_comparable AND c.scope = %(scope)s
    ORDER BY o.number DESC LIMIT CASE WHEN k.part LIKE 'list %%' THEN %(most_of_list)s ELSE %(most)s END
) AS o"""

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
    """Scope of the last crawl that missed it."""

    since: datetime
    """When the first crawl began that missed it."""

    @property
    def key(self) -> FieldKey:
        """Part and name."""
        return self.part, self.field


def before(
    connection: Connection, site: str, scope: str, keys: Sequence[FieldKey], *, but: str = ""
) -> dict[FieldKey, list[FieldCoverage]]:
    """What crawls of a scope, but one, found of these fields, newest first; crawls in which they fell are left out."""
    asked = {
        "site": site,
        "crawl": but,
        "scope": scope,
        "parts": [part for part, _ in keys],
        "fields": [name for _, name in keys],
        "most": EARLIER,
        "most_of_list": EARLIER_LISTS,
    }
    found: dict[FieldKey, list[FieldCoverage]] = {}
    for one in connection.cursor(row_factory=class_row(FieldCoverage)).execute(_BEFORE, asked):
        found.setdefault((one.part, one.field), []).append(one)
    return found


def missing(connection: Connection) -> list[MissingField]:
    """What fell on any site and has not been found again."""
    return connection.cursor(row_factory=class_row(MissingField)).execute(_MISSING).fetchall()


def fallen(connection: Connection, site: str) -> frozenset[FieldKey]:
    """The fields, as part and name, that fell and have not been found again on enough pages."""
    return frozenset((part, name) for part, name in connection.execute(_FALLEN, [site]))
