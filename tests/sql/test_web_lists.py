"""The clippings of a day, and the volume of sections, reporters and sites."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from psycopg import Connection

from asiatongsin.korean import KST
from pipelines.queries.search.search import Hit
from pipelines.web.pages.day import first_sentence
from tests.page_client import PageClient
from tests.samples import export
from tests.samples import page as page_of

AT = datetime(2025, 10, 4, 9, tzinfo=KST)
DAY = "day=2025-10-04"


@pytest.fixture
def stored(connection: Connection) -> None:
    """Three articles of a day, one of the day after, one without a date, one that names nobody."""
    for no, headline in ((1, "예산 심의"), (2, "시장 예산"), (3, "시장 새단장")):
        export(connection, page_of(no, published_at=AT + timedelta(minutes=no), headline=headline, body=("가. 나.",)))
    late = datetime(2025, 10, 5, 0, 0, 1, tzinfo=KST)
    export(connection, page_of(4, published_at=late, section=None, reporter=None, headline="예산", body=()))
    export(connection, page_of(5, published_at=None, headline="예산"))


def test_lists_the_searches_of_a_day_each_article_once(page: PageClient, stored: None) -> None:
    found = page.ask(f"/day.json?{DAY}&q=title:예산%0Atitle:시장%0D%0A%0A없다").json
    listed = [(one["search"], one["number"], [hit["no"] for hit in one["articles"]]) for one in found["searches"]]
    assert listed == [("title:예산", 2, [1, 2]), ("title:시장", 2, [3]), ("없다", 0, [])]
    assert found["searches"][1]["above"] == {"title:예산": 1}
    assert (found["before"], found["after"]) == ("2025-10-03", "2025-10-05")
    text = page.get(f"/day?{DAY}&q=title:예산&q=title:시장&q=없다")
    assert "그중 1건은 위의 &#39;title:예산&#39;에 있습니다." in text
    assert "이날 찾은 기사가 없습니다." in text
    assert "https://newsasia.kr/news/article.html?no=3</p>" in text
    assert "title:예산\ntitle:시장\n없다</textarea>" in text
    assert page.ask(f"/day.csv?{DAY}&q=title:예산&q=title:시장").text.count("newsasia.kr,") == 3


@pytest.mark.parametrize(
    "query", ["day=2025-13-01", f'{DAY}&q="a', f"{DAY}&q=since:3d", "&".join(f"q={no}" for no in range(21))]
)
def test_a_day_that_cannot_be_listed_is_explained_above_the_form(page: PageClient, query: str) -> None:
    answer = page.ask(f"/day?{query}")
    assert answer.status == 400
    assert 'role="alert">' in answer.text, "in Korean"
    assert "</textarea>" in answer.text
    assert ('value="2025-10-04"' in answer.text) == (DAY in query)


def test_a_day_without_articles_is_a_page(page: PageClient) -> None:
    for query in ("", "day=yesterday", "day=0001-01-02&q=가", "day=9999-12-31&q=가나"):
        page.get(f"/day?{query}")


def test_counts_sections_and_days(page: PageClient, stored: None) -> None:
    query = "since=2025-10-01&until=2025-10-05"
    found = page.ask(f"/volume.json?{query}").json
    assert [(one["name"], one["articles"], one["share"]) for one in found["groups"]] == [
        ("사회", 3, 0.75),
        (None, 1, 0.25),
    ]
    assert [(row["period"]["name"], row["groups"], row["others"]) for row in found["rows"]] == [
        ("2025-10-05", [0, 1], 0),
        ("2025-10-04", [3, 0], 0),
    ]
    assert "기사 4건(2025-10-04 – 2025-10-05)" in page.get(f"/volume?{query}")
    assert page.ask(f"/volume.csv?{query}&by=reporter").text.splitlines() == [
        "\ufeffday,reporter,articles",
        "2025-10-05,,1",
        "2025-10-04,최지나,3",
    ]
    assert page.ask(f"/volume.json?{query}&by=site").json["across"] == ["newsasia.kr"]


def test_a_volume_that_cannot_be_counted_is_explained_above_the_form(page: PageClient, stored: None) -> None:
    for query in ("by=colour", "since=x", "site=nowhere.kr"):
        answer = page.ask(f"/volume?{query}")
        assert (answer.status, 'role="alert"' in answer.text, "<form action" in answer.text) == (400, True, True), query
        assert page.ask(f"/volume.csv?{query}").status == 400


def test_a_volume_of_nothing_is_a_page(page: PageClient) -> None:
    for query in ("", "until=0001-01-05", "until=9999-12-31&by=site", "since=2000-01-01&by=reporter"):
        page.get(f"/volume?{query}")
        page.get(f"/volume.csv?{query}")


@pytest.mark.parametrize(
    ("subheadline", "body", "sentence"),
    [
        ("둘째 줄", "가. 나.", "둘째 줄"),
        (None, "“그렇다.” 그는 말했다.\n\n끝.", "“그렇다.”"),
        (None, "마침표 없이\n\n다음 문단.", "마침표 없이"),
        (None, "3.5% 올랐다. 다음", "3.5% 올랐다."),
        (f"가{'.' * 300_000}나", None, f"가{'.' * 299}…"),
        (None, None, ""),
    ],
)
def test_tells_the_first_sentence(subheadline: str | None, body: str | None, sentence: str) -> None:
    hit = Hit(
        site="a.kr",
        no=1,
        url="",
        section=None,
        headline="",
        subheadline=subheadline,
        reporter=None,
        published_at=None,
        gone_at=None,
        body=body,
    )
    assert first_sentence(hit) == sentence
