"""Points in time as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from asiatongsin.korean import KST
from asiatongsin.moments import parse_moment

NOW = datetime(2026, 1, 1, 20, 30, tzinfo=UTC)
"""Half past five in the morning of 2 January in Korea."""

DAY = datetime(2026, 1, 1, tzinfo=KST)
END = datetime(2026, 1, 1, 23, 59, 59, 999_999, tzinfo=KST)


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("30d", datetime(2025, 12, 3, 5, 30, tzinfo=KST), datetime(2025, 12, 3, 5, 30, tzinfo=KST)),
        (" 12H ", datetime(2026, 1, 1, 17, 30, tzinfo=KST), datetime(2026, 1, 1, 17, 30, tzinfo=KST)),
        ("yesterday", DAY, END),
        ("Today", DAY.replace(day=2), END.replace(day=2)),
        ("2026-01-01", DAY, END),
        ("2026-01-01 09:30", DAY.replace(hour=9, minute=30), DAY.replace(hour=9, minute=30)),
        ("2026-01-01T00:00Z", DAY.replace(hour=9), DAY.replace(hour=9)),
    ],
)
def test_reads_each_way_to_write_it(text: str, begins: datetime, ends: datetime) -> None:
    assert parse_moment(text, now=NOW) == begins
    assert parse_moment(text, is_end=True, now=NOW) == ends


@pytest.mark.parametrize("text", ["", "30", "6m", "1.5d", "-3d", "999999d", "tomorrow", "10:30", "2025-10", "d", "３d"])
def test_says_what_to_write_where_it_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"^write a day such as 2025-10-01, .* 30d, 12h, yesterday or today$"):
        parse_moment(text, now=NOW)


def test_counts_from_the_present_where_no_other_is_named() -> None:
    before = datetime.now(UTC)
    assert before <= parse_moment("0h") <= datetime.now(UTC)
