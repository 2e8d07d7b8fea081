"""The facts about each site that are in the database, and those on local disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from pipelines.crawl_record import LISTS, REPARSE
from pipelines.database import clock
from pipelines.database.rights import lacking_rights
from pipelines.queries.sites import SITES
from pipelines.queries.weather_strip import NEWEST
from pipelines.spool.belonging import DatabaseIdentity
from pipelines.spool.waiting import abandoned_pages, pages_elsewhere, waiting_pages
from pipelines.status.state import CrawlRow, DatabaseState, Files, Missing, RejectedRow, SiteState, Trend

CRAWLS_COMPARED = 20
"""With how many crawls before it the last crawl is compared."""

CRAWLS_FOR_TREND = 3
"""How many earlier crawls, or pauses between news, there must be before a trend or a longest pause is named."""

NEWS_KNOWN_FOR = timedelta(days=8)
"""For how long news must be known before a longest pause is named: a shorter time may hold no weekend."""

TREND_FIGURES = ("seconds", "list_pages", "article_pages", "new", "changed", "unreadable")
"""Figures of a crawl that are compared with earlier crawls."""

# Nights, weekends and holidays are pauses as well: two months hold enough of them.
_NEWS: LiteralString = f"""
SELECT max(at) AS news_at, extract(epoch FROM max(pause))::float8 AS longest_quiet_seconds, count(pause) AS pauses,
    max(at) - min(at) AS news_known_for
FROM (
    SELECT started_at AS at, started_at - lag(started_at) OVER (ORDER BY started_at) AS pause
    FROM crawls WHERE site = s.site AND new > 0 AND kind = '{LISTS}' AND started_at > (
        SELECT max(started_at) - interval '60 days' FROM crawls
        WHERE site = s.site AND new > 0 AND kind = '{LISTS}'
    )
) AS n"""

# What is read again from the archive was fetched long before.
_FETCHED_AT: LiteralString = f"""
SELECT last_fetched_at FROM crawls
WHERE site = s.site AND last_fetched_at IS NOT NULL AND new + changed + unchanged > 0 AND kind <> '{REPARSE}'
ORDER BY number DESC LIMIT 1"""

_LAST_OF_LISTS: LiteralString = f"""
SELECT id FROM crawls WHERE site = s.site AND finished_at IS NOT NULL AND kind = '{LISTS}'
ORDER BY number DESC LIMIT 1"""

# Of each site a few rows, by an index: no part looks through all that is stored.
_SITES: LiteralString = f"""
SELECT s.site, coalesce(n.articles, 0) AS articles, coalesce(n.edited, 0) AS edited, coalesce(n.gone, 0) AS gone,
    (
        SELECT published_at FROM articles WHERE site = s.site AND published_at IS NOT NULL
        ORDER BY published_at DESC LIMIT 1
    ) AS newest_published_at,
    ({_FETCHED_AT}) AS fetched_at,
    (
        SELECT finished_at FROM crawls WHERE site = s.site AND outcome = 'ok' AND proves_lists
        ORDER BY number DESC LIMIT 1
    ) AS good_at,
    strip.since AS strip_since, strip.until AS strip_until, due.due, due.due_since, news.*,
    (
        SELECT count(*) > 0 AND count(m.field) = 0 FROM crawl_coverage AS o
        LEFT JOIN missing_fields AS m USING (site, part, field) WHERE o.crawl = ({_LAST_OF_LISTS}) AND o.fell
    ) AS is_found_again
FROM ({SITES}) AS s LEFT JOIN article_counts AS n USING (site)
    LEFT JOIN LATERAL ({NEWEST.format(site="s.site")}) AS strip ON true,
    LATERAL (
        SELECT count(*) AS due, min(next_check_at) AS due_since FROM article_checks
        WHERE site = s.site AND next_check_at <= now()
    ) AS due,
    LATERAL ({_NEWS}) AS news
