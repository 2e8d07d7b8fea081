"""The page of the weather."""

from __future__ import annotations

import csv
import re
from html import unescape
from typing import Any

import pytest
from psycopg import Connection

from asiatongsin.items import WeatherReading, WeatherSnapshot
from asiatongsin.spreadsheets import disarmed
from pipelines.exporters.weather import write
from pipelines.stages.weather import identify
from tests.page_client import PageClient
from tests.samples import SITE, later, strip

HOSTILE = WeatherReading(city='<script>"\u202e', condition="=흐림", icon="iw04", temperature_c=-0.1)


def store(connection: Connection, *strips: WeatherSnapshot) -> None:
    with connection.transaction():
        write(connection, strips)


def at(hours: float, seoul: float, site: str = SITE) -> WeatherSnapshot:
    """Cities are 동두천, 진도(첨찰산), which has neither a temperature nor a station, and 서울."""
    return strip(later(60 * hours), seoul, site)


def lines(page: PageClient, query: str = "") -> tuple[str, list[str], dict[str, list[float | None]]]:
    """The step, the times without their day, and the highest temperatures."""
    series = page.ask(f"/weather.json?{query}").json["series"]
    times = [time[5:16] for time in series["times"]]
    return series["step"], times, {line["city"]: line["highest"] for line in series["lines"]}


@pytest.fixture
def week(connection: Connection) -> None:
    """Three spans: from 09:52 to 11:52, a single page at 17:52, and two days later from 09:52 to 10:52."""
    store(connection, at(0, 10), at(1, 10), at(2, 12), at(8, 15), at(48, 8), at(49, 9))


def test_says_that_no_page_has_shown_a_strip(page: PageClient) -> None:
    assert "날씨를 보여 준 페이지가 아직 없습니다." in page.get("/weather")
    assert "No page has shown a weather strip yet." in page.get("/en/weather?at=2025-10-05&city=서울")
    found = page.ask("/weather.json").json
    assert (found["sites"], found["site"], found["strip"], found["series"]) == ([], None, None, None)
    assert page.get("/weather.csv").startswith("\ufeffsite,first_fetched_at")


def test_holds_with_one_page(connection: Connection, page: PageClient) -> None:
    store(connection, at(0, 21.3))
    text = page.get("/weather")
    assert "동두천 -2.5°</text>" in text
    for query in ("until=0001-01-01", "since=9999-12-31", "since=0001-01-01&until=9999-12-31", "at=0001-01-01"):
        assert page.ask(f"/weather.json?{query}").status == 200
    assert '위치를 알 수 없는 도시: <span lang="ko">진도(첨찰산)</span>' in " ".join(text.split())
    assert lines(page, "city=서울&city=진도(첨찰산)")[1:] == (
        ["10-05T09:52"],
        {"서울": [21.3], "진도(첨찰산)": [None]},
    )
    [day] = page.ask("/weather.json?city=Seoul").json["days"]
    assert day == {
        "day": "2025-10-05",
        "hours_known": 1,
        "cities": [{"city": "서울", "lowest": 21.3, "highest": 21.3}],
    }


@pytest.mark.usefixtures("week")
def test_breaks_the_lines_where_nothing_is_known(page: PageClient) -> None:
    step, times, temperatures = lines(page, "city=서울")
    assert step == "reading"
    assert [time[3:] for time in times] == [
        *("05T09:52", "05T10:52", "05T11:52", "05T14:52", "05T17:52", "06T13:52", "07T09:52", "07T10:52"),
    ]
    assert temperatures == {"서울": [10, 10, 12, None, 15, None, 8, 9]}


@pytest.mark.usefixtures("week")
def test_a_long_time_has_the_extremes_of_its_steps_and_the_same_gaps(connection: Connection, page: PageClient) -> None:
    store(connection, at(-24 * 200, 1), at(-24 * 200 + 1, 3), at(-24 * 20, 4))
    assert lines(page, "city=서울&since=2025-01-01") == (
        "day",
        [
            *("03-19T09:52", "06-17T09:52", "09-15T09:52", "09-25T09:52", "10-05T09:52", "10-05T13:52"),
            *("10-05T17:52", "10-06T13:52", "10-07T09:52"),
        ],
        {"서울": [3, None, 4, None, 12, None, 15, None, 9]},
    )


