"""The weather strip of a site as its pages showed it at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from psycopg import Connection
from psycopg.rows import class_row

# Each next site out of the index: the snapshots are far more than the sites.
_SITES = """
WITH RECURSIVE found AS (
    SELECT min(site) AS site FROM weather_snapshots
    UNION ALL SELECT (SELECT min(s.site) FROM weather_snapshots AS s WHERE s.site > f.site) FROM found AS f
        WHERE f.site IS NOT NULL
)
SELECT site FROM found WHERE site IS NOT NULL ORDER BY site"""

BEGUN: LiteralString = """
SELECT * FROM weather_snapshots WHERE site = %(site)s AND first_fetched_at <= %(at)s
ORDER BY first_fetched_at DESC, id DESC LIMIT 10"""
"""The strips of a site that came last before a time. They are several, since caches of one site show two by turns."""

_SPAN: LiteralString = f"""
SELECT (SELECT min(first_fetched_at) FROM weather_snapshots WHERE site = %(site)s),
    (SELECT max(last_fetched_at) FROM ({BEGUN}) AS s)"""

_SHOWN: LiteralString = f"""
SELECT readings_hash, page_date, first_fetched_at, last_fetched_at, pages,
    (SELECT max(o.first_fetched_at) FROM weather_snapshots AS o
     WHERE o.site = s.site AND o.first_fetched_at < s.first_fetched_at) AS before,
    (SELECT min(o.first_fetched_at) FROM weather_snapshots AS o
     WHERE o.site = s.site AND o.first_fetched_at > s.first_fetched_at) AS after
FROM ({BEGUN}) AS s
ORDER BY least(last_fetched_at, %(at)s) DESC, first_fetched_at DESC, id DESC LIMIT 1"""

_READINGS = """
SELECT r.city, w.name_en, w.latitude, w.longitude, r.condition, r.temperature_c::float8
FROM weather_strips AS r LEFT JOIN weather_stations AS w ON w.name_ko = r.city
WHERE r.readings_hash = %s ORDER BY r.position"""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One city of a strip."""

    city: str
    """Name as printed."""

    name_en: str | None
    """Romanised name of the station that is called so; None where no station is known, as in the next two."""

    latitude: float | None
    """Degrees north of the station."""

    longitude: float | None
    """Degrees east of the station."""

    condition: str | None
    """Sky as a word; None where the strip prints none."""

    temperature_c: float | None
    """Degrees Celsius; None where the strip prints none."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A strip, and when pages showed it."""

    page_date: str | None
    """Date printed beside it."""

    first_fetched_at: datetime
    """When a page first showed it."""

    last_fetched_at: datetime
    """When a page last showed it."""

    pages: int
    """How many pages showed it."""

    before: datetime | None
    """When the strip before it was first shown."""

    after: datetime | None
    """When the strip behind it was first shown."""

    readings: list[Reading]
    """Its cities in the order in which they were printed."""


def weather_sites(connection: Connection) -> list[str]:
    """The sites whose pages showed a strip, by their names."""
    return [site for (site,) in connection.execute(_SITES)]


def shown_span(connection: Connection, site: str) -> tuple[datetime, datetime] | None:
    """When pages of a site showed a strip first and last; None where none did."""
    [(first, last)] = connection.execute(_SPAN, {"site": site, "at": "infinity"}).fetchall()
    return (first, last) if first else None


def shown_at(connection: Connection, site: str, at: datetime) -> Shown | None:
    """The strip of a site that was shown at this time, or else the last one before; None where there was none yet."""
    found = connection.execute(_SHOWN, {"site": site, "at": at}).fetchone()
    if found is None:
        return None
    identity, page_date, first, last, pages, before, after = found
    readings = connection.cursor(row_factory=class_row(Reading)).execute(_READINGS, [identity]).fetchall()
    return Shown(
        page_date=page_date,
        first_fetched_at=first,
        last_fetched_at=last,
        pages=pages,
        before=before,
        after=after,
        readings=readings,
    )
