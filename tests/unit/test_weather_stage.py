"""Station numbers and the hash that tells an unchanged strip."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from scrapy.utils.test import get_crawler

from asiatongsin.items import PageItems, WeatherReading, WeatherSnapshot
from asiatongsin.weather_stations import station_ids, stations
from pipelines.stages.weather import WeatherPipeline, identify, readings_hash

DEFAULT_CITIES = "동두천 강릉 서울 대전 대구 울산 광주 부산 고창 제주 강화 보은 금산 강진군 경주시 거제"
SEOUL = WeatherReading(city="서울", condition="맑음", icon="iw01", temperature_c=16.4)
BUSAN = WeatherReading(city="부산", icon="iw08", temperature_c=-2.0)


def snapshot(*readings: WeatherReading) -> WeatherSnapshot:
    return WeatherSnapshot(site="newsasia.kr", fetched_at=datetime(2025, 10, 5, tzinfo=UTC), readings=readings)


def page(weather: WeatherSnapshot | None) -> PageItems:
    fetched = datetime(2025, 10, 5, tzinfo=UTC)
    return PageItems(site="newsasia.kr", url="https://newsasia.kr/", kind="front", fetched_at=fetched, weather=weather)


@pytest.mark.parametrize(
    ("city", "station"),
    [
        *(("서울", 108), ("고창", 172), ("고창군", 251), ("강릉", 105), ("북강릉", 104)),
        *(("인천", 112), ("원주", 114), ("수원", 119), ("청주", 131), ("전주", 146), ("창원", 155), ("목포", 165)),
        *(("천안", 232), ("구미", 279), ("진도군", 268), ("북창원", 255), ("제천", 221)),
        *((city, None) for city in ("고창읍", "서울시", " 서울", "평양", "")),
    ],
)
def test_names_a_station_only_by_its_exact_name(city: str, station: int | None) -> None:
    [reading] = identify(snapshot(replace(SEOUL, city=city))).readings
    assert reading.station_id == station


def test_knows_every_city_of_the_default_strip() -> None:
    readings = identify(snapshot(*(replace(SEOUL, city=city) for city in DEFAULT_CITIES.split()))).readings
    assert [reading.city for reading in readings if reading.station_id is None] == []


def test_knows_stations_in_korea_once_each() -> None:
    assert len(station_ids()) == len(stations()) == len({station.station_id for station in stations()})
    for station in stations():
        assert 33 < station.latitude < 39
        assert 124 < station.longitude < 132
        assert station.name_ko
        assert station.name_en.isascii()


def test_gives_equal_strips_equal_hashes_whatever_stations_are_known() -> None:
    known = replace(SEOUL, station_id=108)
    assert readings_hash((SEOUL, BUSAN)) == readings_hash((known, BUSAN))
    assert identify(snapshot(SEOUL, BUSAN)).readings_hash == readings_hash((SEOUL, BUSAN))
    assert len(readings_hash(())) == 64


@pytest.mark.parametrize(
    "readings",
    [
        (replace(SEOUL, temperature_c=16.5), BUSAN),
        (replace(SEOUL, temperature_c=None), BUSAN),
        (replace(SEOUL, condition=None), BUSAN),
        (replace(SEOUL, icon="iw02"), BUSAN),
        (replace(SEOUL, city="서울시"), BUSAN),
        (BUSAN, SEOUL),
        (SEOUL,),
        (SEOUL, BUSAN, BUSAN),
        (),
    ],
)
def test_gives_other_strips_other_hashes(readings: tuple[WeatherReading, ...]) -> None:
    assert readings_hash(readings) != readings_hash((SEOUL, BUSAN))


def test_counts_strips_that_changed_stayed_or_are_missing() -> None:
    crawler = get_crawler()
    pipeline = WeatherPipeline.from_crawler(crawler)
    for weather in (snapshot(SEOUL), snapshot(SEOUL), None, snapshot(SEOUL), snapshot(BUSAN)):
        pipeline.process_item(page(weather))
    counted = {name: crawler.stats.get_value(f"weather/{name}") for name in ("changed", "unchanged", "missing")}
    assert counted == {"changed": 2, "unchanged": 2, "missing": 1}
