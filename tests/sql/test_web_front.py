"""The first page."""

from __future__ import annotations

from tests.page_client import PageClient


def test_says_that_nothing_is_stored(page: PageClient) -> None:
    assert "아직 저장된 기사가 없습니다." in page.get("/")
    assert "Nothing is stored yet." in page.get("/en/")
    assert page.ask("/index.json").json == {"articles": []}


def test_answers_to_its_own_name_alone(page: PageClient) -> None:
    assert page.ask("/", Host="evil.example").status == 403
    assert page.ask("/", Host="localhost:1").status == 200
