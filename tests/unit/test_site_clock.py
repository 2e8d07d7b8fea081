"""The clock of this machine and the `Date` of the site's answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler

from asiatongsin.middlewares.site_clock import SiteClockMiddleware, date_of
from pipelines.crawl.final_record import with_clock
from pipelines.crawl_record import Outcome
from pipelines.verdict.decide import Verdict

HOUR = timedelta(hours=1)


def last_line(*ahead: timedelta) -> str:
    """What a crawl says that met answers whose dates the clock is so far ahead of."""
    crawler = get_crawler()
    middleware = SiteClockMiddleware.from_crawler(crawler)
    for one in ahead:
        headers = {"Date": format_datetime(datetime.now(UTC) - one, usegmt=True)}
        middleware.process_response(Request("http://a.kr/"), Response("http://a.kr/", headers=headers))
    return with_clock(Verdict(Outcome.OK, "3 new"), crawler.stats.get_stats()).sentence


@pytest.mark.parametrize(
    ("ahead", "says"), [(9 * HOUR, "9 h ahead of the site's"), (-9 * HOUR, "9 h behind the site's")]
)
def test_the_last_line_says_that_no_answer_agrees_with_the_clock(ahead: timedelta, says: str) -> None:
    told = f"3 new; the clock of this machine is {says}, see which is wrong"
    assert last_line(2 * ahead, ahead, 3 * ahead) == told


@pytest.mark.parametrize("ahead", [(timedelta(),), (50 * HOUR, timedelta(), 3 * HOUR), ()])
def test_old_answers_out_of_a_cache_prove_nothing(ahead: tuple[timedelta, ...]) -> None:
    assert last_line(*ahead) == "3 new"


@pytest.mark.parametrize("text", ["", "yesterday", "Mon, 99 Oct 2025 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_date_that_cannot_be_true_is_none(text: str) -> None:
    assert date_of(text) is None


def test_a_date_is_in_utc() -> None:
    assert date_of("Sun, 05 Oct 2025 09:52:07 +0900") == date_of("Sun, 05 Oct 2025 00:52:07 GMT")
