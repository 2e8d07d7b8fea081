"""The tables `weather_snapshots` and `weather_strips`: one snapshot per change of the strip."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import psycopg
from psycopg import Connection

from asiatongsin.items import WeatherSnapshot
from pipelines.exporters.weather import write
from tests.samples import AT, SITE, export, later, page, strip
from tests.stored import count, rows

CHANGE = tuple[float, float, float, int]
"""Temperature of Seoul, hours after AT of the first and the last time, pages."""


def changes(connection: Connection, site: str = SITE) -> list[CHANGE]:
    query = """SELECT r.temperature_c::float8, s.first_fetched_at, s.last_fetched_at, s.pages
        FROM weather_snapshots AS s JOIN weather_readings AS r ON r.snapshot_id = s.id AND r.city = '서울'
        WHERE s.site = %s ORDER BY s.first_fetched_at"""
    hour = timedelta(hours=1)
    found = rows(connection, query, site)
    return [(seoul, (first - AT) / hour, (last - AT) / hour, pages) for seoul, first, last, pages in found]


def at(hours: float, seoul: float = 20.0) -> WeatherSnapshot:
    return strip(later(60 * hours), seoul)


def store(connection: Connection, *strips: WeatherSnapshot) -> None:
    with connection.transaction():
        write(connection, strips)


def test_stores_the_strip_as_printed_with_the_stations_it_knows(connection: Connection) -> None:
    export(connection, page(seoul=21.3))
    columns = "position, city, condition, icon, temperature_c::float8, station_id"
    assert rows(connection, f"SELECT {columns} FROM weather_readings ORDER BY position") == [
        (1, "동두천", "맑음", "iw01", -2.5, 98),
        (2, "진도(첨찰산)", None, "iw00", None, None),
        (3, "서울", "구름조금", "iw02", 21.3, 108),
    ]
    query = "SELECT site, page_date, first_fetched_at, last_fetched_at, pages FROM weather_snapshots"
    assert rows(connection, query) == [(SITE, "2025.10.05 (일)", AT, AT, 1)]


def test_extends_the_snapshot_that_a_strip_repeats(connection: Connection) -> None:
    store(connection, at(0), at(1))
    store(connection, at(5))
    store(connection, at(9), at(12, 21))
    assert changes(connection) == [(20, 0, 9, 4), (21, 12, 12, 1)]
    assert count(connection, "weather_readings") == count(connection, "weather_strips") == 6


def test_makes_a_new_snapshot_when_an_earlier_weather_returns(connection: Connection) -> None:
    for hours, seoul in ((0, 20), (2, 21), (4, 20)):
        store(connection, at(hours, seoul))
    assert changes(connection) == [(20, 0, 0, 1), (21, 2, 2, 1), (20, 4, 4, 1)]


def test_makes_two_snapshots_of_two_strips_that_caches_show_by_turns(connection: Connection) -> None:
    for minutes in range(0, 40, 2):
        store(connection, at(minutes / 60), at((minutes + 1) / 60, 21))
    assert [(change[0], change[3]) for change in changes(connection)] == [(20, 20), (21, 20)]


LATE = [
    (at(5), [(20, 0, 10, 3), (21, 20, 30, 2)]),
    (at(15), [(20, 0, 15, 3), (21, 20, 30, 2)]),
    (at(15, 21), [(20, 0, 10, 2), (21, 15, 30, 3)]),
    (at(25, 21), [(20, 0, 10, 2), (21, 20, 30, 3)]),
    (at(15, 7), [(20, 0, 10, 2), (7, 15, 15, 1), (21, 20, 30, 2)]),
    (at(-5), [(20, -5, 10, 3), (21, 20, 30, 2)]),
    (at(-5, 21), [(21, -5, -5, 1), (20, 0, 10, 2), (21, 20, 30, 2)]),
]


def test_a_strip_out_of_an_older_spool_finds_its_place_in_time(connection: Connection) -> None:
    for case, (late, expected) in enumerate(LATE):
        for strips in ([at(0), at(10)], [at(20, 21), at(30, 21)], [late]):
            store(connection, *(replace(one, site=f"{case}.kr") for one in strips))
        assert changes(connection, f"{case}.kr") == expected


def test_an_older_spool_that_spans_a_change_extends_both_sides(connection: Connection) -> None:
    store(connection, at(10), at(30, 21))
    store(connection, at(5), at(12), at(25, 21), at(35, 21))
    assert changes(connection) == [(20, 5, 12, 3), (21, 25, 35, 3)]


def test_keeps_two_sites_apart(connection: Connection) -> None:
    store(connection, at(0), strip(later(60), 20, "example.kr"), at(2))
    store(connection, strip(later(180), 20, "example.kr"))
    assert changes(connection) == [(20, 0, 2, 2)]
    assert changes(connection, "example.kr") == [(20, 1, 3, 2)]
    assert count(connection, "weather_strips") == 3


def test_exporters_in_parallel_make_one_snapshot(connection: Connection, database_url: str) -> None:
    exporters = 6
    barrier = Barrier(exporters)

    def work(number: int) -> None:
        with psycopg.connect(database_url, autocommit=True) as own:
            barrier.wait(timeout=600)
            store(own, at(number), strip(later(60 * number), 5, "example.kr"))

    with ThreadPoolExecutor(exporters) as threads:
        list(threads.map(work, range(exporters)))
    assert [change[3] for change in changes(connection)] == [exporters]
    assert changes(connection, "example.kr") == [(5, 0, exporters - 1, exporters)]


def test_counts_front_list_and_rejected_pages_as_well(connection: Connection) -> None:
    front = replace(page(seoul=20), kind="front", no=None, article=None)
    export(connection, front, replace(front, kind="list"), replace(page(1, seoul=20), article=None, removed="404"))
    assert changes(connection) == [(20, 0, 0, 3)]
