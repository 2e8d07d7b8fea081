"""Temperatures in the course of time: as lines with their gaps, and day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Literal, LiteralString, NamedTuple, TypeAlias

from psycopg import Connection

from asiatongsin.korean import KST
from asiatongsin.moments import first_moment
from pipelines.queries.search.search import quick
from pipelines.queries.weather_shown import BEGUN

LONGEST_PAUSE = timedelta(hours=3)
"""Between two strips the temperature is taken for known where the pages that showed them are at most so far apart."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

Step: TypeAlias = Literal["reading", "hour", "3 hours", "day"]
"""What a point of a line stands for."""

STEPS: tuple[tuple[timedelta, Step, timedelta], ...] = (
    (7 * DAY, "reading", timedelta(microseconds=1)),
    (31 * DAY, "hour", HOUR),
    (93 * DAY, "3 hours", 3 * HOUR),
    (timedelta.max, "day", DAY),
)
"""The longest time for which a step is taken, the step, and how long it is: some 750 points at most, and one a day."""

_BEFORE: LiteralString = f"SELECT min(first_fetched_at) FROM ({BEGUN}) AS s"

_SHOWN: LiteralString = """
SELECT id, readings_hash, greatest(first_fetched_at, %(since)s) AS first, least(last_fetched_at, %(until)s) AS last
FROM weather_snapshots
WHERE site = %(site)s AND first_fetched_at BETWEEN %(before)s AND %(until)s AND last_fetched_at >= %(since)s"""

# A span is named by its beginning.
_SPANS: LiteralString = f"""
SELECT readings_hash, first, last,
    max(first) FILTER (WHERE (pause > %(pause)s) IS NOT FALSE) OVER (ORDER BY first, id) AS span
FROM (
    SELECT *, first - max(last) OVER (ORDER BY first, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS pause
    FROM ({_SHOWN}) AS shown
) AS paused"""

# The strips are the large table: the planner must know that each snapshot has one (160 ms for 280,000 readings, and
# 310 ms where a UNION hides it, 2026-12-01). With an ORDER BY it puts all readings in order, not the few points.
_POINTS: LiteralString = f"""
SELECT span, step, city, min(temperature_c)::float8, max(temperature_c)::float8
FROM (
    SELECT readings_hash, span, unnest(CASE WHEN begun = ended THEN ARRAY[begun] ELSE ARRAY[begun, ended] END) AS step
    FROM (
        SELECT readings_hash, span, date_bin(%(step)s, first, '2000-01-01 00:00+09') AS begun,
            date_bin(%(step)s, last, '2000-01-01 00:00+09') AS ended
        FROM ({_SPANS}) AS spans
    ) AS binned
) AS stepped JOIN weather_strips USING (readings_hash)
WHERE city = ANY (%(cities)s) GROUP BY span, step, city"""

_EXTREMES: LiteralString = f"""
SELECT day, city, min(temperature_c)::float8, max(temperature_c)::float8
FROM ({_SHOWN}) AS shown JOIN unnest(%(days)s::timestamptz[]) AS d (day)
    ON shown.first < d.day + INTERVAL '24 hours' AND shown.last >= d.day
JOIN weather_strips USING (readings_hash)
WHERE city = ANY (%(cities)s) GROUP BY day, city"""

_KNOWN: LiteralString = f"SELECT span, max(last) FROM ({_SPANS}) AS spans GROUP BY span ORDER BY span"


class Stretch(NamedTuple):
    """The strips of a site in a time."""

    site: str
    since: datetime
    until: datetime


class Point(NamedTuple):
    """The temperatures of a city within one step."""

    span: datetime
    """When the time begins in which no pause was too long."""

    step: datetime
    """When the step begins."""

    city: str
    lowest: float | None
    highest: float | None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A city in the course of time."""

    city: str
    """Name as printed."""

    lowest: list[float | None]
    """Degrees Celsius, one for each of the times; null: none is known, and the line is broken there."""

    highest: list[float | None]
    """The same as `lowest` where each reading stands for itself."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """Cities in the course of time."""

    step: Step
    """What a point stands for. Of steps longer than a reading there are the lowest and the highest temperature."""

    longest_pause_hours: float
    """The lines are broken where no page was seen for longer."""

    times: list[datetime]
    """When the steps begin; in the middle of a gap stands one at which nothing is known."""

    lines: list[Line]
    """The cities in the order in which they were asked for."""


@dataclass(frozen=True, kw_only=True)
class Extremes:
    """A city on a day."""

    city: str
    """Name as printed."""

    lowest: float | None
    """Degrees Celsius; None where no temperature is known."""

    highest: float | None
    """Degrees Celsius; None where no temperature is known."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day in Korean time."""

    day: date
    hours_known: int
    """In how many of its 24 hours it is known what the strip showed."""

    cities: list[Extremes]
    """In the order in which they were asked for."""


