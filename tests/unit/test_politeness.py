"""How long a `Retry-After` header asks to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from scrapy.http import Response

from asiatongsin.middlewares.wait import retry_after

NOW = datetime(2025, 10, 5, 0, 52, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *(("10", 10), (" 10 ", 10), ("0", 0), ("Sun, 05 Oct 2025 00:52:30 GMT", 30)),
        *(("Sun, 05 Oct 2025 09:53:00 +0900", 60), ("Sun, 05 Oct 2025 00:53:00", 60)),
        ("Sun, 05 Oct 2025 00:51:00 GMT", 0),
        *((value, None) for value in ("", "-1", "1.5", "1e3", "²", "soon", "\xff", "Sun, 32 Oct 2025 00:00:00 GMT")),
        ("Sun, 05 Oct 2025 00:00:00 +99999999999999999999", None),
        ("Sun, 05 Oct 99999999999999999999 0:0 GMT", None),
    ],
)
def test_reads_seconds_and_dates(value: str, seconds: float | None) -> None:
    response = Response("https://newsasia.kr/", headers={"Retry-After": value})
    assert retry_after(response, NOW) == seconds


def test_waits_for_nothing_where_no_time_is_named() -> None:
    assert retry_after(Response("https://newsasia.kr/")) is None


def test_a_moment_to_wait_for_is_by_the_clock_of_the_site() -> None:
    headers = {"Retry-After": "Sun, 05 Oct 2025 10:01:00 GMT", "Date": "Sun, 05 Oct 2025 10:00:00 GMT"}
    assert retry_after(Response("https://newsasia.kr/", headers=headers), NOW + timedelta(hours=9)) == 60