@pytest.mark.usefixtures("week")
def test_tells_day_by_day_what_is_known(page: PageClient) -> None:
    found = page.ask("/weather.json?city=서울").json["days"]
    assert [(day["day"][8:], day["hours_known"], *day["cities"][0].values()) for day in found] == [
        ("07", 2, "서울", 8, 9),
        ("06", 0, "서울", None, None),
        ("05", 4, "서울", 10, 15),
    ]
    part = page.ask("/weather.json?plot=1").json
    assert part["days"] == []
    assert part["series"]


def test_a_strip_that_stays_is_known_all_the_time_on_every_page_of_days(
    connection: Connection, page: PageClient
) -> None:
    store(connection, at(0, 10), at(24 * 20, 10))
    pages = [page.ask(f"/weather.json?since=2025-10-01&page={number}").json for number in (1, 2)]
    days = [day for found in pages for day in found["days"]]
    assert [day["day"] for day in days] == [f"2025-10-{day:02}" for day in range(25, 4, -1)]
    assert [day["hours_known"] for day in days] == [10, *[24] * 19, 15]
    assert {pages[0]["pages"], pages[1]["pages"]} == {2}
    assert "page=2" in page.get("/weather?since=2025-10-01")
    assert page.ask("/weather?since=2025-10-01&page=3").status == 400


CASES: list[tuple[str, Any]] = [
    ("", 9),
    ("at=2025-10-05 10:00", 10),
    ("at=2025-10-05 11:52", 12),
    ("at=2025-10-05T11:52:06", 10),
    ("at=2025-10-05 13:00", 12),
    ("at=2025-10-06", 15),
    ("at=2025-10-04", None),
]


@pytest.mark.usefixtures("week")
def test_shows_the_strip_of_a_time_or_the_last_one_before(page: PageClient) -> None:
    for query, seoul in CASES:
        shown = page.ask(f"/weather.json?{query}").json["strip"]
        assert (shown["readings"][-1]["temperature_c"] if shown else None) == seoul
    assert "이 시각의 기록은 없습니다." in page.get("/weather?at=2025-10-06")
    assert "이 시각의 기록은 없습니다." not in page.get("/weather?at=2025-10-05 10:00")
    early = page.get("/weather?at=2025-10-04")
    assert "그때까지 이 사이트에서" in early
    assert 'value="서울" checked' in early


@pytest.mark.usefixtures("week")
def test_a_strip_leads_to_those_beside_it(page: PageClient) -> None:
    found = [
        unescape(link)
        for link in re.findall(r'href="([^"]*)" rel="(?:prev|next)', page.get("/weather?at=2025-10-05 11:52"))
    ]
    assert [page.ask(link.replace("?", ".json?")).json["strip"]["readings"][-1]["temperature_c"] for link in found] == [
        10,
        15,
    ]


def test_two_sites_have_their_own_strips(connection: Connection, page: PageClient) -> None:
    store(connection, at(0, 10), at(0, 30, "other.kr"))
    seen = {site: lines(page, f"site={site}&city=서울")[2]["서울"] for site in (SITE, "other.kr")}
    assert seen == {SITE: [10], "other.kr": [30]}
    rows = csv.DictReader(page.get("/weather.csv?city=서울").removeprefix("\ufeff").splitlines())
    assert [(row["site"], row["temperature_c"]) for row in rows] == [(SITE, "10"), ("other.kr", "30")]
    assert len(page.get("/weather.csv?site=other.kr").splitlines()) == 4


MISTAKES = {
    "at=noon": "at=noon: 2025-10-01 같은 날짜",
    "site=nwsasia.kr": "가장 비슷한 이름은 newsasia.kr입니다.",
    "city=서욿": "가장 비슷한 이름은 서울입니다.",
    f"site={SITE},other.kr": "한 사이트만",
}


def test_says_what_to_write_instead(connection: Connection, page: PageClient) -> None:
    store(connection, at(0, 10), at(0, 30, "other.kr"))
    for query, sentence in MISTAKES.items():
        answer = page.ask(f"/weather?{query}")
        assert answer.status == 400
        assert sentence in answer.text


def test_a_hostile_strip_harms_nobody(connection: Connection, page: PageClient) -> None:
    store(connection, identify(WeatherSnapshot(site=SITE, fetched_at=later(0), readings=(HOSTILE,))))
    for text in (page.get("/weather"), page.get("/en/weather")):
        assert HOSTILE.city not in text
        assert "<svg" not in text
    assert disarmed("=흐림") in page.get("/weather.csv")


@pytest.mark.usefixtures("week")
def test_is_for_english_readers_as_well(page: PageClient) -> None:
    text = page.get("/en/weather")
    assert "Seoul 9.0°</text>" in text
    assert '<span lang="ko">맑음</span>' in text
