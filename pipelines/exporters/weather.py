"""The tables `weather_snapshots` and `weather_readings`: one snapshot per change of the strip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from psycopg import Connection

from asiatongsin.items import WeatherSnapshot
from pipelines.exporters.columns import columns

SAME_FOR = timedelta(hours=1)
"""The observations are hourly: a strip that comes back sooner is the old one out of a cache."""

_READING_FIELDS = ("city", "condition", "icon", "temperature_c", "station_id")

# Two exporters of one site would both miss the snapshot the other is about to write.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('asiatongsin weather ' || %s, 0))"

# A strip repeats its neighbour in time (not the newest one: it may come out of a spool that was drained late), or one
# seen within the hour: caches of one site show two strips by turns.
_EXTEND = """
WITH neighbour AS (
    (SELECT id, readings_hash FROM weather_snapshots WHERE site = %(site)s AND first_fetched_at <= %(first)s
     ORDER BY first_fetched_at DESC, id DESC LIMIT 1)
    UNION ALL
    (SELECT id, readings_hash FROM weather_snapshots WHERE site = %(site)s AND first_fetched_at > %(first)s
     ORDER BY first_fetched_at, id LIMIT 1)
    UNION ALL
    (SELECT id, readings_hash FROM weather_snapshots
     WHERE site = %(site)s AND readings_hash = %(hash)s
        AND last_fetched_at >= %(first)s - %(same)s AND first_fetched_at <= %(last)s + %(same)s
     ORDER BY last_fetched_at DESC, id DESC LIMIT 1)
)
UPDATE weather_snapshots AS s SET
    first_fetched_at = least(s.first_fetched_at, %(first)s), last_fetched_at = greatest(s.last_fetched_at, %(last)s),
    pages = s.pages + %(pages)s
WHERE s.id = (SELECT id FROM neighbour WHERE readings_hash = %(hash)s LIMIT 1)
RETURNING s.id"""

_ADD = """
INSERT INTO weather_snapshots (site, page_date, first_fetched_at, last_fetched_at, pages, readings_hash)
VALUES (%(site)s, %(page_date)s, %(first)s, %(last)s, %(pages)s, %(hash)s)
RETURNING id"""

_ADD_READINGS = """
INSERT INTO weather_readings (snapshot_id, position, city, condition, icon, temperature_c, station_id)
SELECT %s, position, city, condition, icon, temperature_c, station_id
FROM unnest(%b::text[], %b::text[], %b::text[], %b::float8[], %b::int[]) WITH ORDINALITY
    AS t (city, condition, icon, temperature_c, station_id, position)"""


# The few snapshots of the time of the batch first: looked for page by page, all older ones were walked through
# (0.6 s for 200 pages behind 50,000 snapshots, 2026-11-25).
_COVERING = """
WITH pages AS MATERIALIZED (
    SELECT * FROM unnest(%b::text[], %b::timestamptz[]) WITH ORDINALITY AS t (site, fetched_at, place)
), near AS MATERIALIZED (
    SELECT s.id, s.site, s.first_fetched_at, s.last_fetched_at
    FROM (SELECT site, min(fetched_at) AS first, max(fetched_at) AS last FROM pages GROUP BY site) AS batch
    JOIN weather_snapshots AS s ON s.site = batch.site
        AND s.first_fetched_at <= batch.last AND s.last_fetched_at >= batch.first
)
SELECT DISTINCT ON (place) place, id
FROM pages JOIN near ON near.site = pages.site AND fetched_at BETWEEN first_fetched_at AND last_fetched_at
ORDER BY place, first_fetched_at DESC, id DESC"""

_UNCHANGED_FOR = """
SELECT last_fetched_at - first_fetched_at FROM weather_snapshots WHERE site = %s
ORDER BY first_fetched_at DESC, id DESC LIMIT 1"""

_CORRECT = "UPDATE weather_snapshots SET readings_hash = %s, page_date = %s WHERE id = %s"

_DELETE_READINGS = "DELETE FROM weather_readings WHERE snapshot_id = %s"


@dataclass(frozen=True, kw_only=True)
class Strip:
    """A strip as long as it stayed the same."""

    snapshot: WeatherSnapshot
    """The first page's."""

    last_fetched_at: datetime
    """When the last page showed it."""

    pages: int
    """How many pages did."""


def fold(snapshots: Iterable[WeatherSnapshot]) -> list[Strip]:
    """Equal strips that follow each other, or are less than SAME_FOR apart, per site, as one."""
    strips: list[Strip] = []
    latest: dict[tuple[str, str], int] = {}
    for snapshot in sorted(snapshots, key=attrgetter("site", "fetched_at")):
        identity = (snapshot.site, snapshot.readings_hash)
        place = latest.get(identity)
        if place is not None and _continues(strips, place, snapshot):
            pages = strips[place].pages + 1
            strips[place] = replace(strips[place], last_fetched_at=snapshot.fetched_at, pages=pages)
        else:
            latest[identity] = len(strips)
            strips.append(Strip(snapshot=snapshot, last_fetched_at=snapshot.fetched_at, pages=1))
    return strips


def _continues(strips: list[Strip], place: int, snapshot: WeatherSnapshot) -> bool:
    return place == len(strips) - 1 or snapshot.fetched_at - strips[place].last_fetched_at <= SAME_FOR


def write(connection: Connection, snapshots: Iterable[WeatherSnapshot]) -> None:
    """Extends the snapshot that a strip repeats, else adds one; a statement per strip, not per page."""
    for site, strips in groupby(fold(snapshots), key=lambda strip: strip.snapshot.site):
        connection.execute(_LOCK, [site])
        for strip in strips:
            _write(connection, strip)


def unchanged_for(connection: Connection, site: str) -> timedelta | None:
    """How long the strip that was seen last has been the same; None where none was seen."""
    return next((span for (span,) in connection.execute(_UNCHANGED_FOR, [site])), None)


def correct(connection: Connection, snapshots: Iterable[WeatherSnapshot]) -> None:
    """Strips that were read again take the place of what was read of the same pages before; others are added."""
    given = sorted(snapshots, key=attrgetter("site", "fetched_at"))
    for site in dict.fromkeys(snapshot.site for snapshot in given):
        connection.execute(_LOCK, [site])
    covering: dict[int, int] = (
        dict(connection.execute(_COVERING, columns(given, ("site", "fetched_at"))).fetchall()) if given else {}
    )
    latest = {identity: given[place - 1] for place, identity in covering.items()}
    for identity, snapshot in latest.items():
        connection.execute(_CORRECT, [snapshot.readings_hash, snapshot.page_date, identity])
        connection.execute(_DELETE_READINGS, [identity])
        connection.execute(_ADD_READINGS, [identity, *columns(snapshot.readings, _READING_FIELDS)])
    write(connection, [snapshot for place, snapshot in enumerate(given, start=1) if place not in covering])


def _write(connection: Connection, strip: Strip) -> None:
    snapshot = strip.snapshot
    values = {
        "site": snapshot.site,
        "page_date": snapshot.page_date,
        "first": snapshot.fetched_at,
        "last": strip.last_fetched_at,
        "pages": strip.pages,
        "hash": snapshot.readings_hash,
        "same": SAME_FOR,
    }
    if connection.execute(_EXTEND, values).fetchone() is None:
        for (identity,) in connection.execute(_ADD, values).fetchall():
            connection.execute(_ADD_READINGS, [identity, *columns(snapshot.readings, _READING_FIELDS)])
