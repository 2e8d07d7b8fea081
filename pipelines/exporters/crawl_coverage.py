"""The table `coverage_counts`: what crawls found on their pages, once for all that found the same."""

from __future__ import annotations

from typing import LiteralString
from uuid import UUID

from psycopg import Connection

from pipelines.crawl_record import CrawlRecord
from pipelines.database.crawl_tables import COVERAGE_COUNTS
from pipelines.database.statements import names, only, unnest
from pipelines.database.views import CRAWL_COVERAGE
from pipelines.exporters.columns import lists

_GIVEN = only(CRAWL_COVERAGE, "part", "field", "pages", "found", "amount", "fell")

_WRITE: LiteralString = f"""
WITH counts AS (
    SELECT part = 'article' AS is_of_articles, array_agg(part || ' ' || field ORDER BY part, field) AS fields,
        array_agg(pages ORDER BY part, field) AS pages, array_agg(found ORDER BY part, field) AS found,
        array_agg(amount ORDER BY part, field) AS amounts, array_agg(fell ORDER BY part, field) AS fell
    FROM {unnest(_GIVEN)} GROUP BY 1
), named AS (
    SELECT *, encode(
        substr(sha256(convert_to(concat_ws(' ', fields, pages, found, amounts, fell), 'UTF8')), 1, 16), 'hex'
    )::uuid AS id
    FROM counts
), added AS (
    INSERT INTO coverage_counts ({names(COVERAGE_COUNTS)}) SELECT {names(COVERAGE_COUNTS)} FROM named
    ON CONFLICT (id) DO NOTHING
)
SELECT is_of_articles, id FROM named"""


def write(connection: Connection, record: CrawlRecord) -> tuple[UUID | None, UUID | None]:
    """Stores what a crawl found, if no crawl found the same before; returns where: `coverage`, `article_coverage`."""
    found: dict[bool, UUID] = {}
    if record.coverage:
        found = dict(connection.execute(_WRITE, lists(record.coverage, _GIVEN)).fetchall())
    return found.get(False), found.get(True)
