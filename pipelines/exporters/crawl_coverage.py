"""The table `crawl_coverage`: what each crawl found on its pages, and what earlier ones did."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import Connection

from pipelines.exporters.columns import columns
from pipelines.record import CrawlRecord, FieldCoverage, Key

_COLUMNS = ("part", "field", "pages", "found", "amount", "fell")

EARLIER = 20
"""So many earlier crawls of a site are compared with."""

_WRITE = """
INSERT INTO crawl_coverage (crawl, part, field, pages, found, amount, fell)
SELECT %s, * FROM unnest(%b::text[], %b::text[], %b::int[], %b::int[], %b::bigint[], %b::boolean[])
ON CONFLICT (crawl, part, field) DO UPDATE SET
    pages = excluded.pages, found = excluded.found, amount = excluded.amount, fell = excluded.fell"""

# Crawls that were told to have drifted are no measure of what is usual.
_BEFORE = """
SELECT part, field, pages, found, amount, fell FROM crawl_coverage
JOIN (
    SELECT id FROM crawls AS c WHERE site = %s AND id <> %s AND outcome IN ('ok', 'spooled')
        AND EXISTS (SELECT FROM crawl_coverage AS o WHERE o.crawl = c.id AND o.part = %s)
    ORDER BY number DESC LIMIT %s
) AS c ON crawl = c.id
WHERE part = %s"""

# What fell stays fallen until a crawl meets it again; the list of a section also until a crawl of the whole menu, which
# does not lead there any more.
_FALLEN = """
SELECT part, field FROM (
    SELECT DISTINCT ON (part, field) part, field, number
    FROM crawl_coverage JOIN crawls ON id = crawl
    WHERE site = %(site)s AND fell
    ORDER BY part, field, number DESC
) AS f
WHERE NOT EXISTS (
    SELECT FROM crawls AS c JOIN crawl_coverage AS o ON o.crawl = c.id
    WHERE c.site = %(site)s AND c.number > f.number AND (
        (o.part = f.part AND o.field = f.field)
        OR (f.part LIKE 'list %%' AND o.part LIKE 'list %%' AND NOT c.arguments ?| '{no,sections}')
    )
)
ORDER BY part, field"""


def write(connection: Connection, record: CrawlRecord) -> None:
    """Adds what the crawl found."""
    if record.coverage:
        fields = columns(record.coverage, _COLUMNS)
        connection.execute(_WRITE, [record.id, *fields])


def before(connection: Connection, site: str, crawl: str, parts: Iterable[str]) -> dict[Key, list[FieldCoverage]]:
    """What the last crawls of the site that went well, other than this one, found in these parts of the pages."""
    found: dict[Key, list[FieldCoverage]] = {}
    for part in dict.fromkeys(parts):
        for row in connection.execute(_BEFORE, [site, crawl, part, EARLIER, part]):
            one = FieldCoverage(**dict(zip(_COLUMNS, row, strict=True)))
            found.setdefault((part, one.field), []).append(one)
    return found


def fallen(connection: Connection, site: str) -> frozenset[Key]:
    """The fields, as part and name, that fell in the last crawl that met them."""
    return frozenset((part, name) for part, name in connection.execute(_FALLEN, {"site": site}))
