"""The line that shows how far a crawl is."""

from __future__ import annotations

import io

import pytest
from scrapy.utils.test import get_crawler

from asiatongsin.extensions.progress import ProgressExtension, line
from asiatongsin.spiders.asiatongsin import AsiatongsinSpider

STATS = {
    "front/pages": 1,
    "list/pages": 12,
    "article/pages": 140,
    "article/listed": 190,
    "article/rechecked": 10,
    "scheduler/enqueued": 214,
    "scheduler/dequeued": 153,
}


def shown(seconds: float, **changes: int) -> str:
    stats = get_crawler().stats
    stats.set_stats(STATS | {name.replace("__", "/"): value for name, value in changes.items()})
    return line(stats, "newsasia.kr", seconds)


def test_names_site_time_speed_and_what_is_left() -> None:
    assert shown(192) == "newsasia.kr 3:12 · 140/200 articles · 12 list pages · 0.8 pages/s · 1:16+ left"
    assert len(shown(192)) < 80


def test_shows_hours_only_where_there_are_any() -> None:
    assert shown(3599.9).startswith("newsasia.kr 59:59 · ")
    assert shown(3792).startswith("newsasia.kr 1:03:12 · ")
    assert "1:30:58+ left" in shown(3600, scheduler__enqueued=153 + 232)


def test_tells_what_failed_and_what_is_stored_where_there_is_any() -> None:
    assert shown(192, article__failed=2, export__pages=138).endswith(" left · 2 failed · 138 pages stored")


def test_says_nothing_of_the_time_left_before_the_first_page() -> None:
    stats = get_crawler().stats
    assert line(stats, "newsasia.kr", 0.2) == "newsasia.kr 0:00 · 0/0 articles · 0 list pages · 0.0 pages/s"


def test_is_never_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    crawler = get_crawler(AsiatongsinSpider)
    crawler.spider = AsiatongsinSpider(site="https://a-rather-long-name-of-a-newspaper.example.kr")
    crawler.stats.set_stats(STATS | {"export/pages": 1_000_000})
    stream = io.StringIO()
    ProgressExtension(crawler, stream).show()
    assert len(stream.getvalue()) == len("\r" + 79 * "x" + "\x1b[K")
