"""The search as a page, a table and a feed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from asiatongsin.items import PageItems
from asiatongsin.korean import KST
from pipelines.database.connection import Database
from pipelines.web.pages.search import ENOUGH, ON_A_PAGE
from tests.conftest import new_database
from tests.page_client import PageClient, serving
from tests.samples import SITE, export, page

AT = datetime(2025, 10, 4, 9, tzinfo=KST)
HOSTILE = "<script>alert(1)</script> 예산 \u202e desk@example.kr"
ATOM = "{http://www.w3.org/2005/Atom}"


def articles() -> Iterator[PageItems]:
    """Two sites with the same numbers: many articles, each tenth about a market, and some odd ones."""
    for no in range(1, 3 * ENOUGH + 1):
        text = "전통시장에 예산" if no % 10 == 0 else "장마당"
        yield page(no, published_at=AT - timedelta(days=no), headline=f"기사 {no}", subheadline=None, body=(text,))
    yield page(1, site="other.kr", published_at=AT, section=None, reporter=None, headline=HOSTILE, body=())
    yield page(
        2, site="other.kr", published_at=None, subheadline=None, body=("가" * 59_000 + " 예산", "desk@example.kr")
    )


@pytest.fixture(scope="module")
def client(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageClient]:
    data = tmp_path_factory.mktemp("data")
    with new_database(server, template) as url:
        with Database(url, Path()).connect() as connection:
            export(connection, *articles())
        with serving(url, data) as client:
            yield client


def search(path: str, **query: str) -> str:
    return f"{path}?" + "&".join(f"{name}={quote(value)}" for name, value in query.items())


def test_counts_what_is_found_and_its_share_of_all_articles(client: PageClient) -> None:
    found = client.ask(search("/search.json", q="예산", since="2025-09-01")).json
    counted = found["counted"]
    assert (counted["number"], counted["since"], counted["unit"]) == (4, None, "day")
    assert [one["found"] for one in counted["periods"] if one["found"]] == [1, 1, 1, 1]
    assert {one["share"] for one in counted["periods"] if one["found"]} == {1.0}
    assert len(counted["periods"]) == 31
    whole = client.ask(search("/search.json", q="예산")).json["counted"]
    assert (whole["number"], whole["undated"], whole["unit"]) == (3 * ENOUGH // 10 + 2, 1, "week")
    assert sum(one["stored"] for one in whole["periods"]) == 3 * ENOUGH + 1


def test_counts_the_newest_months_where_texts_must_be_looked_at_unless_asked_for_all(client: PageClient) -> None:
    few = client.ask(search("/search.json", q="-없다", since="2000-01-01")).json["counted"]
    assert ENOUGH <= few["number"] < 3 * ENOUGH
    assert few["since"] is not None
    everything = client.ask(search("/search.json", q="-없다", since="2000-01-01", all="1")).json["counted"]
    assert (everything["number"], everything["since"]) == (3 * ENOUGH + 1, None)
    assert "이전 기사도 세기" in client.get(search("/search", q="-없다", since="2000-01-01"))


def test_pages_follow_each_other(client: PageClient) -> None:
    query, seen = {"q": "장마당", "section": "사회"}, []
    while True:
        found = client.ask(search("/search.json", **query)).json
        seen += [hit["no"] for hit in found["hits"]]
        if found["next"] is None:
            break
        assert len(found["hits"]) == ON_A_PAGE
        query["after"] = found["next"]
    assert seen == [no for no in range(1, 3 * ENOUGH + 1) if no % 10]
    assert found["counted"] is None


def test_marks_what_was_found_and_lets_no_markup_and_no_address_through(client: PageClient) -> None:
    text = client.get(search("/search", q="예산 -없다", site="other.kr", sort="relevance"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>예산</mark>" in text
    assert "가 <mark>예산</mark>" in text
    assert "<script>alert" not in text
    assert "desk@" not in text
    assert 'value="예산 -없다"' in text
    assert "<option selected>other.kr</option>" in text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"q": '"예산'}, "따옴표가 닫히지 않았습니다"),
        ({"q": "예산", "section": "사히"}, "섹션 &#39;사히&#39; 기사가 없습니다. 가장 비슷한 이름은 사회입니다."),
        ({"q": "예산", "site": "other.kr,nowhere.kr"}, "사이트 &#39;nowhere.kr&#39; 기사가 없습니다"),
        ({"q": "예산", "since": "gestern"}, "시작일 gestern"),
        ({"q": "예산", "after": "x"}, "첫 페이지부터 보십시오"),
        ({"q": "예산", "sort": "best"}, "sort=best"),
    ],
)
def test_says_what_it_cannot_answer_and_keeps_what_was_typed(
    client: PageClient, query: dict[str, str], sentence: str
) -> None:
    answer = client.ask(search("/search", **query))
    assert answer.status == 400
    assert sentence in answer.text
    assert "예산" in answer.text.split('name="q" value="')[1].split(" placeholder")[0]
    for form in ("json", "csv", "atom") if "sort" not in query and "after" not in query else ("json",):
        assert client.ask(search(f"/search.{form}", **query)).status == 400


def test_the_table_holds_all_hits_and_the_feed_the_newest(client: PageClient) -> None:
    answer = client.ask(search("/search.csv", q="예산"))
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert len(rows) == 3 * ENOUGH // 10 + 2
    assert "desk@" not in answer.text
    address = search("/search.atom", q="장마당", site=SITE)
    feed = ElementTree.fromstring(client.ask(address).body)
    assert len(feed.findall(f"{ATOM}entry")) == 50
    assert present(feed.find(f"{ATOM}link")).get("href", "").endswith(address.replace("장마당", quote("장마당")))
    assert present(feed.find(f"{ATOM}entry/{ATOM}id")).text == f"https://{SITE}/news/article.html?no=1"
    empty = ElementTree.fromstring(client.ask(search("/search.atom", q="없는낱말")).body)
    assert empty.findall(f"{ATOM}entry") == []


def present(element: ElementTree.Element | None) -> ElementTree.Element:
    assert element is not None
    return element


@pytest.mark.parametrize("path", ["/search", "/en/search", "/search?q=가", "/search?since=9999-12-31&until=9999-12-31"])
def test_holds_whatever_is_asked(client: PageClient, path: str) -> None:
    assert client.ask(path).status == 200
