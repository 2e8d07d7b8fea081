"""When a site is due."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from asiatongsin.errors import ArgumentError
from pipelines.fleet.schedule import Schedule

NOW = datetime(2026, 1, 1, 20, 30, 17, 500_000, tzinfo=UTC)
SITES = [f"paper{number}.kr" for number in range(500)]


@pytest.mark.parametrize("text", ["every 30m", "30m", " EVERY  30 M "])
def test_reads_an_interval(text: str) -> None:
    schedule = Schedule.parse(text)
    assert (schedule.text, schedule.every) == ("every 30m", timedelta(minutes=30))


def test_spreads_sites_over_the_interval_and_always_alike() -> None:
    schedule = Schedule.parse("every 30m")
    times = [schedule.next_after(NOW, site) for site in SITES]
    assert all(NOW < at <= NOW + timedelta(minutes=30) for at in times)
    assert times == [schedule.next_after(NOW, site) for site in SITES]
    begun_a_minute = [sum(at.minute == minute for at in times) for minute in range(60)]
    assert max(begun_a_minute) < 40  # of 500; all together would be 500
    assert schedule.next_after(NOW, "newsasia.kr") == datetime(2026, 1, 1, 20, 53, 10, tzinfo=UTC)  # on every machine


def test_missed_times_collapse_and_the_rhythm_stays() -> None:
    schedule = Schedule.parse("every 30m")
    first = schedule.next_after(NOW, "a.kr")
    assert schedule.next_after(first, "a.kr") == first + timedelta(minutes=30)
    much_later = first + timedelta(days=3, minutes=7)
    assert schedule.next_after(much_later, "a.kr") == first + timedelta(days=3, minutes=30)


def test_means_a_cron_expression_in_its_time_zone() -> None:
    offset = Schedule.parse("0 6 * * *").next_after(NOW, "a.kr") - datetime(2026, 1, 1, 21, tzinfo=UTC)
    assert timedelta() <= offset < timedelta(minutes=1)
    in_berlin = Schedule.parse("0 6 * * *", "Europe/Berlin").next_after(NOW, "a.kr")
    assert in_berlin == datetime(2026, 1, 2, 5, tzinfo=UTC) + offset


def test_never_names_a_time_of_cron_twice() -> None:
    schedule = Schedule.parse("*/30 * * * *")
    times = [NOW]
    for _ in range(5):
        times.append(schedule.next_after(times[-1], "a.kr"))
    assert {later - earlier for earlier, later in pairwise(times[1:])} == {timedelta(minutes=30)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("every 0m", "every 0m: write a time from 1m to 366d"),
        ("every 30s", "every 30s: write a time from 1m to 366d"),
        ("400d", "every 400d: write a time from 1m to 366d"),
        ("nightly", "'nightly' is no schedule: write every 30m, "),
        ("* * * * * *", "is no schedule: write every 30m"),
        ("60 * * * *", "out of range): write every 30m"),
        ("0 0 30 2 *", "failed to find next date"),
        ("R * * * *", "is no schedule"),
    ],
)
def test_says_what_to_write(text: str, told: str) -> None:
    with pytest.raises(ArgumentError) as raised:
        Schedule.parse(text)
    assert told in str(raised.value)


def test_names_the_nearest_time_zone() -> None:
    with pytest.raises(ArgumentError, match="'Asia/Soul' is no time zone; the nearest is Asia/Seoul"):
        Schedule.parse("0 6 * * *", "Asia/Soul")


def test_says_what_a_cron_expression_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "croniter", None)
    with pytest.raises(ArgumentError, match=r'pip install "asiatongsin\[fleet\]"; --every 30m does without'):
        Schedule.parse("0 6 * * *")
    Schedule.parse("every 6h")
