"""Teaser widgets, each a numbered skin of its own (SITE.md section 5)."""

from __future__ import annotations

import pytest

from asiatongsin.html.parse import parse
from asiatongsin.mediaon.body import find_bodies
from asiatongsin.mediaon.related_stories import RelatedStories
from tests.cases import bug
from tests.conftest import SHARED

PAGE = "https://newsasia.kr/news/article.html?no=9"
TITLE, LEAD = "소담시 둘레길 이어", "소담시가 둘레길을 이었다."
IMAGE = "http://www.newsasia.kr/data/cache/art_90x60_c0.jpg"
THUMBNAIL = f'<span><img src="{IMAGE}" alt="{TITLE}"></span>'
MORE = '<a href="/news/section_list_all.html?sec_no=2" class="btn_art_more"><span class="blind">더보기</span></a>'
BAR = f'<div class="tit_set ts18"><div><h2><a href="/news/article_list_all.html">관련기사</a></h2>{MORE}</div></div>'


def stories(markup: str) -> list[tuple[object, ...]]:
    """Block, position, number, title, lead and thumbnail of each."""
    tree = parse(markup.encode()).tree
    found = RelatedStories(tree, PAGE, find_bodies(tree, tree)).stories()
    return [(one.block, one.position, one.related_no, one.title, one.lead, one.image_url) for one in found]


def link(inside: str, no: int = 5) -> str:
    return f'<a href="/news/article.html?no={no}">{inside}</a>'


def box(css: str, inside: str, bar: str = BAR) -> str:
    return f'<div class="{css}">{bar}<ul><li><div class="art_box">{link(inside)}</div></li></ul></div>'


WIDGETS = {
    "arl_054": (
        box("arl_054", f'<h3 class="ofe">{TITLE}</h3><h4>부제</h4>{THUMBNAIL}<p class="ffd clamp c2">{LEAD}</p>'),
        ("관련기사", LEAD, IMAGE),
    ),
    "arl_051": (
        box("arl_051", f'<h2>{TITLE}</h2><h3>부제</h3><div><p class="ffd clamp c4">{LEAD}</p>{THUMBNAIL}</div>'),
        ("관련기사", LEAD, IMAGE),
    ),
    "hdl_003, which has no title bar": (
        box("hdl_003", f'<h2 class="ofe">{TITLE}</h2><div><p class="ffd">{LEAD}</p>{THUMBNAIL}</div>', bar=""),
        ("hdl_003", LEAD, IMAGE),
    ),
    "arl_033, its first": (
        box("arl_033", f'<i class="ofe">{TITLE}</i><div>{THUMBNAIL}<b class="clamp c4 ffd">{LEAD}</b></div>'),
        ("관련기사", LEAD, IMAGE),
    ),
    "arl_017, one of its others": (box("arl_017", TITLE), ("관련기사", None, None)),
    "arl_004": (
        box("arl_004", f'<span class="bf32">{THUMBNAIL}</span><h2 class="clamp c2">{TITLE}</h2>', bar=""),
        ("arl_004", None, IMAGE),
    ),
    "m01_hdl12, of an older layout": (
        f'<div class="m01_hdl12"><h3>관련기사</h3><dl><dt>{link(THUMBNAIL)}</dt>'
        f"<dd><strong>{link(TITLE)}</strong><span>{link(LEAD)}</span></dd></dl></div>",
        ("관련기사", LEAD, IMAGE),
    ),
    "m01_hdl10, of an older layout": (
        f'<div class="m01_hdl10"><span class="headline">{link(THUMBNAIL)}</span><div class="photoCaption">'
        f"<h1>{link(TITLE)}</h1><h2>{link('부제')}</h2><p>{link(LEAD)}</p></div></div>",
        ("m01_hdl10", LEAD, IMAGE),
    ),
    "m01_hdl8, of an older layout": (
        f'<div class="m01_hdl8"><div class="image">{link(THUMBNAIL)}</div><div class="title">'
        f'<div class="writer">{link("<span>글쓴이</span>")}</div><div>{link(TITLE)}</div></div></div>',
        ("m01_hdl8", None, IMAGE),
    ),
    "a paragraph that is a title": (f'<div class="arl_017"><p>{link(TITLE)}</p></div>', ("arl_017", None, None)),
    "hdl_023": (
        box("hdl_023", f'<span class="thumb bf32">{THUMBNAIL}</span><strong>{TITLE}</strong>'),
        ("관련기사", None, IMAGE),
    ),
    "arl_005, a time line": (
        box(
            "arl_005", f'<b class="ofe">{TITLE}</b><span><span></span><i>01:34</i></span>', f"{BAR}<h3>2018-03-24</h3>"
        ),
        ("관련기사", None, None),
    ),
    "hdl_018, a slide": (
        box("hdl_018 hcon2197", f"<div>{THUMBNAIL}<strong>{TITLE}</strong></div><em>{LEAD}</em>", bar=""),
        ("hdl_018", LEAD, IMAGE),
    ),
    "a slide with section and sub-title": (
        box(
            "hdl_019",
            f'{THUMBNAIL}<em>식품</em><h3>{TITLE}</h3><h4>부제</h4><p class="clamp c4 ffd">{LEAD}</p>',
            bar="",
        ),
        ("hdl_019", LEAD, IMAGE),
    ),
    "pvw_001, photos": (
        box("pvw_001", f'{THUMBNAIL}<b><span class="ofe">{TITLE}</span></b><i></i>', '<h2 class="skin_tit">포토</h2>'),
        ("포토", None, IMAGE),
    ),
    "a box that is no widget": (
        f'<div class="rel_news"><h4>관련기사</h4><ul><li>{link(TITLE)}</li></ul></div>',
        ("관련기사", None, None),
    ),
    "a list without a name": (f'<div class="rel_news">{link(TITLE)}</div>', ("rel_news", None, None)),
    "nothing around": (link(TITLE), ("page", None, None)),
}


