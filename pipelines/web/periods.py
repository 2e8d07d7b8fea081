"""Days, put together into so few periods that a person can look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

MOST = 120
"""Periods that are shown; of more years, only those with articles are, and the last ones."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Period:
    """Days that follow each other."""

    name: str
    """`2026-11-30`, `2026-11-24/30`, `2026-11` or `2026`."""

    first: date
    last: date

    found: int
    """Articles that were found."""

    stored: int
    """All articles of the same sites."""

    share: float | None
    """Of the stored articles, those that were found; None where none is stored."""


@dataclass(frozen=True)
class Unit:
    """How long a period is."""

    name: str
    days: int
    """Days up to which a time is shown in this unit."""

    begin: Callable[[date], date]
    end: Callable[[date], date]
    """The first and the last day of the period that a day belongs to."""

    called: Callable[[date, date], str]


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY if day > date.min + 7 * _DAY else date.min


def _sunday(day: date) -> date:
    return day + (6 - day.weekday()) * _DAY if day < date.max - 7 * _DAY else date.max


def _end_of_month(day: date) -> date:
    if day.month == 12:  # also of the last year there is
        return day.replace(day=31)
    return day.replace(month=day.month + 1, day=1) - _DAY


UNITS = (
    Unit("day", 62, lambda day: day, lambda day: day, lambda first, _: f"{first}"),
    Unit("week", 550, _monday, _sunday, lambda first, last: f"{first} – {last:%m-%d}"),
    Unit("month", 3660, lambda day: day.replace(day=1), _end_of_month, lambda first, _: f"{first:%Y-%m}"),
    Unit(
        "year",
        date.max.toordinal(),
        lambda day: day.replace(month=1, day=1),
        lambda day: day.replace(month=12, day=31),
        lambda first, _: f"{first:%Y}",
    ),
)
"""From the shortest on."""


def unit_for(first: date, last: date) -> Unit:
    """The shortest unit in which this time has few periods."""
    return next(unit for unit in UNITS if (last - first).days < unit.days)


def periods(
    found: Mapping[date, int], stored: Mapping[date, int], first: date, last: date
) -> tuple[Unit, list[Period]]:
    """All periods from `first` to `last`, also those without articles, in their order."""
    unit = unit_for(first, last)
    sums = [_sums(days, unit) for days in (found, stored)]
    begins = list(_begins(unit, first, last))
    if len(begins) > MOST:
        begins = sorted(set(sums[0]) | set(sums[1]))[-MOST:]
    return unit, [_period(unit, begin, first, last, *(of.get(begin, 0) for of in sums)) for begin in begins]


def _sums(days: Mapping[date, int], unit: Unit) -> dict[date, int]:
    sums: dict[date, int] = {}
    for day, number in days.items():
        begin = unit.begin(day)
        sums[begin] = sums.get(begin, 0) + number
    return sums


def _begins(unit: Unit, first: date, last: date) -> Iterator[date]:
    begin = unit.begin(first)
    while begin <= last:
        yield begin
        if (end := unit.end(begin)) == date.max:
            return
        begin = end + _DAY


def _period(unit: Unit, begin: date, first: date, last: date, found: int, stored: int) -> Period:
    shown = max(begin, first), min(unit.end(begin), last)
    share = found / stored if stored else None
    name = unit.called(begin, unit.end(begin))
    return Period(name=name, first=shown[0], last=shown[1], found=found, stored=stored, share=share)
