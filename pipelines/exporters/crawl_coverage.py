"""The table `crawl_coverage`: what each crawl found on its pages, and what earlier ones did."""

from __future__ import annotations

from psycopg import Connection

from pipelines.exporters.columns import columns
from pipelines.record import CrawlRecord, FieldCoverage

EARLIER = 20
"""So many earlier crawls of a site are compared with."""

_WRITE = """
INSERT INTO crawl_coverage (crawl, part, field, pages, found)
SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::int[], %s::int[])
ON CONFLICT (crawl, part, field) DO UPDATE SET pages = excluded.pages, found = excluded.found"""

# Crawls that were told to have drifted are no measure of what is usual.
_BEFORE = """
SELECT part, field, pages, found FROM crawl_coverage
JOIN (
    SELECT id FROM crawls AS c WHERE site = %s AND id <> %s AND outcome IN ('ok', 'spooled')
        AND EXISTS (SELECT FROM crawl_coverage AS o WHERE o.crawl = c.id AND o.part = %s)
    ORDER BY number DESC LIMIT %s
) AS c ON crawl = c.id
WHERE part = %s"""


def write(connection: Connection, record: CrawlRecord) -> None:
    """Adds what the crawl found."""
    if record.coverage:
        fields = columns(record.coverage, ("part", "field", "pages", "found"))
        connection.execute(_WRITE, [record.id, *fields])


def before(connection: Connection, record: CrawlRecord) -> dict[tuple[str, str], list[FieldCoverage]]:
    """What the last crawls of the site that went well found, for the parts that this one met as well."""
    found: dict[tuple[str, str], list[FieldCoverage]] = {}
    for part in dict.fromkeys(one.part for one in record.coverage):
        for _, field, pages, number in connection.execute(_BEFORE, [record.site, record.id, part, EARLIER, part]):
            one = FieldCoverage(part=part, field=field, pages=pages, found=number)
            found.setdefault((part, field), []).append(one)
    return found
