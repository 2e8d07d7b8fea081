"""The menu of a front page: which lists it names, what they are called, and where each of them is walked."""

from __future__ import annotations

import pytest

from asiatongsin.html.parse import parse
from asiatongsin.mediaon.front import FrontPage, MenuEntry
from asiatongsin.mediaon.urls import ALL
from asiatongsin.site import Site
from tests.conftest import SHARED

SITE = Site.parse("http://www.example.kr")
OLDER = SHARED.parent / "cases" / "front"

GNB01 = """<div class="gnb01"><ul>
<li><a href="/news/article_list_all.html"><img src="/data/menu/1/8.png" alt="전체기사" /></a></li>
<li><a href="/news/section.html?sec_no=56"><img alt="" /><img alt="정치" /></a></li>
<li><a href="http://art.example.com/news/section.html?sec_no=7"><img alt="ART IN" /></a></li></ul></div>
<div class="gnb02"><div class="smenuitem"><a href="/news/section.html?sec_no=57">국회</a></div></div>
<div class="m01_hdl10"><h1><a href="/news/section.html?sec_no=214"><img alt="지난 TOP뉴스 보기" /></a></h1></div>"""

TOP_MENU = """<div class="top_menu"><div class="menu_tt"><a href="/">뉴스</a></div>
<div class="menu_tt"><a href="/news/books.html">books</a></div>
<div class="menu_tt"><a href="/news/section_local.html?sec_no=308">전국</a></div></div>
<div id="submenu_inline"><div class="sub_m"> <a href="/news/section_type2.html?sec_no=66">정치</a></div>
<div class="sub_m"><a href="http://example.kr/news/section_local.html?sec_no=309">강원</a></div>
<div class="sub_m"><a href="/news/section_list_all.html?sec_no=66">정치 전체</a></div></div>"""

PRESENT = """<ul id="gnb"><li><a href="/news/section.html?sec_no=31"><span>교통</span></a></li>
<li><a href="/news/section_type2.html?sec_no=8">포토</a></li></ul>"""
PRESENT_ALL = PRESENT.replace("</ul>", '<li><a href="/news/section_list_all.html?sec_no=0">전체</a></li></ul>')


def front(markup: str) -> FrontPage:
    return FrontPage(parse(markup.encode()).tree, SITE, f"{SITE.base}/")


def entry(no: int, name: str, script: str = "") -> MenuEntry:
    return MenuEntry(no=no, names=(name,), script=f"/news/{script}.html" if script else "")


@pytest.mark.parametrize(
    ("markup", "menu"),
    [
        (
            GNB01,
            (
                entry(ALL, "전체기사", "article_list_all"),
                entry(56, "정치", "section"),
                entry(57, "국회", "section"),
            ),
        ),
        (
            TOP_MENU,
            (
                entry(308, "전국", "section_local"),
                MenuEntry(no=66, names=("정치", "정치 전체"), script="/news/section_type2.html"),
                entry(309, "강원", "section_local"),
            ),
        ),
        (PRESENT, (entry(31, "교통"), entry(8, "포토", "section_type2"))),
        (PRESENT_ALL, (*front(PRESENT).menu(), entry(ALL, "전체", "section_list_all"))),
        (f'<div id="gnb"><a href="/">홈</a></div>{GNB01.partition("<li>")[0]}</ul></div>', ()),
        (
            '<div class="gnb"><table><tr><td><a href="news/section.html?sec_no=3" title="사회"></a></table></div>',
            (entry(3, "사회", "section"),),
        ),
    ],
)
def test_reads_the_menu_of_each_layout(markup: str, menu: tuple[MenuEntry, ...]) -> None:
    assert front(markup).menu() == menu


def test_looks_on_where_a_menu_leads_to_no_list() -> None:
    assert front(f'<div id="gnb"><a href="/">홈</a></div>{TOP_MENU}').menu() == front(TOP_MENU).menu()


def test_finds_the_list_of_all_articles_on_a_page_without_a_menu() -> None:
    elsewhere = '<p><a href="/news/section_list_all.html?sec_no=0">전체기사 보기</a></p>'
    assert front(elsewhere).menu() == ()
    assert front(elsewhere).everything() == entry(ALL, "전체기사 보기", "section_list_all")
    assert front("<p></p>").everything() == MenuEntry(no=ALL)


@pytest.mark.parametrize(
    ("markup", "script"),
    [(PRESENT, ""), (TOP_MENU, "/news/section_list_all.html"), (GNB01, "/news/article_list_all.html")],
)
def test_knows_where_each_layout_lists_all_articles(markup: str, script: str) -> None:
    assert (front(markup).everything().no, front(markup).everything().script) == (ALL, script)


@pytest.mark.skipif(not OLDER.is_dir(), reason="the saved pages are not here")
@pytest.mark.parametrize(
    ("page", "site", "sections"),
    [
        ("cnbnews_home_20180317_excerpt.html", "http://www.cnbnews.com", [0, 56, 66, 65, 5, 59]),
        ("pressian_home_20180317_excerpt.html", "http://www.pressian.com", [308, 66, 68, 67, 129, 136, 309]),
    ],
)
def test_reads_the_menu_of_saved_pages(page: str, site: str, sections: list[int]) -> None:
    menu = FrontPage(parse((OLDER / page).read_bytes()).tree, Site.parse(site)).menu()
    assert [entry.no for entry in menu] == sections
    assert all(entry.names for entry in menu)


@pytest.mark.parametrize(
    "markup", [GNB01, TOP_MENU, PRESENT, "<a href='http://m.example.kr/news/article.html?no=1'>x</a>"]
)
def test_knows_a_site_of_this_cms(markup: str) -> None:
    assert front(f"<title> 작은\n신문</title>{markup}").is_of_cms()
    assert front(f"<title> 작은\n신문</title>{markup}").name() == "작은 신문"


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "<a href='/news/articleView.html?idxno=1'>x</a><a href='/news/articleList.html?sc_section_code=S1N1'>y</a>",
        "<a href='https://newsasia.kr/news/article.html?no=142893'>of another site</a>",
        "<a href='/news/article.html'>without a number</a>",
    ],
)
def test_knows_a_site_of_another_cms(markup: str) -> None:
    assert not front(markup).is_of_cms()
    assert front(markup).name() == ""
