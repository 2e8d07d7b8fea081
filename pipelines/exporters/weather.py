"""The tables `weather_snapshots` and `weather_readings`: one snapshot per change of the strip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, LiteralString

from psycopg import Connection

from asiatongsin.items import WeatherSnapshot
from pipelines.database.statements import each, names, unnest, without
from pipelines.database.tables import WEATHER_READINGS, WEATHER_SNAPSHOTS
from pipelines.exporters.columns import lists

SAME_STRIP_WITHIN = timedelta(hours=1)
"""A strip that comes back within this time is the old one out of a cache: the observations are hourly."""

_SNAPSHOT = without(WEATHER_SNAPSHOTS, "id")
_IN_STRIP = without(WEATHER_READINGS, "snapshot_id")
_READING = without(_IN_STRIP, "position")

# Without it, two exporters of one site would each miss the snapshot that the other is about to write.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('asiatongsin weather ' || %s, 0))"

# A strip repeats its neighbour in time, or a strip seen within the hour, since caches of one site show two by turns.
# The neighbour need not be the newest strip: a page may come out of a spool that was drained late.
_EXTEND = """
WITH neighbour AS (
    (SELECT id, readings_hash FROM weather_snapshots WHERE site = %(site)s AND first_fetched_at <= %(first_fetched_at)s
     ORDER BY first_fetched_at DESC, id DESC LIMIT 1)
    UNION ALL
    (SELECT id, readings_hash FROM weather_snapshots WHERE site = %(site)s AND first_fetched_at > %(first_fetched_at)s
     ORDER BY first_fetched_at, id LIMIT 1)
    UNION ALL
    (SELECT id, readings_hash FROM weather_snapshots
     WHERE site = %(site)s AND readings_hash = %(readings_hash)s
        AND last_fetched_at >= %(first_fetched_at)s - %(same)s
        AND first_fetched_at <= %(last_fetched_at)s + %(same)s
     ORDER BY last_fetched_at DESC, id DESC LIMIT 1)
)
UPDATE weather_snapshots AS s SET
    first_fetched_at = least(s.first_fetched_at, %(first_fetched_at)s),
    last_fetched_at = greatest(s.last_fetched_at, %(last_fetched_at)s),
    pages = s.pages + %(pages)s
WHERE s.id = (SELECT id FROM neighbour WHERE readings_hash = %(readings_hash)s LIMIT 1)
RETURNING s.id"""

_ADD: LiteralString = f"""
INSERT INTO weather_snapshots ({names(_SNAPSHOT)}) VALUES ({each(_SNAPSHOT, "%({0})s")}) RETURNING id"""

_ADD_READINGS: LiteralString = f"""
INSERT INTO weather_readings (snapshot_id, {names(_IN_STRIP)})
SELECT %(snapshot_id)s, {names(_IN_STRIP)} FROM {unnest(_IN_STRIP)}"""

# The few snapshots of the time of the batch first: looked for page by page, all older ones were walked through
# (0.6 s for 200 pages behind 50,000 snapshots, 2026-11-25).
_COVERING = """
WITH pages AS MATERIALIZED (
    SELECT * FROM unnest(%(site)b::text[], %(fetched_at)b::timestamptz[]) WITH ORDINALITY AS t (site, fetched_at, place)
), near AS MATERIALIZED (
    SELECT s.id, s.site, s.first_fetched_at, s.last_fetched_at
    FROM (SELECT site, min(fetched_at) AS first, max(fetched_at) AS last FROM pages GROUP BY site) AS batch
    JOIN weather_snapshots AS s ON s.site = batch.site
        AND s.first_fetched_at <= batch.last AND s.last_fetched_at >= batch.first
)
SELECT DISTINCT ON (place) place, id
FROM pages JOIN near ON near.site = pages.site AND fetched_at BETWEEN first_fetched_at AND last_fetched_at
ORDER BY place, first_fetched_at DESC, id DESC"""

_CORRECT = "UPDATE weather_snapshots SET readings_hash = %s, page_date = %s WHERE id = %s"

_DELETE_READINGS = "DELETE FROM weather_readings WHERE snapshot_id = %s"


@dataclass(frozen=True, kw_only=True)
class Strip:
    """A strip, and how long it stayed the same."""

    snapshot: WeatherSnapshot
    """The strip of the first page that showed it."""

    last_fetched_at: datetime
    """When the last page showed it."""

    pages: int
    """How many pages showed it."""


def fold(snapshots: Iterable[WeatherSnapshot]) -> list[Strip]:
    """Joins equal strips of a site that follow each other, or are at most SAME_STRIP_WITHIN apart."""
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
    return place == len(strips) - 1 or snapshot.fetched_at - strips[place].last_fetched_at <= SAME_STRIP_WITHIN


def write(connection: Connection, snapshots: Iterable[WeatherSnapshot]) -> None:
    """Extends the snapshot that a strip repeats, or adds one. Statements are per strip, not per page."""
    for site, strips in groupby(fold(snapshots), key=lambda strip: strip.snapshot.site):
        connection.execute(_LOCK, [site])
        for strip in strips:
            _write(connection, strip)


def correct(connection: Connection, snapshots: Iterable[WeatherSnapshot]) -> None:
    """Strips that were read again replace what was read of the same pages before; others are added."""
    given = sorted(snapshots, key=attrgetter("site", "fetched_at"))
    for site in dict.fromkeys(snapshot.site for snapshot in given):
        connection.execute(_LOCK, [site])
    covering: dict[int, int] = (
        dict(connection.execute(_COVERING, lists(given, ("site", "fetched_at"))).fetchall()) if given else {}
    )
    latest = {identity: given[place - 1] for place, identity in covering.items()}
    for identity, snapshot in latest.items():
        connection.execute(_CORRECT, [snapshot.readings_hash, snapshot.page_date, identity])
        connection.execute(_DELETE_READINGS, [identity])
        _add_readings(connection, identity, snapshot)
    write(connection, [snapshot for place, snapshot in enumerate(given, start=1) if place not in covering])


def _write(connection: Connection, strip: Strip) -> None:
    snapshot = strip.snapshot
    values = {
        "site": snapshot.site,
        "page_date": snapshot.page_date,
        "first_fetched_at": snapshot.fetched_at,
        "last_fetched_at": strip.last_fetched_at,
        "pages": strip.pages,
        "readings_hash": snapshot.readings_hash,
    }
    if connection.execute(_EXTEND, values | {"same": SAME_STRIP_WITHIN}).fetchone() is None:
        for (identity,) in connection.execute(_ADD, values).fetchall():
            _add_readings(connection, identity, snapshot)


def _add_readings(connection: Connection, identity: int, snapshot: WeatherSnapshot) -> None:
    positions = list(range(1, len(snapshot.readings) + 1))
    values: dict[str, Any] = {"snapshot_id": identity, "position": positions, **lists(snapshot.readings, _READING)}
    connection.execute(_ADD_READINGS, values)
