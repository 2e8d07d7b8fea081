"""The table `crawl_coverage`: what each crawl found on its pages."""

from __future__ import annotations

from typing import LiteralString

from psycopg import Connection

from pipelines.crawl_record import CrawlRecord
from pipelines.database.statements import names, only, replaced, unnest
from pipelines.database.tables import CRAWL_COVERAGE
from pipelines.exporters.columns import lists

_COLUMNS = only(CRAWL_COVERAGE, "part", "field", "pages", "found", "amount", "fell")

_WRITE: LiteralString = f"""
INSERT INTO crawl_coverage (crawl, site, number, {names(_COLUMNS)})
SELECT c.id, c.site, c.number, {names(_COLUMNS, "t")} FROM crawls AS c, {unnest(_COLUMNS)} WHERE c.id = %(crawl)s
ON CONFLICT (crawl, part, field) DO UPDATE SET {replaced(only(_COLUMNS, "pages", "found", "amount", "fell"))}"""


def write(connection: Connection, record: CrawlRecord) -> None:
    """Adds the coverage of a crawl, or replaces it."""
    if record.coverage:
        connection.execute(_WRITE, {"crawl": record.id, **lists(record.coverage, _COLUMNS)})
