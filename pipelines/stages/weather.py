"""Stage 3: finds the stations of the weather strip, and recognises an unchanged strip by its hash."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Self

import msgspec
from scrapy.crawler import Crawler

from asiatongsin import statistics as names
from asiatongsin.items import PageItems, WeatherReading, WeatherSnapshot
from asiatongsin.weather_stations import station_ids


class WeatherPipeline:
    """Gives each strip a hash: most pages of a crawl show the same strip, and the exporter stores it once."""

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats
        self.last_hash = ""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: PageItems) -> PageItems:
        if item.weather is None:
            if not item.unmodified:
                self.stats.inc_value(names.STRIP_MISSING)
            return item
        weather = identify(item.weather)
        self.stats.inc_value(names.STRIP_UNCHANGED if weather.readings_hash == self.last_hash else names.STRIP_CHANGED)
        self.last_hash = weather.readings_hash
        return replace(item, weather=weather)


def identify(weather: WeatherSnapshot) -> WeatherSnapshot:
    """The snapshot with station numbers, where a station has exactly the printed name, and with its hash."""
    readings = tuple(replace(reading, station_id=station_ids().get(reading.city)) for reading in weather.readings)
    return replace(weather, readings=readings, readings_hash=readings_hash(readings))


def readings_hash(readings: tuple[WeatherReading, ...]) -> str:
    """SHA-256, hexadecimal, of what the strip prints; not of the station numbers, which we add."""
    printed = [(reading.city, reading.condition, reading.icon, reading.temperature_c) for reading in readings]
    return hashlib.sha256(msgspec.json.encode(printed)).hexdigest()
