"""Temperatures as lines: where they are broken, and what is known of a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from asiatongsin.korean import KST
from pipelines.queries.weather_series import DAY, HOUR, Point, hours_known, joined, step_for

MIDNIGHT = datetime(2025, 10, 5, tzinfo=KST)


def at(hour: float) -> datetime:
    return MIDNIGHT + hour * HOUR


def test_a_line_is_broken_in_the_middle_between_two_spans() -> None:
    points = [
        Point(at(1), at(1), "서울", 5.0, 5.0),
        Point(at(1), at(2), "서울", 6.0, 6.0),
        Point(at(10), at(10), "서울", 7.0, 8.0),
    ]
    times, [line] = joined(points, ["서울"])
    assert times == [at(1), at(2), at(6), at(10)]
    assert (line.lowest, line.highest) == ([5.0, 6.0, None, 7.0], [5.0, 6.0, None, 8.0])


def test_a_line_is_broken_within_a_long_step_too() -> None:
    points = [Point(at(-30), at(0), "서울", 1.0, 2.0), Point(at(12), at(0), "서울", 3.0, 4.0)]
    times, [line] = joined(points, ["서울"])
    assert times == [at(0), at(6), at(12)]
    assert line.highest == [2.0, None, 4.0]


def test_a_city_that_a_strip_does_not_print_is_unknown_there() -> None:
    points = [Point(at(1), at(1), "서울", 5.0, 5.0), Point(at(1), at(2), "제주", None, None)]
    times, lines = joined(points, ["제주", "서울", "부산"])
    assert [(line.city, line.lowest) for line in lines] == [
        ("제주", [None, None]),
        ("서울", [5.0, None]),
        ("부산", [None, None]),
    ]
    assert times == [at(1), at(2)]


@pytest.mark.parametrize(
    ("spans", "hours"),
    [
        ([], 0),
        ([(9.5, 9.5)], 1),
        ([(9.9, 10.1)], 2),
        ([(9.9, 10.1), (10.2, 10.3)], 2),
        ([(-5, 0)], 1),
        ([(23.5, 30)], 1),
        ([(-5, 29)], 24),
        ([(-5, -0.1), (24, 25)], 0),
    ],
)
def test_counts_the_hours_that_spans_touch(spans: list[tuple[float, float]], hours: int) -> None:
    assert hours_known([(at(first), at(last)) for first, last in spans], MIDNIGHT) == hours


@pytest.mark.parametrize(
    ("length", "step"),
    [(timedelta(0), "reading"), (7 * DAY, "reading"), (8 * DAY, "hour"), (40 * DAY, "3 hours"), (366 * DAY, "day")],
)
def test_a_longer_time_has_longer_steps(length: timedelta, step: str) -> None:
    assert step_for(length)[0] == step
