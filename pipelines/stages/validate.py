"""Stage 2: printed values that cannot be true become unknown, and are counted."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Self

from scrapy.crawler import Crawler

from asiatongsin import statistics as names
from asiatongsin.items import Article, PageItems, WeatherSnapshot
from asiatongsin.plausible import CLOCK_TOLERANCE, COLDEST, FIRST_POSSIBLE, HOTTEST

logger = logging.getLogger(__name__)


class ValidatePipeline:
    """Sets times and temperatures that cannot be true to unknown."""

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: PageItems) -> PageItems:
        valid, doubts = validate(item)
        for doubt in doubts:
            self.stats.inc_value(f"{names.IMPLAUSIBLE}{doubt}")
            if not item.is_reread:
                logger.warning("Implausible %s on %s: stored as unknown", doubt, item.url)
        return valid


def validate(items: PageItems) -> tuple[PageItems, list[str]]:
    """The items without impossible values, and the names of the fields that held some."""
    article, article_doubts = _article(items.article) if items.article else (None, [])
    weather, weather_doubts = _weather(items.weather) if items.weather else (None, [])
    return replace(items, article=article, weather=weather), article_doubts + weather_doubts


def _article(article: Article) -> tuple[Article, list[str]]:
    latest = article.fetched_at + CLOCK_TOLERANCE
    doubts = [
        field
        for field in ("published_at", "modified_at")
        if (time := getattr(article, field)) and not FIRST_POSSIBLE <= time <= latest
    ]
    return replace(article, **dict.fromkeys(doubts)), doubts  # type: ignore[arg-type]


def _weather(weather: WeatherSnapshot) -> tuple[WeatherSnapshot, list[str]]:
    readings = tuple(
        reading
        if reading.temperature_c is None or COLDEST <= reading.temperature_c <= HOTTEST
        else replace(reading, temperature_c=None)
        for reading in weather.readings
    )
    doubts = ["temperature_c"] if readings != weather.readings else []
    return replace(weather, readings=readings), doubts
