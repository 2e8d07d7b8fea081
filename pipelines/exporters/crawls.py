"""The table `crawls`: one row per crawl. The counts of articles come from the batches, the rest from the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.types.json import Jsonb

from asiatongsin import statistics
from asiatongsin.items import PageItems
from pipelines.crawl_record import REPARSE, CrawlRecord
from pipelines.database.crawl_tables import CRAWLS
from pipelines.database.statements import each, names, only, replaced, without
from pipelines.exporters import crawl_coverage, walked_lists
from pipelines.exporters.articles import Written
from pipelines.exporters.parts import storable

_RECORD = without(CRAWLS, "number", "new", "changed", "unchanged", "drained_segment", "clock_ahead", "last_fetched_at")
_COVERAGE = only(CRAWLS, "coverage", "article_coverage")
_REPLACED = without(
    _RECORD, "id", "site", "arguments", "kind", "scope", "job", "started_at", "version", "statistics", *_COVERAGE
)
_VALUES = ", ".join([f"%({name})s::{of_type}" for name, of_type in _RECORD.items()])

_KEPT = [
    statistics.CLOCK_AHEAD_OF_SITE,
    statistics.FINISH_REASON,
    statistics.UNMODIFIED,
    "downloader/request_count",
    "memusage/max",
]
"""Statistics that are kept of a crawl that ended well and found no news: most crawls do, and all alike."""

_WRITE: LiteralString = f"""
INSERT INTO crawls AS c ({names(_RECORD)}) VALUES ({_VALUES})
ON CONFLICT (id) DO UPDATE SET {replaced(_REPLACED)},
    {each(_COVERAGE, "{0} = coalesce(excluded.{0}, c.{0})")},
    statistics = CASE WHEN excluded.outcome = 'ok' AND c.new = 0 AND c.changed = 0
        THEN (
            SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(excluded.statistics)
            WHERE key = ANY(%(kept)s)
        )
        ELSE excluded.statistics
    END"""

_CLOSE_DEAD: LiteralString = f"""
UPDATE crawls SET outcome = 'error', finished_at = greatest(now(), started_at)
WHERE site = %s AND finished_at IS NULL AND kind <> '{REPARSE}'"""

_DRAINED = "SELECT drained_segment FROM crawls WHERE id = %s FOR UPDATE"

_ADVANCE = """
UPDATE crawls SET drained_segment = %s, last_fetched_at = greatest(last_fetched_at, %s),
    new = new + %s, changed = changed + %s, unchanged = unchanged + %s
WHERE id = %s"""


def write(connection: Connection, record: CrawlRecord) -> None:
    """Adds the crawl, or brings its row up to date."""
    values: dict[str, Any] = {name: getattr(record, name) for name in without(_RECORD, *_COVERAGE)}
    values |= dict(zip(_COVERAGE, crawl_coverage.write(connection, record), strict=True)) | {"kept": _KEPT}
    values |= {name: Jsonb(_storable(values[name])) for name in ("arguments", "statistics")}
    values["walked"] = list(record.walked)
    values["job"] = record.job and storable(record.job)
    if record.finished_at:  # the clock may have been set back while the crawl ran
        values["finished_at"] = max(record.finished_at, record.started_at)
    connection.execute(_WRITE, values)
    walked_lists.write(connection, record)


def close_dead(connection: Connection, site: str) -> None:
    """Ends the rows of crawls that were killed and left no spool. Only the holder of the site's lock may call it.

    Rows of `asiatongsin reparse` stay: it takes no lock, so it may be running.
    """
    connection.execute(_CLOSE_DEAD, [site])


def _storable(value: Any) -> Any:
    """JSON values without what PostgreSQL cannot keep; a message about a page may hold it."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(name): _storable(one) for name, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list | tuple) else value


def drained_segment(connection: Connection, crawl: str) -> int:
    """Number of the last segment of the crawl that is stored; its row is locked until the transaction ends."""
    return next((row[0] for row in connection.execute(_DRAINED, [crawl])), 0)


def advance(connection: Connection, crawl: str, segment: int, pages: Sequence[PageItems], written: Written) -> None:
    """Notes, within the transaction that stores it, that a segment is stored, and counts its articles."""
    last = max((page.fetched_at for page in pages), default=None)
    counts = [len(written.new), len(written.changed), len(written.unchanged)]
    connection.execute(_ADVANCE, [segment, last, *counts, crawl])
