"""What a database holds, in a form in which the outcome of two crawls of one site can be compared."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import parse_qs

from psycopg import Connection, sql

from tests.site import Replica, ReplicaSite, Request
from tests.site.answers import ARTICLE_PATHS
from tests.stored import count, value

TIMES = ["id", "snapshot_id", "fetched_at", "first_seen_at", "last_seen_at", "sightings", "raw_path"]
TIMES += ["archive_file", "archive_offset", "archive_length", "payload_digest"]
TIMES += ["text_fetched_at", "text_archive_file", "text_archive_offset", "text_archive_length"]
TIMES += [
    "checked_at",
    "next_check_at",
    "dated_at",
    "last_crawl",
    "first_confirmed_at",
    "last_confirmed_at",
    "changed_at",
]
"""Columns that tell when and how often a page was fetched and where it is kept, not what was on it."""

TABLES = (
    "articles",
    "article_revisions",
    "article_checks",
    "article_images",
    "article_links",
    "related_stories",
    "weather_readings",
    "removed_articles",
    "rejected_pages",
)

_ROWS = sql.SQL("SELECT (to_jsonb(t) - %s::text[])::text FROM {} t")
_STRIPS = "SELECT page_date || ' ' || readings_hash FROM weather_snapshots"
_SIGHTINGS = """
SELECT no, sum(sightings) FROM (
    SELECT no, sightings FROM removed_articles
    UNION ALL SELECT no, 1 FROM rejected_pages WHERE no IS NOT NULL
) AS notes GROUP BY no"""


def rows(connection: Connection[Any]) -> frozenset[str]:
    """Every row of every table as text, behind the name of its table, without the times of the downloads."""
    found = {f"weather_snapshots {strip}" for (strip,) in connection.execute(_STRIPS)}
    for table in TABLES:
        query = _ROWS.format(sql.Identifier(table))
        found |= {f"{table} {row}" for (row,) in connection.execute(query, [TIMES])}
    return frozenset(found)


def counted_twice(connection: Connection[Any], replica: Replica) -> list[str]:
    """Pages that the database counts more often than the replica served them."""
    found = []
    if (stored := pages_stored(connection)) > served(replica):
        found.append(f"{stored} pages with a strip are counted, {served(replica)} were served")
    new, articles = int(value(connection, "SELECT coalesce(sum(new), 0) FROM crawls")), count(connection, "articles")
    if new != articles:
        found.append(f"the crawls count {new} new articles, {articles} are there")
    times = Counter(asked(replica))
    for no, sightings in connection.execute(_SIGHTINGS):
        if sightings > times[no]:
            found.append(f"{no} is noted {sightings} times and was served {times[no]} times")
    return found


def pages_stored(connection: Connection[Any]) -> int:
    """Pages with a weather strip, each time one was fetched and stored."""
    return int(value(connection, "SELECT coalesce(sum(pages), 0) FROM weather_snapshots"))


def served(replica: Replica) -> int:
    """Pages with a weather strip that the replica answered."""
    return sum(request.status == 200 and _has_strip(replica.site, request) for request in replica.requests)


def asked(replica: Replica) -> list[int]:
    """Numbers of the articles that the replica was asked for, as often as it was."""
    return [number_of(request) for request in replica.article_requests()]


def number_of(request: Request) -> int:
    """Of an article, out of its address."""
    return int(parse_qs(request.query)["no"][-1])


def _has_strip(site: ReplicaSite, request: Request) -> bool:
    if request.path in ARTICLE_PATHS:
        return site.fate(number_of(request)) in {"whole", "broken", "empty"}
    return request.path != "/robots.txt"
