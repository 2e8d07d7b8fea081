"""Markup that would take seconds or gigabytes: told apart from pages that are merely large."""

from __future__ import annotations

import pytest

from asiatongsin.html.element import text_of
from asiatongsin.html.formatting import RENAMED
from asiatongsin.html.limits import MOST_TAGS
from asiatongsin.html.parse import parse
from asiatongsin.html.selectors import Selectors
from asiatongsin.items import PageKind
from tests.faults.fuzz import reading_of
from tests.faults.hostile import HOSTILE, page_of

PHOTO = "data:image/jpeg;base64," + "/9j/4AAQSkZJRgABAQAAAQABAAD" * 20_000
MANY = range(30_000)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="nothing"),
        pytest.param("<p>글</p>" * 12_000, id="long"),
        pytest.param("<div><p>글</p><p>글</p></div>" * 6_000, id="blocks"),
        pytest.param("<table>" + f"<tr>{'<td class=c style=x>1</td>' * 10}</tr>" * 2_000 + "</table>", id="table"),
        pytest.param(f'<div><img src="{PHOTO}" alt="사진"></div>' * 10, id="photos inside"),
        pytest.param("<p title='" + "말 " * 300_000 + "'>글</p>", id="long attribute"),
        pytest.param(f"<p>{'글이 이어진다. ' * 300_000}</p>", id="long text"),
        pytest.param("<div a=1 b='2' c>글</div>" * 20_000, id="attributes"),
        pytest.param(
            f"<script>{'for (i = 0; i<n; i++) { go(1, 2) } ' * 1_000}{'if (m>n) { go(4) } ' * 5_000}</script>",
            id="script",
        ),
        pytest.param("<font>" * 2_000 + "<p>글</p>", id="open tags"),
        pytest.param("<!-- 광고 --><br>" * 10_000, id="comments"),
        pytest.param("<p>글" * 30_000, id="paragraphs that nobody closed"),
        pytest.param("<ul>" + "<li>글" * 30_000, id="entries that nobody closed"),
    ],
)
def test_lets_pages_pass_that_are_merely_large(body: str) -> None:
    assert parse(body.encode()).excess is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<b>" * (MOST_TAGS + 1), "more than 50000 tags"),
        *(
            (f"{before}<div {attributes}>글</div>", "too many attributes")
            for before in ("", '<!-- <q a=" -->')
            for attributes in (
                " ".join(f"a{n}" for n in MANY),
                "/".join(f"a{n}" for n in MANY),
                "\n".join(f"a{n}=1" for n in MANY),
                "".join(f"a{n}='>' " for n in MANY),
                "".join(f'a{n}="<" ' for n in MANY),
                "".join(f"a{n}" + '="x"' for n in MANY),
                '" ' + " ".join(f"a{n}" for n in MANY),
                "=" + " =".join(f"a{n}" for n in MANY),
            )
        ),
        ("".join(f"<p {' '.join(f'a{n}' for n in range(2_000))}>" for _ in range(60)), "too many attributes"),
        ("".join(f"<HTML a{n} b{n}>" for n in MANY), "too many attributes"),
        ("<div>" * 20_000, "nested too deeply"),
        ("<ul><li>" * 20_000, "nested too deeply"),
        ("<b a=\"<b a='" * 10_000, "tags within tags"),
    ],
)
def test_stops_a_page_before_it_is_parsed(body: str, why: str) -> None:
    parsed = parse(body.encode())
    assert why in (parsed.excess or "")
    assert text_of(parsed.tree) is None


@pytest.mark.parametrize(
    "body", ["<div>" * 2_000 + "<p>글</p>" * 2_000, "<font><p>글</p>" * 2_000, "<div>" * 9_000 + "<p>글"]
)
def test_stops_a_page_in_which_too_much_is_within_too_much(body: str) -> None:
    parsed = parse(body.encode())
    assert parsed.excess == "nested too deeply to be read"
    assert text_of(parsed.tree) is None


@pytest.mark.parametrize(
    "unclosed", ["<font color=#{:06x}>", "<FONT\nsize=2 color=red>", "<b id={}>", "<span><i id={}>"]
)
def test_reads_a_page_whose_editor_left_hundreds_of_tags_open(unclosed: str) -> None:
    paragraphs = [f"문단 {number} 골목길 새단장 사업을 시작한다고 밝혔다." for number in range(400)]
    markup = "\n".join(f"<p>{unclosed.format(number)}{text}</p>" for number, text in enumerate(paragraphs))
    parsed = parse(f"<div id=body>{markup}</div><p>끝</p>".encode())
    assert parsed.excess is None
    assert [text_of(element) for element in Selectors("p").all(parsed.tree)] == [*paragraphs, "끝"]


def test_leaves_formatting_alone_that_is_closed() -> None:
    closed = "<p><b class=c>굵은</b> <strong><a href='/x'><img src=/y alt=z></a></strong> <i><u>글</u></i></p>" * 500
    parsed = parse(closed.encode())
    assert len(Selectors("b.c").best(parsed.tree)) == len(Selectors("strong > a").best(parsed.tree)) == 500
    assert RENAMED not in {element.tag.encode() for element in Selectors("i > *").all(parsed.tree) if element.tag}


@pytest.mark.parametrize("name", HOSTILE)
def test_reads_what_is_written_to_be_dear_within_bounds(name: str) -> None:
    kinds: tuple[PageKind, ...] = ("article", "list")
    for kind in kinds:
        assert reading_of(page_of(HOSTILE[name], kind)).faults == []
