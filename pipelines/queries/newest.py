"""The newest articles, weather and related stories in the database, as tables that `asiatongsin summary` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Connection

Rows = list[tuple[Any, ...]]

_NEWEST = """
SELECT no, to_char(published_at AT TIME ZONE 'Asia/Seoul', 'MM-DD HH24:MI'), section, headline, reporter,
    length(body)
FROM articles ORDER BY published_at DESC NULLS LAST LIMIT %s"""

_WEATHER = """
WITH latest AS (SELECT id FROM weather_snapshots ORDER BY last_fetched_at DESC LIMIT 1)
SELECT r.city, coalesce(r.condition, '(none printed)'), r.temperature_c::float8, r.station_id, s.name_en
FROM weather_readings AS r JOIN latest ON r.snapshot_id = latest.id
LEFT JOIN weather_stations AS s USING (station_id)
ORDER BY r.position"""

_SNAPSHOTS = """
SELECT to_char(first_fetched_at AT TIME ZONE 'Asia/Seoul', 'MM-DD HH24:MI:SS'),
    to_char(last_fetched_at AT TIME ZONE 'Asia/Seoul', 'MM-DD HH24:MI:SS'), page_date, pages
FROM weather_snapshots ORDER BY last_fetched_at DESC LIMIT %s"""

_RELATED = """
SELECT r.no, r.block, r.position, r.related_no, r.title,
    CASE WHEN EXISTS (SELECT FROM articles AS a WHERE a.site = r.site AND a.no = r.related_no) THEN 'yes' ELSE 'no' END
FROM related_stories AS r
WHERE (r.site, r.no) IN (
    SELECT s.site, s.no FROM related_stories AS s JOIN articles AS a USING (site, no)
    ORDER BY a.published_at DESC NULLS LAST LIMIT 1
)
ORDER BY r.block, r.position LIMIT %s"""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a report."""

    title: str
    """What it shows."""

    head: tuple[str, ...]
    """Names of its columns."""

    rows: Rows
    """Its rows, newest first where they have a time."""


def newest_articles(connection: Connection, limit: int = 10) -> Table:
    head = ("no", "published", "section", "headline", "reporter", "characters")
    return _table(connection, "Newest articles", head, _NEWEST, limit)


def weather(connection: Connection) -> Table:
    return _table(connection, "Weather", ("city", "condition", "°C", "station", "name"), _WEATHER)


def snapshots(connection: Connection, limit: int = 3) -> Table:
    return _table(connection, "Weather snapshots", ("first seen", "last seen", "page date", "pages"), _SNAPSHOTS, limit)


def related_stories(connection: Connection, limit: int = 10) -> Table:
    head = ("on article", "block", "#", "leads to", "title", "stored")
    return _table(connection, "Related stories of the newest article", head, _RELATED, limit)


def _table(
    connection: Connection, title: str, head: tuple[str, ...], query: LiteralString, limit: int | None = None
) -> Table:
    return Table(title, head, connection.execute(query, None if limit is None else [limit]).fetchall())
