"""Bytes to a tree: encodings that are declared, wrong, missing or broken."""

from __future__ import annotations

import gc
import platform
import re
import resource
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import process_time
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asiatongsin.html.addresses import join
from asiatongsin.html.element import ancestors, children, is_same, key, text_of, whole_text
from asiatongsin.html.parse import parse, to_utf8
from asiatongsin.html.selectors import Selectors
from asiatongsin.items import Page
from asiatongsin.mediaon.body import ArticleBody
from tests.cases import bug

TEXT = "온누리시가 골목길 새단장 사업을 시작한다고 밝혔다."
PAGE = f"<p>{TEXT}</p>"
META = '<meta charset="{}">'
LATIN = "text/html; charset=ISO-8859-1"


def text_received(body: bytes, content_type: str = "") -> str:
    """All text of a page that arrives with this Content-Type."""
    page = Page(
        url="https://example.kr/",
        site="example.kr",
        base="https://example.kr",
        kind="front",
        fetched_at=datetime.now(UTC),
        status=200,
        headers=(("Content-Type", content_type),),
        body=body,
    )
    return whole_text(page.tree)


READABLE = {
    "utf-8": (PAGE.encode(), ""),
    "utf-8, header without charset": (PAGE.encode(), "text/html"),
    "utf-8, header euc-kr": (PAGE.encode(), "text/html; charset=euc-kr"),
    "utf-8, header latin-1": (PAGE.encode(), LATIN),
    "utf-8, page says euc-kr": ((META.format("euc-kr") + PAGE).encode(), ""),
    "utf-8 with a mark": (b"\xef\xbb\xbf" + PAGE.encode(), "text/html; charset=euc-kr"),
    "utf-16": (PAGE.encode("utf-16"), ""),
    "utf-16, big end first": (b"\xfe\xff" + PAGE.encode("utf-16-be"), "text/html; charset=utf-8"),
    "euc-kr": (PAGE.encode("euc-kr"), ""),
    "euc-kr, header euc-kr": (PAGE.encode("euc-kr"), "text/html; charset=EUC-KR"),
    "euc-kr, header utf-8": (PAGE.encode("euc-kr"), "text/html; charset=utf-8"),
    "euc-kr, by another name": ((META.format("ks_c_5601-1987") + PAGE).encode("euc-kr"), ""),
    "euc-kr, only the page is right": ((META.format("euc-kr") + PAGE).encode("euc-kr"), "text/html; charset=UTF-8"),
    "euc-kr, page says nonsense": ((META.format("no-such-charset") + PAGE).encode("euc-kr"), ""),
}
LATIN_1_WINS = "Latin-1, the default of web servers, decodes anything, although no Korean page is written in it"
MISREAD = [
    bug((META.format("euc-kr") + PAGE).encode("euc-kr"), LATIN, reason=LATIN_1_WINS, name="euc-kr, header latin-1"),
    bug(PAGE.encode("euc-kr"), LATIN, reason=LATIN_1_WINS, name="undeclared euc-kr, header latin-1"),
    bug(
        (META.format("undefined") + PAGE).encode("euc-kr"),
        "",
        reason="Python has a codec `undefined`, which raises UnicodeError",
        name="euc-kr, page says undefined",
    ),
]


@pytest.mark.parametrize(
    ("body", "content_type"), [*(pytest.param(*page, id=name) for name, page in READABLE.items()), *MISREAD]
)
def test_reads_korean_whatever_header_and_page_declare(body: bytes, content_type: str) -> None:
    assert text_received(body, content_type) == TEXT


def test_reads_syllables_that_only_cp949_has_on_pages_that_say_euc_kr() -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=euc-kr"><p>똠방각하 펲시 뷁</p>'
    assert text_received(page.encode("cp949")) == "똠방각하 펲시 뷁"


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "", ""),
        ("utf-8", META.format("utf-8"), ""),
        ("utf-8", META.format("utf-8"), "text/html; charset=utf-8"),
        ("euc-kr", META.format("euc-kr"), ""),
        ("euc-kr", "", "text/html; charset=euc-kr"),
        bug("euc-kr", "", "", reason="one broken byte in an undeclared EUC-KR page and all of it is read as UTF-8"),
        bug("utf-8", META.format("utf-8"), "text/html; charset=euc-kr", reason="a wrong header wins once a byte broke"),
    ],
)
def test_loses_one_character_of_a_page_that_is_cut_within_it(encoding: str, declared: str, content_type: str) -> None:
    cut = f"{declared}<p>{TEXT}가".encode(encoding)[:-1]
    assert text_received(cut, content_type).rstrip("\ufffd") == TEXT


