"""The tables `weather_snapshots`, a row per change of a site's strip, and `weather_strips`, what strips show."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import LiteralString

from psycopg import Connection

from asiatongsin.items import WeatherSnapshot
from pipelines.database.errors import REFUSALS
from pipelines.database.statements import each, names, unnest, without
from pipelines.database.tables import WEATHER_SNAPSHOTS, WEATHER_STRIPS
from pipelines.exporters.columns import lists

SAME_STRIP_WITHIN = timedelta(hours=1)
"""A strip that comes back within this time is the old one out of a cache: the observations are hourly."""

_SNAPSHOT = without(WEATHER_SNAPSHOTS, "id", "changed_at")
_READING = without(WEATHER_STRIPS, "readings_hash", "position")

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
INSERT INTO weather_snapshots ({names(_SNAPSHOT)}) VALUES ({each(_SNAPSHOT, "%({0})s")})"""

_ADD_STRIPS: LiteralString = f"""
INSERT INTO weather_strips ({names(WEATHER_STRIPS)})
SELECT {names(WEATHER_STRIPS)} FROM {unnest(WEATHER_STRIPS)} ORDER BY readings_hash, position
ON CONFLICT (readings_hash, position) DO NOTHING"""

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


def add_strips(connection: Connection, snapshots: Iterable[WeatherSnapshot]) -> None:
    """Stores what these strips show, where no page of any site showed the same before.

    It is committed at once, before the pages are stored: whoever stores the same strip waits for its end. What the
    database refuses is left to the transaction of the pages, where it is found out which page it is.
    """
    with suppress(*REFUSALS):
        _add_strips(connection, snapshots)


def _add_strips(connection: Connection, snapshots: Iterable[WeatherSnapshot]) -> None:
    strips = {snapshot.readings_hash: snapshot.readings for snapshot in snapshots}
    readings = [reading for strip in strips.values() for reading in strip]
    if readings:
        values = {
            "readings_hash": [identity for identity, strip in strips.items() for _ in strip],
            "position": [position for strip in strips.values() for position in range(1, len(strip) + 1)],
        }
        connection.execute(_ADD_STRIPS, values | lists(readings, _READING))


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
        _add_strips(connection, [snapshot])
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
        connection.execute(_ADD, values)
        _add_strips(connection, [snapshot])
