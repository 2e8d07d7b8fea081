"""The newest articles, weather and related stories of a site, as tables that `asiatongsin summary` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Connection

Rows = list[tuple[Any, ...]]

# By the index, which holds those without a date first: no query looks through all articles.
_ARTICLES: LiteralString = """
SELECT * FROM (
    (SELECT * FROM articles WHERE site = %(site)s AND published_at IS NOT NULL
     ORDER BY published_at DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT * FROM articles WHERE site = %(site)s AND published_at IS NULL LIMIT %(limit)s)
) AS a ORDER BY published_at DESC NULLS LAST LIMIT %(limit)s"""

_NEWEST: LiteralString = f"""
SELECT no, to_char(published_at AT TIME ZONE 'Asia/Seoul', 'MM-DD HH24:MI'), section, headline, reporter,
    length(body)
FROM ({_ARTICLES}) AS a"""

_STRIPS: LiteralString = """
SELECT * FROM (
    SELECT * FROM weather_snapshots WHERE site = %(site)s ORDER BY first_fetched_at DESC LIMIT 10
) AS s ORDER BY last_fetched_at DESC LIMIT %(limit)s"""

_WEATHER: LiteralString = f"""
SELECT r.city, coalesce(r.condition, '(none printed)'), r.temperature_c::float8, r.station_id, s.name_en
FROM weather_readings AS r JOIN ({_STRIPS.replace("%(limit)s", "1")}) AS latest ON r.snapshot_id = latest.id
LEFT JOIN weather_stations AS s USING (station_id)
ORDER BY r.position"""

_SNAPSHOTS: LiteralString = f"""
SELECT to_char(first_fetched_at AT TIME ZONE 'Asia/Seoul', 'MM-DD HH24:MI:SS'),
    to_char(last_fetched_at AT TIME ZONE 'Asia/Seoul', 'MM-DD HH24:MI:SS'), page_date, pages
FROM ({_STRIPS}) AS s"""

# Of the newest article that leads to others; at most so many are looked at for one.
_RELATED: LiteralString = f"""
SELECT r.no, r.block, r.position, r.related_no, r.title,
    CASE WHEN EXISTS (SELECT FROM articles AS a WHERE a.site = r.site AND a.no = r.related_no) THEN 'yes' ELSE 'no' END
FROM (
    SELECT site, no FROM ({_ARTICLES.replace("%(limit)s", "100")}) AS a
    WHERE EXISTS (SELECT FROM related_stories AS s WHERE s.site = a.site AND s.no = a.no)
    ORDER BY published_at DESC NULLS LAST LIMIT 1
) AS newest JOIN related_stories AS r USING (site, no)
ORDER BY r.block, r.position LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a report."""

    title: str
    """What it shows."""

    head: tuple[str, ...]
    """Names of its columns."""

    rows: Rows
    """Its rows, newest first where they have a time."""


def summary(connection: Connection, site: str) -> list[Table]:
    """What there is of a site."""
    return [make(connection, site) for make in (newest_articles, weather, snapshots, related_stories)]


def newest_articles(connection: Connection, site: str, limit: int = 10) -> Table:
    head = ("no", "published", "section", "headline", "reporter", "characters")
    return _table(connection, "Newest articles", head, _NEWEST, site, limit)


def weather(connection: Connection, site: str) -> Table:
    return _table(connection, "Weather", ("city", "condition", "°C", "station", "name"), _WEATHER, site)


def snapshots(connection: Connection, site: str, limit: int = 3) -> Table:
    head = ("first seen", "last seen", "page date", "pages")
    return _table(connection, "Weather snapshots", head, _SNAPSHOTS, site, limit)


def related_stories(connection: Connection, site: str, limit: int = 10) -> Table:
    head = ("on article", "block", "#", "leads to", "title", "stored")
    return _table(connection, "Related stories of the newest article", head, _RELATED, site, limit)


def _table(
    connection: Connection,
    title: str,
    head: tuple[str, ...],
    query: LiteralString,
    site: str,
    limit: int | None = None,
) -> Table:
    return Table(title, head, connection.execute(query, {"site": site, "limit": limit}).fetchall())