@pytest.mark.parametrize("body", [b"", b" \n ", b"<!-- -->", b"\0", b"<", b"<?xml ?>", b"\xff\xfe", b"\xef\xbb\xbf"])
def test_gives_an_empty_tree_for_nothing(body: bytes) -> None:
    assert parse(body).tree.tag == "html"
    assert text_received(body).strip("\0\ufffd <") == ""


def test_leaves_out_nul_bytes() -> None:
    assert text_received("<p>온\0누리</p>".encode()) == "온누리"


@pytest.mark.parametrize("depth", [200, 2000])
def test_keeps_what_follows_tags_that_an_editor_never_closed(depth: int) -> None:
    parsed = parse(b"<font>" * depth + PAGE.encode())
    assert text_of(parsed.tree) == TEXT
    assert parsed.excess is None


@pytest.mark.parametrize(
    "end",
    ["</body></html>", "</body>", "</body>글", "</body>\n</html>\n", "</HTML >", "</html lang=ko>", "</body></html>글"],
)
def test_reads_on_behind_an_end_that_an_editor_pasted(end: str) -> None:
    """Browsers stay in the element they are in."""
    page = f"<html><body><div><p>앞</p>{end}<p>뒤</p></div><p>밖</p></body></html>"
    [inside] = Selectors("div").all(parse(page.encode()).tree)
    assert [text_of(paragraph) for paragraph in Selectors("p").all(inside)] == ["앞", "뒤"]
    assert without_blanks(text_of(parse(page.encode()).tree)) == without_blanks(re.sub("<[^>]*>", "", page))


def without_blanks(text: str | None) -> str:
    return "".join((text or "").split())


def test_leaves_comments_alone_where_it_reads_on() -> None:
    page = "<html><body><!-- <body> old </body --><p>본문</p><!-- </body> --></body></html><div>배너</div>"
    assert text_of(parse(page.encode()).tree) == "본문배너"


@pytest.mark.parametrize(
    "markup",
    [
        "</html><p>y</p>" + "</body " * 150_000,
        "</html><p>y</p>" + "<!-- " * 200_000,
        "</html><noscript>" + "<font>" * 2000 + "<br>" * 47_000,
        "</html>" + "<script></script>" * 47_000,
        "</body>" + "<script></script>" * 47_000,
    ],
)
def test_takes_no_longer_for_an_end_that_is_written_to_be_slow(markup: str) -> None:
    """A minute, where each of them was looked at against all the others."""
    begin = process_time()
    parse(b"<html><body><p>x</p></body>" + markup.encode())
    assert process_time() - begin < 5


@pytest.mark.parametrize(
    ("markup", "paragraphs"),
    [
        pytest.param("<p>하나<table><tr>둘<td>셋</table>넷", ["하나둘", "셋", "넷"], id="text between rows"),
        pytest.param("<div>하나<template><p>둘</p></template>셋</div>", ["하나셋"], id="template"),
        pytest.param("<p>하나<![CDATA[둘]]>셋", ["하나셋"], id="CDATA"),
        pytest.param("<p>하나<?php 둘 ?>셋", ["하나셋"], id="instruction"),
        pytest.param("<p>하나<!-- 둘 --!>셋", ["하나셋"], id="comment with another end"),
        pytest.param("<p>하나<!-->둘<!-- -->셋", ["하나둘셋"], id="comment that ends at once"),
        pytest.param("<p>하나</br>둘", ["하나", "둘"], id="end of br"),
        pytest.param("</ p>하나", ["하나"], id="blank in an end"),
        pytest.param("<p><b>하나<p>둘</b>셋", ["하나", "둘셋"], id="open formatting"),
        pytest.param("<p><a href=/1>하나<a href=/2>둘</p>셋", ["하나둘", "셋"], id="link in a link"),
        pytest.param("<ul><li>하나<div><li>둘</ul>", ["하나", "둘"], id="entry in a block"),
        pytest.param("<h2>하나<h3>둘</h3>", ["하나", "둘"], id="heading in a heading"),
        pytest.param("하나<plaintext><p>둘</p>", ["하나<p>둘</p>"], id="plaintext"),
        pytest.param("<div title=a title=b<p>하나</div>둘", ["하나", "둘"], id="tag in a tag"),
        pytest.param("<p>&#xd800;&#0;&#x110000;하나&ampA&nbsp둘", ["\ufffd\ufffd\ufffd하나&A 둘"], id="references"),
    ],
)
def test_reads_damaged_markup_as_the_standard_says(markup: str, paragraphs: list[str]) -> None:
    body = Selectors("body").first(parse(markup.encode()).tree)
    assert body is not None
    assert list(ArticleBody(body, "").paragraphs) == paragraphs