def series(connection: Connection, stretch: Stretch, cities: Sequence[str]) -> Series:
    """The cities in the course of a time."""
    step, length = step_for(stretch.until - stretch.since)
    with quick(connection):
        values = _values(connection, stretch, cities) | {"step": length}
        found = connection.execute(_POINTS, values, binary=True).fetchall()
    times, lines = joined(map(Point._make, sorted(found, key=itemgetter(0, 1))), cities)
    return Series(step=step, longest_pause_hours=LONGEST_PAUSE / HOUR, times=times, lines=lines)


def days(connection: Connection, stretch: Stretch, cities: Sequence[str]) -> list[Day]:
    """The days of a time, the newest first; also those of which nothing is known."""
    midnights = list(_newest_first(stretch))
    with quick(connection):
        values = _values(connection, stretch, cities) | {"days": midnights}
        found = connection.execute(_EXTREMES, values).fetchall()
        spans = connection.execute(_KNOWN, values).fetchall()
    extremes = {(day, city): (lowest, highest) for day, city, lowest, highest in found}
    return [
        Day(
            day=midnight.date(),
            hours_known=hours_known(spans, midnight),
            cities=[_extremes(city, extremes.get((midnight, city), (None, None))) for city in cities],
        )
        for midnight in midnights
    ]


def step_for(length: timedelta) -> tuple[Step, timedelta]:
    """The step for a time of this length, and how long it is."""
    return next((step, width) for longest, step, width in STEPS if length <= longest)


def joined(points: Iterable[Point], cities: Sequence[str]) -> tuple[list[datetime], list[Line]]:
    """Points in the order of time as lines over common times, which are broken between two spans."""
    lines = {city: Line(city=city, lowest=[], highest=[]) for city in cities}
    times: list[datetime] = []
    span = None
    for point in points:
        at = max(point.step, point.span)
        if span and span != point.span:
            _add(times[-1] + (at - times[-1]) / 2, times, lines.values())
        if not times or times[-1] != at:
            _add(at, times, lines.values())
        span = point.span
        lines[point.city].lowest[-1], lines[point.city].highest[-1] = point.lowest, point.highest
    return times, list(lines.values())


def hours_known(spans: Iterable[tuple[datetime, datetime]], midnight: datetime) -> int:
    """How many of the 24 hours from midnight on lie, in part at least, within one of the spans."""
    known: set[int] = set()
    for first, last in spans:
        if last >= midnight and first < midnight + DAY:
            known.update(range(max((first - midnight) // HOUR, 0), min((last - midnight) // HOUR, 23) + 1))
    return len(known)


def _add(at: datetime, times: list[datetime], lines: Iterable[Line]) -> None:
    """A time at which nothing is known yet."""
    times.append(at)
    for line in lines:
        line.lowest.append(None)
        line.highest.append(None)


def _values(connection: Connection, stretch: Stretch, cities: Sequence[str]) -> dict[str, object]:
    [(before,)] = connection.execute(_BEFORE, {"site": stretch.site, "at": stretch.since}).fetchall()
    given = stretch._asdict() | {"before": before or stretch.since, "pause": LONGEST_PAUSE}
    return given | {"cities": list(cities)}


def _newest_first(stretch: Stretch) -> Iterator[datetime]:
    """Midnight of each day, in Korean time."""
    day = first_moment(stretch.until.astimezone(KST).date())
    while day + DAY > stretch.since:
        yield day
        day -= DAY


def _extremes(city: str, found: tuple[float | None, float | None]) -> Extremes:
    lowest, highest = found
    return Extremes(city=city, lowest=lowest, highest=highest)
