"""The graph of the articles around an article."""

from __future__ import annotations

import csv
from io import StringIO
from xml.etree import ElementTree

import pytest
from psycopg import Connection

from pipelines.web.graph import drawn, wrapped
from tests.page_client import PageClient
from tests.samples import SITE, export, later, story
from tests.samples import page as article

PATH = f"/related/{SITE}/1"


@pytest.fixture
def around(connection: Connection) -> None:
    """1 leads to 2, has led to 3 and leads to 9, which is not stored; 4 leads to 1 and 5 to 4; 6 is of another site."""

    def show(no: int, minutes: float, *others: int, site: str = SITE) -> None:
        stories = [story(place, related_no=other, title=f"<b>{other}") for place, other in enumerate(others, 1)]
        export(
            connection, article(no, later(minutes), stories=stories, headline=f"기사 {no} kim@example.kr", site=site)
        )

    show(1, 0, 2, 3)
    show(1, 60, 2, 9, 1)
    show(2, 5, 7)
    show(4, 5, 1)
    show(5, 5, 4)
    show(6, 5, 1, site="other.kr")


def test_draws_what_leads_where_with_when_it_was_seen(page: PageClient, around: None) -> None:
    found = page.ask(f"{PATH}.json").json
    assert found["columns"] == [[5], [4], [1], [9, 2, 3], [7]]
    edges = {(edge["no"], edge["related_no"]): edge for edge in found["edges"]}
    assert set(edges) == {(1, 2), (1, 3), (1, 9), (4, 1), (5, 4), (2, 7)}
    assert (edges[1, 3]["is_shown"], edges[1, 3]["last_seen_at"]) == (False, "2025-10-05T09:52:07+09:00")
    assert (edges[1, 2]["is_shown"], edges[1, 2]["last_seen_at"]) == (True, "2025-10-05T10:52:07+09:00")
    text = page.get(PATH)
    graph = ElementTree.fromstring(text[text.index("<svg") : text.index("</svg>") + 6])
    assert len(list(graph.iter("rect"))) == 7
    assert {link.get("href") for link in graph.iter("a")} == {f"/related/{SITE}/{no}" for no in (1, 2, 4, 5)}
    assert "kim@example.kr" not in text
    assert "<b>" not in text
    assert "저장되지 않음" in text


def test_looks_one_step_far_where_that_is_asked_for(page: PageClient, around: None) -> None:
    assert page.ask(f"{PATH}.json?steps=1").json["columns"] == [[], [4], [1], [9, 2, 3], []]
    assert page.ask(f"{PATH}?steps=3").status == 400
    rows = list(csv.DictReader(StringIO(page.ask(f"{PATH}.csv?steps=1").text.removeprefix("\ufeff"))))
    first = rows[0]
    assert (first["no"], first["related_no"], first["is_stored"]) == ("1", "9", "False")
    assert first["headline"] == "기사 1 [e-mail]"


def test_draws_so_many_that_labels_can_be_read(page: PageClient, connection: Connection) -> None:
    stories = [story(place, related_no=100 + place, title="제목 " * 50) for place in range(1, 61)]
    export(connection, article(1, stories=stories))
    found = page.ask(f"{PATH}.json").json
    assert (len(found["columns"][3]), len(found["edges"]), found["is_cut"]) == (12, 60, True)
    assert "일부 기사만 그렸습니다." in page.get(PATH)
    export(connection, article(2, stories=()))
    assert "이어진 기사가 없습니다" in page.get(f"/related/{SITE}/2")
    assert page.ask(f"/related/{SITE}/77").status == 404


def test_no_box_lies_on_another_one_and_no_label_leaves_its_box() -> None:
    columns = [[1], [2, 3, 4], [5], [6, 7], []]
    drawing = drawn(columns, dict.fromkeys(range(1, 8), "가나다라 마바사아 " * 9), [(1, 2), (3, 2), (5, 2), (5, 99)])
    corners = sorted((box.x, box.y) for box in drawing.boxes)
    assert len(set(corners)) == 7
    assert all(box.x + box.width <= 1000 and 0 <= box.y <= drawing.height - 42 for box in drawing.boxes)
    assert {(line.start, line.end) for line in drawing.lines} == {(1, 2), (3, 2), (5, 2)}
    assert all(len(box.lines) == 2 and box.lines[1].endswith("…") for box in drawing.boxes)
    assert wrapped("가" * 100, 60) == ("가" * 5, "가" * 4 + "…")
    assert wrapped("", 60) == ()
    assert wrapped("짧다", 1) == ("짧", "다")
