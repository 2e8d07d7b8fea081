"""Asks the tables what earlier crawls of a site found."""

from __future__ import annotations

from psycopg import Connection

from pipelines.crawl_record import LISTS, CrawlRecord
from pipelines.queries import coverage_history
from pipelines.queries.weather_strip import newest_strip
from pipelines.verdict.falls import EarlierCrawls


def earlier_crawls(connection: Connection, record: CrawlRecord) -> EarlierCrawls:
    """What earlier crawls found of the fields of this one; nothing where this one fetches single articles."""
    if record.kind != LISTS:
        return EarlierCrawls()
    keys = [(one.part, one.field) for one in record.coverage]
    strip = newest_strip(connection, record.site)
    return EarlierCrawls(
        coverage=coverage_history.found_before(connection, record.site, record.scope, keys, except_crawl=record.id),
        fallen=coverage_history.fallen_fields(connection, record.site),
        strip_unchanged_for=strip.unchanged_for if strip else None,
    )
