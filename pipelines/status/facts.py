"""The facts about each site that are in the database, and those on local disk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from pipelines.crawl_record import LISTS, REPARSE
from pipelines.database import clock
from pipelines.database.rights import lacking_rights
from pipelines.queries.sites import SITES
from pipelines.queries.weather_strip import newest_strip
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

_SITES: LiteralString = f"""
SELECT site, coalesce(articles, 0), coalesce(edited, 0), coalesce(gone, 0), (
    SELECT published_at FROM articles AS a WHERE a.site = s.site AND published_at IS NOT NULL
    ORDER BY published_at DESC LIMIT 1
)
FROM ({SITES}) AS s LEFT JOIN sites USING (site)
WHERE site = %(site)s OR %(site)s::text IS NULL ORDER BY site"""

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
SELECT {_COLUMNS} FROM crawls WHERE site = %(site)s AND finished_at IS NOT NULL AND kind = '{LISTS}'
ORDER BY number DESC LIMIT %(limit)s"""

# What is read again from the archive was fetched long before.
_FETCHED_AT: LiteralString = f"""
SELECT last_fetched_at FROM crawls
WHERE site = %s AND last_fetched_at IS NOT NULL AND new + changed + unchanged > 0 AND kind <> '{REPARSE}'
ORDER BY number DESC LIMIT 1"""

_GOOD_AT = """
SELECT finished_at FROM crawls
WHERE site = %s AND outcome = 'ok' AND proves_lists
ORDER BY number DESC LIMIT 1"""

# Nights, weekends and holidays are pauses as well: two months hold enough of them.
_NEWS: LiteralString = f"""
SELECT max(at), extract(epoch FROM max(pause))::float8, count(pause), max(at) - min(at) FROM (
    SELECT started_at AS at, started_at - lag(started_at) OVER (ORDER BY started_at) AS pause
    FROM crawls WHERE site = %(site)s AND new > 0 AND kind = '{LISTS}' AND started_at > (
        SELECT max(started_at) - interval '60 days' FROM crawls
        WHERE site = %(site)s AND new > 0 AND kind = '{LISTS}'
    )
) AS n"""

_DUE = "SELECT count(*), min(next_check_at) FROM article_checks WHERE site = %s AND next_check_at <= now()"

_MISSING = """
SELECT part, field, pages, found, amount, usual_share, usual_mean, crawl FROM missing_fields
WHERE site = %s ORDER BY part, field"""

_IS_FOUND_AGAIN = """
SELECT count(*) > 0 AND count(m.field) = 0 FROM crawl_coverage AS o
LEFT JOIN missing_fields AS m USING (site, part, field) WHERE o.crawl = %s AND o.fell"""

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


def sites(connection: Connection, only: str | None = None) -> tuple[SiteState, ...]:
    """The state of each site, or of the named one."""
    stored = connection.execute(_SITES, {"site": only}).fetchall()
    return tuple(_site(connection, *of_site) for of_site in stored)


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


def _site(
    connection: Connection, site: str, articles: int, edited: int, gone: int, newest: datetime | None
) -> SiteState:
    (fetched,) = _one(connection, _FETCHED_AT, site) or (None,)
    strip = newest_strip(connection, site)
    due, due_since = _one(connection, _DUE, site)
    (good_at,) = _one(connection, _GOOD_AT, site) or (None,)
    of_lists = _crawls(connection, _OF_LISTS, site=site, limit=CRAWLS_COMPARED + 1)
    (is_found_again,) = _one(connection, _IS_FOUND_AGAIN, of_lists[0].id) if of_lists else (False,)
    news_at, longest_quiet, pauses, known_for = next(connection.execute(_NEWS, {"site": site}))
    is_long_enough = pauses >= CRAWLS_FOR_TREND and known_for > NEWS_KNOWN_FOR
    return SiteState(
        site=site,
        articles=articles,
        edited=edited,
        gone=gone,
        newest_published_at=newest,
        fetched_at=fetched,
        last_crawl=of_lists[0] if of_lists else None,
        good_at=good_at,
        trend=trend(of_lists[0], of_lists[1:]) if of_lists else (),
        is_found_again=is_found_again,
        missing=_missing(connection, site),
        strip_since=strip.since if strip else None,
        strip_until=strip.until if strip else None,
        due=due,
        due_since=due_since,
        news_at=news_at,
        longest_quiet_seconds=longest_quiet if is_long_enough else None,
    )


def _missing(connection: Connection, site: str) -> tuple[Missing, ...]:
    return tuple(connection.cursor(row_factory=class_row(Missing)).execute(_MISSING, [site]))


def _crawls(connection: Connection, query: LiteralString, **values: Any) -> list[CrawlRow]:
    return connection.cursor(row_factory=class_row(CrawlRow)).execute(query, values).fetchall()


def _one(connection: Connection, query: LiteralString, *values: Any) -> Any:
    return connection.execute(query, values).fetchone()
