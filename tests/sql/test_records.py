"""Records of each kind, chosen by the filters of the search."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from psycopg import Connection
from psycopg.sql import SQL

from asiatongsin.addresses import NO_EMAIL
from asiatongsin.errors import ArgumentError
from asiatongsin.items import PageItems
from pipelines.queries.records.kinds import KINDS, WEATHER_KIND
from pipelines.queries.records.records import Column, Wanted, columns, rows
from pipelines.queries.search.filters import Filters
from tests.samples import AT, SITE, export, later, page, story


def records(connection: Connection, kind: str, query: str = "", **given: Any) -> list[dict[str, Any]]:
    wanted = Wanted(kind=KINDS[kind], filters=Filters.parse(query), **given)
    names = [column.name for column in columns(connection, wanted)]
    return [dict(zip(names, row, strict=True)) for row in rows(connection, wanted)]


def pages() -> list[PageItems]:
    """Three articles, the first and the last about markets."""
    stories = [story(2), story(1), story(1, block="hdl_003")]
    texts = {1: ("전통시장", "정치"), 2: ("축제", "사회"), 3: ("시장", "사회")}
    return [
        page(no, stories=stories, seoul=20 + no, headline=text, section=section, published_at=AT + timedelta(days=no))
        for no, (text, section) in texts.items()
    ]


@pytest.fixture
def stored(connection: Connection) -> Connection:
    export(connection, *pages())
    export(connection, page(1, later(60), headline="전통시장 새로", section="정치", published_at=AT), crawl="later")
    return connection


def test_every_kind_holds_what_belongs_to_the_articles_that_are_found(stored: Connection) -> None:
    numbers = {kind: [row["no"] for row in records(stored, kind, "시장")] for kind in KINDS if kind != "weather"}
    assert numbers == {
        "articles": [1, 3],
        "revisions": [1, 1, 3],
        "related": [3, 3, 3],
        "images": [1, 1, 3, 3],
        "attachments": [1, 3],
    }
    assert [row["no"] for row in records(stored, "articles", "section:사회")] == [2, 3]
    assert [(row["block"], row["position"]) for row in records(stored, "related", "title:축제")] == [
        *(("hdl_003", 1), ("관련기사", 1), ("관련기사", 2))
    ]


def test_weather_is_a_series_of_cities(stored: Connection) -> None:
    found = records(stored, "weather", cities=("서울",))
    assert [(row["site"], row["temperature_c"], row["station"], row["station_id"]) for row in found] == [
        (SITE, 21.0, "Seoul", 108),
        (SITE, 22.0, "Seoul", 108),
        (SITE, 23.0, "Seoul", 108),
    ]
    assert records(stored, "weather", cities=("Seoul",)) == found
    assert {row["city"] for row in records(stored, "weather")} == {"동두천", "진도(첨찰산)", "서울"}


def test_weather_is_that_of_strips_that_were_shown_within_a_time(connection: Connection) -> None:
    for minutes, seoul in ((0, 1.0), (100, 2.0), (200, 2.0), (300, 3.0)):
        export(connection, page(1, later(minutes), seoul=seoul), crawl=f"crawl {minutes}")
    for since, until, wanted in ((150, 160, [2.0]), (200, 300, [2.0, 3.0]), (301, None, []), (None, 0, [1.0])):
        filters = Filters(since=None if since is None else later(since), until=None if until is None else later(until))
        asked = Wanted(kind=WEATHER_KIND, filters=filters, cities=("서울",))
        place = [column.name for column in columns(connection, asked)].index("temperature_c")
        assert [row[place] for row in rows(connection, asked)] == wanted


def test_every_column_is_explained_and_has_a_type(connection: Connection) -> None:
    for kind in KINDS.values():
        found = columns(connection, Wanted(kind=kind, with_email=True))
        assert [column for column in found if not column.meaning or not column.type] == []
    wanted = Column(name="headline", type="text", meaning="Headline.", value=SQL(""))
    assert wanted in columns(connection, Wanted())


def test_e_mail_addresses_are_there_only_where_they_are_asked_for(connection: Connection) -> None:
    body = ("홍길동 기자desk2@example.co.kr", "@handle a@b (x.y+z@news-1.kr)", "<p@q.kr>,r@s.kr.")
    export(connection, page(1, body=body, headline="제보 tip@example.kr"))
    [found] = records(connection, "articles")
    assert "reporter_email" not in found
    assert found["body"].split("\n\n") == [
        *(f"홍길동 기자{NO_EMAIL}", f"@handle a@b ({NO_EMAIL})", f"<{NO_EMAIL}>,{NO_EMAIL}.")
    ]
    assert found["headline"] == records(connection, "revisions")[0]["headline"] == f"제보 {NO_EMAIL}"
    [found] = records(connection, "articles", with_email=True)
    assert (found["reporter_email"], found["body"]) == ("desk2@example.kr", "\n\n".join(body))


def test_single_syllables_are_looked_for_in_all_articles(connection: Connection) -> None:
    for no, days in ((1, 0), (2, 500)):
        export(connection, page(no, headline="장", published_at=AT - timedelta(days=days)), crawl=f"crawl {no}")
    assert [row["no"] for row in records(connection, "articles", "장")] == [1, 2]


def test_articles_come_newest_first_where_that_is_wanted(stored: Connection) -> None:
    assert [row["no"] for row in records(stored, "articles", is_newest_first=True)] == [3, 2, 1]


def test_what_a_kind_does_not_have_chooses_nothing() -> None:
    with pytest.raises(ArgumentError, match="weather is chosen by site"):
        Wanted(kind=WEATHER_KIND, filters=Filters.parse("시장"))
    with pytest.raises(ArgumentError, match="articles have no city"):
        Wanted(cities=("서울",))
