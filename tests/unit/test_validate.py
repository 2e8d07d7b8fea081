"""Values that cannot be true become unknown; all others stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from scrapy.utils.test import get_crawler

from asiatongsin.items import Article, PageItems, WeatherReading, WeatherSnapshot
from asiatongsin.korean import KST
from pipelines.stages.validate import ValidatePipeline, validate

FETCHED = datetime(2025, 10, 5, 0, 52, tzinfo=UTC)
ARTICLE = Article(
    site="newsasia.kr",
    no=5,
    url="https://newsasia.kr/news/article.html?no=5",
    headline="제목",
    published_at=datetime(2025, 10, 4, 18, 20, tzinfo=KST),
    body=("글",),
    content_hash="0" * 64,
    fetched_at=FETCHED,
)


def items(article: Article | None = None, *temperatures: float | None) -> PageItems:
    readings = tuple(WeatherReading(city=f"도시{i}", temperature_c=t) for i, t in enumerate(temperatures))
    weather = WeatherSnapshot(site="newsasia.kr", fetched_at=FETCHED, readings=readings) if readings else None
    return PageItems(
        site="newsasia.kr", url=ARTICLE.url, kind="article", no=5, fetched_at=FETCHED, article=article, weather=weather
    )


@pytest.mark.parametrize(
    "time",
    [None, datetime(1990, 1, 1, 9, tzinfo=KST), FETCHED, FETCHED + timedelta(days=1), datetime(2012, 5, 3, tzinfo=KST)],
)
def test_keeps_times_that_can_be_true(time: datetime | None) -> None:
    article = replace(ARTICLE, published_at=time, modified_at=time)
    assert validate(items(article)) == (items(article), [])


@pytest.mark.parametrize(
    "time",
    [
        datetime(1970, 1, 1, tzinfo=KST),
        datetime(1989, 12, 31, 23, 59, tzinfo=UTC),
        FETCHED + timedelta(days=1, seconds=1),
        datetime(9999, 12, 31, tzinfo=KST),
        datetime(1, 1, 1, tzinfo=KST),
    ],
)
def test_makes_impossible_times_unknown_and_names_them(time: datetime) -> None:
    unknown = items(replace(ARTICLE, modified_at=None))
    assert validate(items(replace(ARTICLE, modified_at=time))) == (unknown, ["modified_at"])
    unknown = items(replace(ARTICLE, published_at=None))
    assert validate(items(replace(ARTICLE, published_at=time))) == (unknown, ["published_at"])


def test_makes_impossible_temperatures_unknown_and_keeps_their_cities() -> None:
    valid, doubts = validate(items(None, -60.0, 60.0, None, -60.1, 99.9, float("inf"), float("nan")))
    assert valid == items(None, -60.0, 60.0, None, None, None, None, None)
    assert doubts == ["temperature_c"]


def test_leaves_pages_without_article_and_weather_alone() -> None:
    assert validate(items()) == (items(), [])


def test_counts_what_was_implausible() -> None:
    crawler = get_crawler()
    pipeline = ValidatePipeline.from_crawler(crawler)
    pipeline.process_item(items(ARTICLE))
    pipeline.process_item(
        items(replace(ARTICLE, reporter="최지나", body=(), published_at=datetime(1, 1, 1, tzinfo=KST)))
    )
    pipeline.process_item(items())
    stats = crawler.stats.get_stats()
    assert stats == {"validate/implausible/published_at": 1}
