"""The page of changes."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from psycopg import Connection

from tests.page_client import PageClient
from tests.samples import SITE, ago, export
from tests.samples import page as article

NAMESPACE = "{http://www.w3.org/2005/Atom}"
MONTH = "since=30d"


@pytest.fixture
def changed(connection: Connection) -> None:
    """Edits of a headline and of a body, an article that is gone, a new one and one with hostile words."""
    old: dict[str, Any] = {"published_at": ago(400), "modified_at": None}
    export(connection, *(article(no, ago(300), headline=f"첫 제목 {no}", **old) for no in (1, 2, 3)))
    export(connection, article(1, ago(50), headline="고친 제목 1 mail kim@example.kr", **old))
    export(connection, article(2, ago(50), headline="첫 제목 2", body=("아주 다른 본문이 되었다.",), **old))
    connection.execute("UPDATE article_texts SET gone_at = %s WHERE no = 3", [ago(40)])
    export(connection, article(4, ago(1), headline='=1+1 <script>"&\u202e', published_at=ago(2)), crawl="other")


def test_says_that_nothing_is_known(page: PageClient) -> None:
    assert "이 기간에 확인된 변경 사항이 없습니다." in page.get("/changes")
    assert page.ask("/changes.json").json["changes"] == []
    assert page.ask("/changes.csv").text.startswith("\ufeffkind,at,")
    assert ElementTree.fromstring(page.ask("/changes.atom").text).tag == f"{NAMESPACE}feed"


def test_shows_what_happened_by_day_with_the_words_that_differ(page: PageClient, changed: None) -> None:
    text = page.get(f"/changes?{MONTH}")
    assert "수정됨 2 · 삭제됨 1" in text
    assert "</ins> 제목 1" in text
    assert "kim@example.kr" not in text
    assert "본문: 10자 추가" in text
    assert "=1+1" not in text
    assert f'href="/article/{SITE}/1/diff?to=2"' in text
    everything = page.get(f"/en/changes?{MONTH}&new=1")
    assert "=1+1 &lt;script&gt;" in everything
    assert "edited" not in everything.partition("<article>")[2]


FOUND = {
    MONTH: [3, 2, 1],
    f"{MONTH}&headlines=1&gone=1": [1],
    f"{MONTH}&edited=1&minimum=10": [2, 1],
    f"{MONTH}&edited=1&minimum=25": [2],
    f"{MONTH}&q={quote('다른')}": [2],
    "since=45h": [3],
    "since=2020-01-01&until=2020-12-31": [],
    "until=0001-01-01": [],
}
"""Numbers of the articles, by what is asked."""


def test_finds_what_is_asked_for(page: PageClient, changed: None) -> None:
    def numbers(query: str) -> list[int]:
        return [one["change"]["no"] for one in page.ask(f"/changes.json?{query}").json["changes"]]

    def numbers_of_table(query: str) -> list[int]:
        text = page.ask(f"/changes.csv?{query}").text.removeprefix("\ufeff")
        return [int(row["no"]) for row in csv.DictReader(StringIO(text))]

    assert {query: numbers(query) for query in FOUND} == FOUND
    assert {query: numbers_of_table(query) for query in FOUND} == FOUND
    assert {page.ask(f"/changes.atom?{query}").status for query in FOUND} == {200}


MISTAKES = {
    "since=soon": "write a day",
    "since=2999-01-01": "is still to come",
    f"section={quote('사휘')}": "the nearest is 사회",
    "minimum=-1": "write a whole number from 0",
    "edited=yes": "write one of 1, 0, on",
}


def test_explains_what_to_write_instead(page: PageClient, changed: None) -> None:
    answers = {query: page.ask(f"/en/changes?{query}") for query in MISTAKES}
    assert {answer.status for answer in answers.values()} == {400}
    assert [query for query, sentence in MISTAKES.items() if sentence not in answers[query].text] == []
    assert all('class="words"' in answer.text for answer in answers.values()), "the form is gone"


def test_a_feed_looks_a_week_back_and_masks_addresses(page: PageClient, changed: None) -> None:
    feed = ElementTree.fromstring(page.ask(f"/changes.atom?site={SITE}").text)
    link = feed.find(f"{NAMESPACE}link")
    assert link is not None and link.get("href", "").endswith(f"/changes.atom?site={SITE}")  # noqa: PT018
    assert feed.findtext(f"{NAMESPACE}title") == f"asiatongsin changes: {SITE}"
    titles = [entry.findtext(f"{NAMESPACE}title") for entry in feed.iter(f"{NAMESPACE}entry")]
    assert titles == ["삭제됨: 첫 제목 3", "수정됨: 첫 제목 2", "수정됨: 고친 제목 1 mail [e-mail]"]


def test_names_the_sites_without_a_crawl_and_says_where_it_cuts(
    page: PageClient, connection: Connection, changed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f"이 기간에 {SITE}을(를) 수집하지 않아" in page.get("/changes?since=1h")
    monkeypatch.setattr("pipelines.web.pages.changes.MOST", 2)
    assert "최신 2건만 표시합니다." in page.get(f"/changes?{MONTH}")
    assert page.ask(f"/changes.json?{MONTH}").json["counts"] == {"edited": 2, "gone": 1}
