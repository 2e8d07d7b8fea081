"""Moments as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from asiatongsin.errors import ArgumentError
from asiatongsin.korean import KST
from asiatongsin.moments import parse_moment

NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
"""In Korea, it is the first of December."""


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("today", datetime(2026, 12, 1, tzinfo=KST)),
        ("Yesterday ", datetime(2026, 11, 30, tzinfo=KST)),
        ("30d", NOW - timedelta(days=30)),
        ("6h", NOW - timedelta(hours=6)),
        ("2025-10-01", datetime(2025, 10, 1, tzinfo=KST)),
        ("2025-10-01 09:30", datetime(2025, 10, 1, 9, 30, tzinfo=KST)),
    ],
)
def test_reads_days_times_and_how_long_ago(written: str, at: datetime) -> None:
    assert parse_moment("since", written, time.min, NOW) == at


def test_a_day_as_an_end_is_its_end() -> None:
    assert parse_moment("until", "yesterday", time.max, NOW) == datetime.combine(NOW, time.max, tzinfo=KST)


@pytest.mark.parametrize("written", ["", "0d", "tomorrow", "30 days", "2025-02-30"])
def test_says_what_to_write_instead(written: str) -> None:
    with pytest.raises(ArgumentError, match=r"^since=.*: write a day such as 2025-10-01, .*, yesterday, or 30d$"):
        parse_moment("since", written, time.min, NOW)
