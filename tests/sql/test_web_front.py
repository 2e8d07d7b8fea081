"""The first page."""

from __future__ import annotations

from psycopg import Connection

from asiatongsin.korean import KST
from tests.page_client import PageClient
from tests.samples import ago, export
from tests.samples import page as page_of


def test_says_that_nothing_is_stored(page: PageClient) -> None:
    assert "아직 저장된 기사가 없습니다." in page.get("/")
    assert "Nothing is stored yet." in page.get("/en/")
    found = page.ask("/index.json").json
    assert (found["articles"], {day["found"] for day in found["days"]}) == ([], {0})


def test_shows_the_newest_articles_and_counts_those_of_the_last_days(page: PageClient, connection: Connection) -> None:
    now = ago(0)  # yesterday, where midnight passes before the page is asked
    export(connection, page_of(1, published_at=now), page_of(2, published_at=now, body=()), page_of(3))
    found = page.ask("/index.json").json
    assert [article["no"] for article in found["articles"]] == [2, 1, 3]
    days = {day["name"]: day["found"] for day in found["days"]}
    assert (len(days), sum(days.values()), days[f"{now.astimezone(KST):%Y-%m-%d}"]) == (14, 2, 2)
    assert " articles today, 2 in the last 14 days" in page.get("/en/")


def test_answers_to_its_own_name_alone(page: PageClient) -> None:
    assert page.ask("/", Host="evil.example").status == 403
    assert page.ask("/", Host="localhost:1").status == 200