def test_an_element_holds_its_page() -> None:
    element = Selectors("p").first(parse("<p>글</p>".encode()).tree)
    gc.collect()
    assert element is not None
    assert text_of(element) == "글"
    assert [above.tag for above in ancestors(element)] == ["body", "html"]


def test_tells_elements_apart_that_are_written_alike() -> None:
    one, other = Selectors("p").best(parse(b"<p></p><p></p>").tree)
    assert not is_same(one, other)
    assert key(one) != key(other)
    assert is_same(one, next(children(next(ancestors(one)))))


def test_reads_pages_in_many_threads_at_once() -> None:
    pages = [f"<p>{number}</p>".encode() * 500 for number in range(40)]
    with ThreadPoolExecutor(4) as threads:
        texts = list(threads.map(lambda page: Selectors("p:last-child").text(parse(page).tree), pages))
    assert texts == [str(number) for number in range(40)]


def test_joins_the_text_around_a_comment() -> None:
    assert text_of(parse("<p>온누<!-- 광고 -->리시</p>".encode()).tree) == "온누리시"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<h2>온누리시, 골목길 <b>새단장</b></h2>", "온누리시, 골목길 새단장"),
        ("<h2>온누리시, <b>골목길</b> 새단장</h2>", "온누리시, 골목길 새단장"),
        ("<h2><i>단신</i> 온누리시 새단장</h2>", "단신 온누리시 새단장"),
        ("<li><a>최지나 기자</a>  jina@example.kr</li>", "최지나 기자 jina@example.kr"),
        ("<li><i class='ics'></i>2025-10-04 18:20</li>", "2025-10-04 18:20"),
        ("<h2>온누리시<br>새<b>단장</b> 사업</h2>", "온누리시 새단장 사업"),
        bug(
            "<p>사진 설명<script>resize(this)</script></p>",
            "사진 설명",
            reason="scripts count as text: of a caption too",
        ),
    ],
)
def test_reads_all_the_text_of_an_element(markup: str, text: str) -> None:
    assert text_of(parse(markup.encode()).tree) == text


def test_leaves_out_the_text_behind_an_element() -> None:
    heading = Selectors("h2").first(parse(b"<h2>one</h2>two").tree)
    assert heading is not None
    assert text_of(heading) == "one"


def test_has_no_text_where_there_is_only_white_space() -> None:
    assert text_of(parse("<p>&nbsp; <b>\u3000</b>\n</p>".encode()).tree) is None


PIECES = [
    "/",
    "news",
    "article.html",
    "?",
    "no=",
    "12",
    "&",
    "..",
    ".",
    "//",
    ";",
    "#x",
    "%20",
    "=",
    "-",
    "_",
    "é",
    " ",
]
PIECES += ["http://newsasia.kr", "https://x.kr:8080", "http://", "@", "www.newsasia.kr", ":80", "\\"]


@settings(max_examples=500, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.sampled_from(["https://newsasia.kr/news/article.html?no=1", "http://127.0.0.1:8000/", "HTTP://X.kr/a?b#c"]),
)
def test_joins_addresses_as_urljoin_does(address: str, base: str) -> None:
    assert join(base, address) == urljoin(base, " ".join(address.split()))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "replace"))),
    st.sampled_from(["", "text/html", "text/html; charset=euc-kr", "text/html; charset=utf-16", LATIN, "charset='"]),
)
def test_any_bytes_give_a_tree_of_text_that_can_be_stored(body: bytes, content_type: str) -> None:
    to_utf8(body).decode("utf-8")
    assert parse(body).tree.tag == "html"
    text_received(body, content_type).encode("utf-8")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries keep freed memory by other rules")
def test_asks_the_system_for_no_new_memory_for_each_page() -> None:
    page = b"<html><body>" + b"<div class=box><p>text</p></div>" * 2000
    parse(page)
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(20):
        parse(page)
    assert resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before < 20 * 100
