"""A page of HTML becomes items, and each field says where on the page it was found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import asiatongsin
from asiatongsin.cms import places_of
from asiatongsin.html.selectors import Selectors
from asiatongsin.reading import items_of, page_at
from tests.conftest import ROOT
from tests.documents import Document

PAGES = sorted((ROOT / "tests").glob("pages/*/page.html"))
URL = "https://newsasia.kr/news/article.html?no=5"
OG = f'<meta property="og:url" content=" {URL} ">'
BODY = '<div id="news_body_area">[아시아통신 최지나 기자] 글</div>'
INFO = '<ul class="art_info"><li>관리자  desk@example.kr</li><li>등록 2012.05.03 10:20:30</li></ul>'


def test_reads_a_page_under_the_address_it_names() -> None:
    items = asiatongsin.read_page(f'{OG}<div class="art_top"><h2>제목</h2>{INFO}</div>{BODY}')
    article = items.article
    assert article
    assert (items.site, items.url, items.no, items.kind) == ("newsasia.kr", URL, 5, "article")
    assert (article.headline, article.reporter, article.body) == ("제목", "최지나", ("[아시아통신 최지나 기자] 글",))


def test_the_address_that_is_given_counts_more() -> None:
    items = asiatongsin.read_page(f"{OG}<h2>".encode(), "http://www.example.kr:80/mobile/article.html?no=7&page=1")
    assert (items.site, items.no, items.article) == ("example.kr", 7, None)
    assert items.rejected
    assert items.rejected.missing == ("headline", "body")
    assert asiatongsin.read_page(b"", "https://example.kr/").kind == "front"
    assert asiatongsin.read_page("", "https://example.kr/news/section_list_all.html?sec_no=22").kind == "list"
    assert asiatongsin.read_page("<script>alert('삭제된 기사입니다')</script>", URL).removed == "alert"


@pytest.mark.parametrize(
    ("html", "url", "sentence"),
    [
        ("<h2>제목</h2>", None, "does not name its own address"),
        ('<link rel="canonical" href="/news/article.html?no=5">', None, "does not name its own address"),
        ("", "https://example.kr/home/page.html", "is the address of neither an article"),
        ("", "file:///tmp/a.html", "is not the address of a site"),
        ("", "https://[x/news/article.html?no=5", "Invalid IPv6|is not the address"),
    ],
)
def test_says_which_address_is_missing(html: str, url: str | None, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        asiatongsin.read_page(html, url)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.parent.name)
def test_each_field_of_a_saved_page_names_what_finds_it(path: Path) -> None:
    url = json.loads(path.with_name("expected.json").read_text(encoding="utf-8"))["url"]
    page = page_at(url, path.read_bytes())
    items = items_of(page)
    places = places_of(page, items)
    article = items.article
    assert article
    names = ("section", "headline", "subheadline", "reporter", "reporter_email", "published_at", "modified_at", "body")
    assert [name for name in (*names, "images", "links") if bool(getattr(article, name)) != (name in places)] == []
    assert (bool(items.weather), bool(items.related_stories)) == ("weather" in places, "related_stories" in places)
    in_words = {"the text of the body", "the page of the list"}
    assert [css for css in places.values() if css not in in_words and not Selectors(css).best(page.tree)] == []


def places(markup: str) -> dict[str, str]:
    page = page_at(URL, markup.encode())
    return places_of(page, items_of(page))


def test_names_what_stands_in_for_a_field() -> None:
    title = '<meta property="og:title" content="제목">'
    time = '<meta property="article:published_time" content="2012-05-01T15:02:03Z">'
    found = places(f"{title}{time}{BODY}")
    assert found["headline"] == "meta[property='og:title']"
    assert found["published_at"] == "meta[property='article:published_time']"
    assert found["reporter"] == "the text of the body"
    assert places(f"<title>제목 - 신문</title>{BODY}")["headline"] == "title"
    found = places(f'<div class="art_top"><h2>제목</h2>{INFO}</div>{BODY}')
    assert (found["reporter"], found["reporter_email"]) == ("the text of the body", ".art_top .art_info > li")
    assert (found["published_at"], found["body"]) == (".art_top .art_info > li", "#news_body_area")


def test_the_example_of_the_documentation_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("saved.html").write_bytes(PAGES[0].read_bytes())
    [example] = Document(ROOT / "docs" / "en" / "how-to" / "layout.md", "en").blocks("python")
    exec(example, {})
    headline = json.loads(PAGES[0].with_name("expected.json").read_text(encoding="utf-8"))["headline"]
    assert capsys.readouterr().out.startswith(headline)


def test_whoever_asks_for_the_version_waits_for_no_parser() -> None:
    code = "import sys, asiatongsin; print([one for one in ('selectolax', 'scrapy', 'msgspec') if one in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
