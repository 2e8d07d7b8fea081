"""Days are put together into so few periods that a person can look at them."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.web.periods import MOST, periods
from pipelines.web.query import Query


@pytest.mark.parametrize(
    ("first", "last", "unit", "names"),
    [
        ((2026, 11, 30), (2026, 12, 2), "day", ["2026-11-30", "2026-12-01", "2026-12-02"]),
        ((2026, 1, 1), (2026, 3, 15), "week", ["2025-12-29 – 01-04", "2026-01-05 – 01-11"]),
        ((2024, 12, 31), (2026, 11, 30), "month", ["2024-12", "2025-01"]),
        ((2010, 1, 1), (2026, 1, 1), "year", ["2010", "2011"]),
    ],
)
def test_a_longer_time_has_longer_periods(
    first: tuple[int, int, int], last: tuple[int, int, int], unit: str, names: list[str]
) -> None:
    found = {date(*first): 3, date(*last): 1}
    chosen, shown = periods(found, {date(*first): 4}, date(*first), date(*last))
    assert chosen.name == unit
    assert [one.name for one in shown][: len(names)] == names
    assert (shown[0].first, shown[-1].last) == (date(*first), date(*last))
    assert (shown[0].found, shown[0].share, shown[-1].found, shown[-1].share) == (3, 0.75, 1, None)
    assert len(shown) <= MOST


def test_all_the_years_there_are_make_no_endless_list() -> None:
    days = {date.min: 1, date(2026, 1, 1): 2, date.max: 3}
    assert [one.found for one in periods(days, days, date.min, date.max)[1]] == [1, 2, 3]


def test_a_parameter_that_is_given_several_times_has_several_lines() -> None:
    query = Query.of([("q", "가 나\r\n다"), ("q", ""), ("q", "다"), ("day", "2026-11-30")])
    assert query.lines("q") == ("가 나", "다")
    assert (query.text("day"), query.lines("none")) == ("2026-11-30", ())
