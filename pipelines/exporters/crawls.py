"""The table `crawls`: one row per crawl. The counts of articles come from the batches, the rest from the record."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from pipelines.crawl_record import CrawlRecord
from pipelines.exporters import crawl_coverage
from pipelines.exporters.articles import Written

_WRITE = """
INSERT INTO crawls AS c (
    id, site, arguments, kind, scope, job, started_at, finished_at, outcome, is_comparable, proves_lists, walked,
    list_pages, article_pages, unreadable, spooled, gone_after, version, statistics
) VALUES (
    %(id)s, %(site)s, %(arguments)s, %(kind)s, %(scope)s, %(job)s, %(started_at)s, %(finished_at)s, %(outcome)s,
    %(is_comparable)s, %(proves_lists)s, %(walked)s::bigint[],
    %(list_pages)s, %(article_pages)s, %(unreadable)s, %(spooled)s, %(gone_after)s,
    %(version)s, %(statistics)s
)
ON CONFLICT (id) DO UPDATE SET
    finished_at = excluded.finished_at, outcome = excluded.outcome, is_comparable = excluded.is_comparable,
    proves_lists = excluded.proves_lists, walked = excluded.walked,
    list_pages = excluded.list_pages, article_pages = excluded.article_pages, unreadable = excluded.unreadable,
    spooled = excluded.spooled, gone_after = excluded.gone_after, statistics = excluded.statistics"""

_DECIDED = ("kind", "scope", "is_comparable", "proves_lists")
"""What the record says of itself."""

_CLOSE_DEAD = """
UPDATE crawls SET outcome = 'error', finished_at = greatest(now(), started_at)
WHERE site = %s AND finished_at IS NULL AND kind <> 'reparse'"""

_DRAINED = "SELECT drained_segment FROM crawls WHERE id = %s FOR UPDATE"

_ADVANCE = """
UPDATE crawls SET drained_segment = %s, new = new + %s, changed = changed + %s, unchanged = unchanged + %s
WHERE id = %s"""


def write(connection: Connection, record: CrawlRecord) -> None:
    """Adds the crawl, or brings its row up to date."""
    values = {name: getattr(record, name) for name in (*CrawlRecord.__dataclass_fields__, *_DECIDED)}
    values |= {name: Jsonb(_without_nul(values[name])) for name in ("arguments", "statistics")}
    values["walked"] = list(record.walked)
    if record.finished_at:  # a clock that was set back while the crawl ran
        values["finished_at"] = max(record.finished_at, record.started_at)
    connection.execute(_WRITE, values)
    crawl_coverage.write(connection, record)


def close_dead(connection: Connection, site: str) -> None:
    """Ends the rows of crawls that died and left no spool behind. Only for whoever holds the site's lock.

    `scrapy reparse` needs no lock, so it may be running.
    """
    connection.execute(_CLOSE_DEAD, [site])


def _without_nul(value: Any) -> Any:
    """JSON values without U+0000, which PostgreSQL cannot keep; a message about a page may hold one."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(one) for name, one in value.items()}
    return [_without_nul(one) for one in value] if isinstance(value, list | tuple) else value


def drained_segment(connection: Connection, crawl: str) -> int:
    """Number of the last segment of the crawl that is stored; its row is locked until the transaction ends."""
    return next((row[0] for row in connection.execute(_DRAINED, [crawl])), 0)


def advance(connection: Connection, crawl: str, segment: int, written: Written) -> None:
    """Notes, within the transaction that stores it, that a segment is stored, and counts its articles."""
    counts = [len(written.new), len(written.changed), len(written.unchanged)]
    connection.execute(_ADVANCE, [segment, *counts, crawl])