@pytest.mark.parametrize(("markup", "read"), WIDGETS.values(), ids=WIDGETS)
def test_reads_each_kind_of_widget(markup: str, read: tuple[str, str | None, str | None]) -> None:
    block, lead, image = read
    assert stories(markup) == [(block, 1, 5, TITLE, lead, image)]


def test_counts_positions_within_each_block() -> None:
    named = f'<div class="arl_017">{BAR}{link("하나", 1)}{link("둘", 2)}</div>'
    nameless = f'<div class="hdl_003">{link("셋", 3)}{link("하나", 1)}</div>'
    assert [story[:4] for story in stories(named + nameless)] == [
        ("관련기사", 1, 1, "하나"),
        ("관련기사", 2, 2, "둘"),
        ("hdl_003", 1, 3, "셋"),
        ("hdl_003", 2, 1, "하나"),
    ]


@pytest.mark.parametrize(
    "links", [(THUMBNAIL, f"<h2>{TITLE}</h2><p>{LEAD}</p>"), (f"<h2>{TITLE}</h2><p>{LEAD}</p>", THUMBNAIL)]
)
def test_makes_one_story_of_two_links_to_it(links: tuple[str, str]) -> None:
    markup = f'<div class="hdl_003"><li>{link(links[0])}{link(links[1])}</li><li>{link("다음", 6)}</li></div>'
    assert stories(markup) == [
        ("hdl_003", 1, 5, TITLE, LEAD, IMAGE),
        ("hdl_003", 2, 6, "다음", None, None),
    ]


@pytest.mark.parametrize(
    "place",
    [
        *('<ul id="gnb">', '<div id="header">', '<div id="footer">', '<div class="head_cen">', '<div class="top_nav">'),
        *('<div class="art_top">', '<div class="fix_art_top">', '<div id="news_body_area"><p>글</p>'),
    ],
)
def test_counts_no_link_of_menu_headline_body_or_footer(place: str) -> None:
    assert stories(f'{place}<div class="arl_054">{BAR}{link(TITLE)}</div>') == []


@pytest.mark.parametrize(
    "href",
    [
        *("/news/article_list_all.html?no=5", "/news/banner_click.php?no=5", "/home/page.html?code=company", "#", ""),
        *("/mobile/article_comment.html?no=5", "/news/article.html?no=", "/news/article.html?no=-1", "mailto:a@b.kr"),
        bug("https://www.example.kr/news/article.html?no=5", reason="an article of another site under our number"),
        bug("/news/article.html?no=9#reply", reason="the article is listed as related to itself"),
        bug("/mobile/article.html?no=9", reason="the article is listed as related to itself"),
    ],
)
def test_counts_only_other_articles_of_the_site(href: str) -> None:
    assert stories(f'<div class="hdl_003"><a href="{href}">{TITLE}</a></div>') == []


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("//www.newsasia.kr/data/a.jpg", "https://www.newsasia.kr/data/a.jpg"),
        ("/data/a.jpg", "https://newsasia.kr/data/a.jpg"),
        ("", None),
        ("data:image/gif;base64,R0lGODlh", None),
    ],
)
def test_reads_the_address_of_the_thumbnail(source: str, address: str | None) -> None:
    assert stories(link(f'<h2>{TITLE}</h2><img src="{source}">'))[0][5] == address


@pytest.mark.parametrize(
    ("printed", "lead"),
    [
        (f"&nbsp;{LEAD}&nbsp; &n", LEAD),
        (f"{LEAD} &nbsp", LEAD),
        (f"{LEAD} R&amp;D", f"{LEAD} R&D"),
        (f"{LEAD} &#039", f"{LEAD} '"),
        (TITLE, None),
        ("&nbsp;", None),
        bug(f"{LEAD} &#0", LEAD, reason="the parser makes U+FFFD of it before the piece can be dropped"),
    ],
)
def test_reads_a_lead_that_was_cut(printed: str, lead: str | None) -> None:
    assert stories(link(f'<h2>{TITLE}</h2><p class="ffd">{printed}</p>'))[0][4] == lead


def test_reads_a_title_behind_its_rank() -> None:
    assert stories(f'<div class="hdl_023">{link(f"<strong><b>1</b> {TITLE}</strong>")}</div>')[0][3] == f"1 {TITLE}"


def test_names_no_block_after_the_article() -> None:
    column = f'<div class="column"><div class="art_top"><h2>본 기사</h2></div><ul><li>{link(TITLE)}</li></ul></div>'
    assert stories(column)[0][0] != "본 기사"


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs saved pages that are not part of the project")
def test_reads_widgets_of_2018() -> None:
    page = next(SHARED.glob("html/02_*.html")).read_bytes()
    found = RelatedStories(parse(page).tree, "http://www.jejutwn.com/", []).stories()
    assert [(one.block, one.position, one.related_no) for one in found] == [
        *(
            ("hdl_018", 1, 8144),
            ("arl_004", 1, 8148),
            ("hdl_003", 1, 8135),
            ("복지", 1, 8142),
            ("상하이 에듀", 1, 8146),
        ),
        *(("사회", 1, 8148), ("사회", 2, 8144), ("사회", 3, 8091), ("사회", 4, 8040), ("인기 기사 다시보기", 1, 8116)),
    ]
