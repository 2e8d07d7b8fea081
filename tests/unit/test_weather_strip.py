"""The weather strip: words glued to cities, missing words, odd names and odd numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asiatongsin.html.parse import parse
from asiatongsin.items import WeatherReading
from asiatongsin.mediaon.weather import WeatherStrip
from tests.conftest import SHARED

DEFAULT_CITIES = "동두천 강릉 서울 대전 대구 울산 광주 부산 고창 제주 강화 보은 금산 강진군 경주시 거제"
RAW_PAGES = sorted(SHARED.glob("html/*_top.html"))


def strip(*entries: str, before: str = "") -> WeatherStrip:
    cities = "".join(f'<li class="icon_w">{entry}</li>' for entry in entries)
    page = f'{before}<div class="weather_box wt02 ico02"><ul class="weather_slide">{cities}</ul></div>'
    return WeatherStrip(parse(page.encode()).tree)


def reading(entry: str) -> tuple[str, str | None, float | None, str | None]:
    [one] = strip(entry).readings()
    return one.city, one.condition, one.temperature_c, one.icon


@pytest.mark.parametrize(
    ("entry", "city", "condition", "temperature"),
    [
        ("맑음</span>동두천 25.8℃", "동두천", "맑음", 25.8),
        ("구름조금</span>강릉 -12.8℃", "강릉", "구름조금", -12.8),
        ("흐림</span>서울 \u22122.5℃", "서울", "흐림", -2.5),
        ("박무</span>광주 0.0℃", "광주", "박무", 0.0),
        ("맑음</span>진도(첨찰산) 3.4℃", "진도(첨찰산)", "맑음", 3.4),
        ("맑음</span>백령도 \n 3.4 ℃ ", "백령도", "맑음", 3.4),
        ("맑음</span>울릉도 12°C", "울릉도", "맑음", 12.0),
        ("</span>제주 24.5℃", "제주", None, 24.5),
        (" &nbsp;</span>제주 24.5℃", "제주", None, 24.5),
        ("-</span>거제 3.4℃", "거제", None, 3.4),
        ("-</span>거제 -3.4℃", "거제", None, -3.4),
        ("비</span>비금도 7.8℃", "비금도", "비", 7.8),
        ("진눈깨비</span>대관령 -0.1℃", "대관령", "진눈깨비", -0.1),
        ("맑음</span>부산", "부산", "맑음", None),
        ("맑음</span>부산 ℃", "부산", "맑음", None),
        ("맑음</span>부산 -℃", "부산", "맑음", None),
        ("맑음</span>부산 24.5", "부산", "맑음", 24.5),
        ("맑음</span>백령도", "백령도", "맑음", None),
        ("맑음</span>울릉도 3.4도", "울릉도", "맑음", 3.4),
        ("맑음</span>울산 .5℃", "울산", "맑음", 0.5),
        ("맑음</span>울산 -.5℃", "울산", "맑음", -0.5),
        ("맑음</span>울산.5℃", "울산", "맑음", 0.5),
        ("맑음</span>울산 5.℃", "울산", "맑음", 5.0),
        ("맑음</span>울산 +5.1℃", "울산", "맑음", 5.1),
        ("맑음</span>전주 null℃", "전주", "맑음", None),
        ("맑음</span>전주null℃", "전주", "맑음", None),
        ("맑음</span>전주 NaN℃", "전주", "맑음", None),
        ("맑음</span>전주 undefined", "전주", "맑음", None),
        ("맑음</span>전주 N/A", "전주", "맑음", None),
        ("맑음</span>전주 --.-℃", "전주", "맑음", None),
        ("맑음</span>전주 -99.9℃", "전주", "맑음", None),
        ("맑음</span>전주 -999.0℃", "전주", "맑음", None),
        ("null</span>전주 1.0℃", "전주", None, 1.0),
    ],
)
def test_reads_word_city_and_temperature(
    entry: str, city: str, condition: str | None, temperature: float | None
) -> None:
    assert reading(f'<span class="iw01">{entry}') == (city, condition, temperature, "iw01")


@pytest.mark.parametrize(
    ("entry", "city", "condition", "temperature"),
    [
        ("맑음동두천 25.8℃", "동두천", "맑음", 25.8),
        ("구름많음강진군 26.3℃", "강진군", "구름많음", 26.3),
        ("비서울 4.9℃", "서울", "비", 4.9),
        ("-거제 3.4℃", "거제", None, 3.4),
        ("-거제 -3.4℃", "거제", None, -3.4),
        ("제주 24.5℃", "제주", None, 24.5),
        ("맑음진도(첨찰산) -0.1℃", "진도(첨찰산)", "맑음", -0.1),
    ],
)
def test_parts_the_word_from_the_city_where_no_markup_does(
    entry: str, city: str, condition: str | None, temperature: float
) -> None:
    assert reading(entry) == (city, condition, temperature, None)


@pytest.mark.parametrize("icon", ['<span class="iw04 on">', "<span class='iw04'>"])
def test_reads_the_class_of_the_icon(icon: str) -> None:
    assert reading(f"{icon}흐림</span>서울 4.9℃")[3] == "iw04"
    assert reading("<span>흐림</span>서울 4.9℃")[3] is None


@pytest.mark.parametrize(
    "entry",
    [
        *(
            "",
            "<span>맑음</span>",
            " &nbsp; ",
            "<a href='#'></a>",
            "<span>맑음</span> 24.5℃",
            "<span>-</span>℃",
            "null℃",
            "광고 " * 300,
        ),
    ],
)
def test_leaves_out_what_names_no_city(entry: str) -> None:
    cities = [one.city for one in strip("<span>비</span>제주 7.8℃", entry, "서울 4.9℃").readings()]
    assert cities == ["제주", "서울"]


@pytest.mark.parametrize(
    ("printed", "date"),
    [
        ("2025.10.05 (일)", "2025.10.05 (일)"),
        ("2026.02.17(화)", "2026.02.17(화)"),
        ("전체기사 2025.10.05 (일) 배너", "2025.10.05 (일)"),
        ("2025.10.05&nbsp;(일)", "2025.10.05 (일)"),
        ("", None),
        ("&nbsp;", None),
    ],
)
def test_reads_the_date_beside_the_strip(printed: str, date: str | None) -> None:
    assert strip("서울 4.9℃", before=f'<p class="today_txt">{printed}</p>').page_date() == date


def test_reads_the_entries_of_all_lists_of_the_strip_and_nothing_beside_them() -> None:
    lists = ("<li class=icon_w>서울 4.9℃</li><li>공지 7.0℃</li>", "<li class=icon_w>제주 7.8℃</li>")
    markup = "".join(f"<ul>{entries}</ul>" for entries in lists)
    found = WeatherStrip(parse(f"<div class=weather_box>{markup}</div>".encode()).tree).readings()
    assert [(one.city, one.temperature_c) for one in found] == [("서울", 4.9), ("제주", 7.8)]


def test_is_empty_on_pages_without_a_strip() -> None:
    page = WeatherStrip(parse("<p>맑음동두천 25.8℃</p>".encode()).tree)
    assert (page.page_date(), page.readings()) == (None, ())


@pytest.mark.skipif(not RAW_PAGES, reason="needs saved pages that are not part of the project")
@pytest.mark.parametrize("page", RAW_PAGES, ids=lambda page: page.stem)
def test_reads_strips_of_2018(page: Path) -> None:
    found = WeatherStrip(parse(page.read_bytes()).tree)
    readings = found.readings()
    assert " ".join(one.city for one in readings) == DEFAULT_CITIES
    assert found.page_date() in {"2018.03.20 (화)", "2018.03.19 (월)"}
    assert {(one.icon, one.condition) for one in readings} <= {("iw00", None), ("iw04", "흐림"), ("iw08", "비")}
    assert readings[9].condition == "비"
    assert readings[9].temperature_c in {7.8, 14.2}


CITIES = st.from_regex(r"[가-힣]{1,5}(\([가-힣]{1,4}\))?", fullmatch=True)
WORDS = st.sampled_from(["맑음", "구름조금", "구름많음", "흐림", "박무", "연무", "안개", "비", "눈", "소나기", "-", ""])
DEGREES = st.integers(-599, 599).map(lambda tenths: tenths / 10)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(WORDS, CITIES, DEGREES), max_size=20))
def test_reads_back_any_strip(printed: list[tuple[str, str, float]]) -> None:
    entries = (f'<span class="iw01">{word}</span>{city} {degrees:.1f}℃' for word, city, degrees in printed)
    assert strip(*entries).readings() == tuple(
        WeatherReading(city=city, condition=word.strip("-") or None, icon="iw01", temperature_c=degrees)
        for word, city, degrees in printed
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.text("맑음비-서울() 0123.9℃°C<>span/&;\u2212")))
def test_any_text_gives_readings(entries: list[str]) -> None:
    for one in strip(*entries).readings():
        assert one.condition != ""
