"""Strips of pages that follow each other, as one where they are the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asiatongsin.items import WeatherSnapshot
from pipelines.exporters.weather import fold
from tests.samples import AT, SITE, later, strip


def at(hours: float, seoul: float = 20.0) -> WeatherSnapshot:
    return strip(later(60 * hours), seoul)


def folded(strips: Sequence[WeatherSnapshot]) -> list[tuple[str, Any, datetime, datetime, int]]:
    return [
        (
            one.snapshot.site,
            one.snapshot.readings[-1].temperature_c,
            one.snapshot.fetched_at,
            one.last_fetched_at,
            one.pages,
        )
        for one in fold(strips)
    ]


def test_folds_equal_strips_that_follow_each_other() -> None:
    assert folded([at(3, 21), at(0), at(1), at(2, 21), at(4)]) == [
        (SITE, 20, later(0), later(60), 2),
        (SITE, 21, later(120), later(180), 2),
        (SITE, 20, later(240), later(240), 1),
    ]
    assert folded([]) == []


def test_folds_each_site_for_itself() -> None:
    strips = [at(0), strip(later(60), 5, "example.kr"), at(2), strip(later(180), 5, "example.kr")]
    assert folded(strips) == [("example.kr", 5, later(60), later(180), 2), (SITE, 20, AT, later(120), 2)]


def test_folds_strips_that_caches_show_by_turns() -> None:
    assert folded([at(0), at(0.1, 21), at(0.2), at(0.3, 21), at(0.4), at(3)]) == [
        (SITE, 20, AT, later(24), 3),
        (SITE, 21, later(6), later(18), 2),
        (SITE, 20, later(180), later(180), 1),
    ]
