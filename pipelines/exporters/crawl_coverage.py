"""The table `crawl_coverage`: what each crawl found on its pages."""

from __future__ import annotations

from psycopg import Connection

from pipelines.crawl_record import CrawlRecord
from pipelines.exporters.columns import columns

_COLUMNS = ("part", "field", "pages", "found", "amount", "fell")

_WRITE = """
INSERT INTO crawl_coverage (crawl, site, number, part, field, pages, found, amount, fell)
SELECT c.id, c.site, c.number, f.*
FROM crawls AS c, unnest(%b::text[], %b::text[], %b::int[], %b::int[], %b::bigint[], %b::boolean[]) AS f WHERE c.id = %b
ON CONFLICT (crawl, part, field) DO UPDATE SET
    pages = excluded.pages, found = excluded.found, amount = excluded.amount, fell = excluded.fell"""


def write(connection: Connection, record: CrawlRecord) -> None:
    """Adds what the crawl found."""
    if record.coverage:
        fields = columns(record.coverage, _COLUMNS)
        connection.execute(_WRITE, [*fields, record.id])