WHERE s.site = %(site)s OR %(site)s::text IS NULL ORDER BY s.site"""

_COLUMNS = """
id, site, arguments, started_at, finished_at, outcome, list_pages, article_pages, new, changed, unreadable, spooled,
coalesce((statistics->>'clock/ahead_of_site')::float8, 0) AS clock_seconds"""

_LAST_CRAWLS: LiteralString = f"""
SELECT {_COLUMNS} FROM (
    SELECT c.* FROM ({SITES}) AS s, LATERAL (
        SELECT * FROM crawls WHERE site = s.site AND kind <> '{REPARSE}' ORDER BY number DESC LIMIT %(limit)s
    ) AS c
    WHERE s.site = %(site)s OR %(site)s::text IS NULL
) AS c ORDER BY number DESC LIMIT %(limit)s"""

# Crawls of single articles cannot be compared.
_OF_LISTS: LiteralString = f"""
SELECT {_COLUMNS} FROM (
    SELECT c.* FROM ({SITES}) AS s, LATERAL (
        SELECT * FROM crawls WHERE site = s.site AND finished_at IS NOT NULL AND kind = '{LISTS}'
        ORDER BY number DESC LIMIT %(limit)s
    ) AS c
    WHERE s.site = %(site)s OR %(site)s::text IS NULL
) AS c ORDER BY site, number DESC"""

_MISSING = """
SELECT site, part, field, pages, found, amount, usual_share, usual_mean, crawl FROM missing_fields
WHERE site = %(site)s OR %(site)s::text IS NULL ORDER BY part, field"""

# Where nearly all were read since, no more than the last thousand are looked at.
_REJECTED = """
SELECT r.site, r.url, r.no, r.fetched_at, r.reason, r.missing, r.raw_path FROM (
    SELECT * FROM rejected_pages WHERE site = %(site)s OR %(site)s::text IS NULL ORDER BY fetched_at DESC LIMIT 1000
) AS r
WHERE NOT EXISTS (SELECT FROM articles AS a WHERE a.site = r.site AND a.no = r.no AND a.fetched_at >= r.fetched_at)
ORDER BY r.fetched_at DESC LIMIT %(limit)s"""

_SIZE = "SELECT pg_database_size(current_database()), current_setting('server_version')"


def files(data: Path, here: DatabaseIdentity, site: str | None = None) -> Files:
    """What lies below the data folder, for one site or for all, beside this database."""
    waiting, left = waiting_pages(data, site), abandoned_pages(data, here, site)
    refused = sum(path.is_file() for path in (data / "refused").glob("*"))
    elsewhere = pages_elsewhere(data, here, site)
    return Files(data=str(data), waiting=waiting, left=min(left, waiting), elsewhere=elsewhere, refused=refused)


def database(connection: Connection, name: str) -> DatabaseState:
    """The database that was reached."""
    size, version = connection.execute(_SIZE).fetchone() or (None, None)
    lacks, ahead = lacking_rights(connection), clock.ahead_of(connection).total_seconds()
    return DatabaseState(
        name=name,
        version=version,
        size_bytes=size,
        stores_nothing=str(lacks) if lacks else None,
        clock_seconds=ahead,
    )


def sites(connection: Connection, only: str | None = None, compared: int = CRAWLS_COMPARED) -> tuple[SiteState, ...]:
    """The state of each site, or of the named one; its last crawl is compared with so many before it."""
    given = {"site": only}
    of_lists: dict[str, list[CrawlRow]] = {}
    for crawl in _crawls(connection, _OF_LISTS, site=only, limit=compared + 1):
        of_lists.setdefault(crawl.site, []).append(crawl)
    missing: dict[str, list[Missing]] = {}
    for row in connection.cursor(row_factory=dict_row).execute(_MISSING, given):
        missing.setdefault(row.pop("site"), []).append(Missing(**row))
    stored = connection.cursor(row_factory=dict_row).execute(_SITES, given)
    return tuple(_site(row, of_lists.get(row["site"], []), missing.get(row["site"], [])) for row in stored)


def crawls(connection: Connection, site: str | None = None, limit: int = 10) -> tuple[CrawlRow, ...]:
    """The last crawls, newest first."""
    return tuple(_crawls(connection, _LAST_CRAWLS, site=site, limit=limit))


def rejected(connection: Connection, site: str | None = None, limit: int = 5) -> tuple[RejectedRow, ...]:
    """The last pages that could not be read, and have not been read since; newest first."""
    rows = connection.cursor(row_factory=class_row(RejectedRow)).execute(_REJECTED, {"site": site, "limit": limit})
    return tuple(rows)


def trend(last: CrawlRow, before: Iterable[CrawlRow]) -> tuple[Trend, ...]:
    """The figures of a crawl beside the medians of crawls before it; empty where there are too few."""
    earlier = list(before)
    if len(earlier) < CRAWLS_FOR_TREND:
        return ()
    return tuple(
        Trend(
            figure=figure,
            last=getattr(last, figure) or 0,
            median=median(getattr(one, figure) or 0 for one in earlier),
            crawls=len(earlier),
        )
        for figure in TREND_FIGURES
    )


def _site(row: dict[str, Any], of_lists: Sequence[CrawlRow], missing: Sequence[Missing]) -> SiteState:
    """The state of a site: a row of _SITES, its last crawls of lists, and its missing fields."""
    pauses, known_for = row.pop("pauses"), row.pop("news_known_for")
    if pauses < CRAWLS_FOR_TREND or known_for <= NEWS_KNOWN_FOR:
        row["longest_quiet_seconds"] = None
    return SiteState(
        **row,
        last_crawl=of_lists[0] if of_lists else None,
        trend=trend(of_lists[0], of_lists[1:]) if of_lists else (),
        missing=tuple(missing),
    )


def _crawls(connection: Connection, query: LiteralString, **values: Any) -> list[CrawlRow]:
    return connection.cursor(row_factory=class_row(CrawlRow)).execute(query, values).fetchall()
