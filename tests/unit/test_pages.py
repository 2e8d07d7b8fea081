"""Saved pages and what a reader sees on them: one folder per case, one result per kind of item."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from asiatongsin.fields import METADATA_TIME
from asiatongsin.html.parse import parse
from asiatongsin.items import Article, Page, PageItems
from asiatongsin.korean import KST
from asiatongsin.mediaon.section import SectionPage, Teaser
from asiatongsin.mediaon.urls import article_url, list_url
from asiatongsin.site import DEFAULT_BASE, Site
from pipelines.stages.split import split
from tests.cases import bug
from tests.conftest import ROOT, SHARED
from tests.site import ReplicaSite
from tests.site.answers import Ask, answer
from tests.site.headlines import KICKERS

OWN = sorted((ROOT / "tests").glob("pages/*/expected.json"))
CAPTURED = sorted(SHARED.glob("pages/*/expected.json"))
LISTS = sorted(SHARED.glob("lists/expected.json"))
LIST_URL = list_url(DEFAULT_BASE, 34, 1)
TEXTS = ("no", "url", "section", "headline", "subheadline", "reporter", "reporter_email", "language")


@cache
def expected_of(case: Path) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads(case.read_text(encoding="utf-8"))
    return expected


def page(body: bytes, site: Site, no: int) -> Page:
    return Page(
        url=article_url(site.base, no),
        site=site.key,
        base=site.base,
        kind="article",
        fetched_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
        status=200,
        body=body,
        no=no,
    )


@cache
def items_of(case: Path) -> PageItems:
    expected = expected_of(case)
    site = Site.parse(expected["url"].partition("/news/")[0])
    return split(page(case.with_name("page.html").read_bytes(), site, expected["no"]))


def article(items: PageItems) -> dict[str, Any] | None:
    one = items.article
    if one is None:
        return None
    times = {name: (time := getattr(one, name)) and time.isoformat() for name in ("published_at", "modified_at")}
    images = [asdict(image) for image in one.images]
    listed = {"body": list(one.body), "images": images, "links": [asdict(link) for link in one.links]}
    return {name: getattr(one, name) for name in TEXTS} | times | listed


def weather(items: PageItems) -> dict[str, Any]:
    strip = items.weather
    readings = strip.readings if strip else ()
    cities = [{name: getattr(one, name) for name in ("city", "condition", "icon", "temperature_c")} for one in readings]
    return {"page_date": strip and strip.page_date, "weather": cities}


def related_stories(items: PageItems) -> dict[str, Any]:
    names = ("block", "position", "title", "lead", "image_url")
    stories = [{name: getattr(one, name) for name in names} | {"no": one.related_no} for one in items.related_stories]
    return {"related_stories": stories}


KINDS = {
    article: {*TEXTS, "published_at", "modified_at", "body", "images", "links"},
    weather: {"page_date", "weather"},
    related_stories: {"related_stories"},
}


def as_detailed(read: Any, expected: Any) -> Any:
    """The part of what was read that a captured case speaks of: those know no images and no blocks."""
    if isinstance(read, dict) and isinstance(expected, dict):
        return {name: as_detailed(value, expected[name]) for name, value in read.items() if name in expected}
    if isinstance(read, list) and isinstance(expected, list) and len(read) == len(expected):
        return [as_detailed(one, other) for one, other in zip(read, expected, strict=True)]
    return read


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("case", OWN + CAPTURED, ids=lambda case: case.parent.name)
def test_reads_what_a_reader_sees(case: Path, kind: Any) -> None:
    expected = {name: value for name, value in expected_of(case).items() if name in KINDS[kind]}
    read = kind(items_of(case))
    assert (as_detailed(read, expected) if case in CAPTURED else read) == expected


def listed(teaser: Teaser) -> dict[str, Any]:
    time = teaser.published_at
    printed = {"no": teaser.no, "title": teaser.title, "lead": teaser.lead}
    return {**printed, "published_at": time and time.isoformat(timespec="minutes")}


@pytest.mark.parametrize("case", LISTS, ids=lambda case: case.parent.name)
def test_reads_what_a_list_prints(case: Path) -> None:
    tree = parse(case.with_name("section.html").read_bytes()).tree
    expected = [{"lead": None, **entry} for entry in json.loads(case.read_text(encoding="utf-8"))]
    read = [listed(teaser) for teaser in SectionPage(tree, LIST_URL).teasers()]
    assert [as_detailed(one, other) for one, other in zip(read, expected, strict=True)] == expected


def test_reads_every_entry_of_the_replica_and_its_kicker() -> None:
    site = ReplicaSite(articles=60, page_bytes=9000)
    ask = Ask(path="/news/section_list_all.html", query="page=1&sec_no=34", headers={})
    read = SectionPage(parse(answer(site, ask).body).tree, LIST_URL).teasers()
    assert [(one.no, one.lead, one.published_at) for one in read] == [
        (no, site.lead(no), site.article(no).published_at.replace(second=0)) for no in site.listing(34)
    ]
    for one in read:
        assert (one.title or "").startswith(KICKERS[one.no % len(KICKERS)] if one.no % 7 == 3 else "")
        assert (one.title or "").endswith(site.article(one.no).headline)


INSIDE = '<h2>제목</h2><p>글</p><ul class="art_info"><li class="date">2012-05-03 10:20</li></ul>'
ENTRY = f'<li><a href="article.html?no=5"><img src="/a.jpg"></a><a href="article.html?no=5">{INSIDE}</a></li>'


@pytest.mark.parametrize(
    "markup",
    [
        f'<ul class="art_list_all">{ENTRY}</ul>',
        f'<div class="arl_008"><ul>{ENTRY.replace("h2>", "p>").replace("<p>제", "<p class=title>제")}</ul></div>',
        f"<ul>{ENTRY.replace('h2>', 'h3>').replace('<li><a', '<li class=on_thumb><a')}</ul>",
        f'<ul class="art_list_all"><li><a href="http://[x">광고</a></li>{ENTRY}</ul>',
    ],
)
def test_reads_an_entry_of_each_skin_once(markup: str) -> None:
    read = [listed(teaser) for teaser in SectionPage(parse(markup.encode()).tree, LIST_URL).teasers()]
    assert read == [{"no": 5, "title": "제목", "lead": "글", "published_at": "2012-05-03T10:20+09:00"}]


PHOTO, TEXT = '<a href="/news/article.html?no=5"><img src="/a.jpg"></a>', '<a href="/news/article.html?no=5">{}</a>'
OLDER_ENTRY = (
    f"<dl><dt>{PHOTO}</dt><dd><strong>{TEXT.format('제목')}</strong>"
    f"<p>{TEXT.format('글')}</p><i>2012.05.03 10:20</i></dd></dl>"
)
OTHER_ENTRY = OLDER_ENTRY.replace("no=5", "no=4")


@pytest.mark.parametrize(
    "markup",
    [
        f'<div class="m01_arl40">{OLDER_ENTRY}{OTHER_ENTRY}</div>',
        f'<div class="m01_hdl10"><span>{PHOTO}</span></div><div class="c011_arl2">{OLDER_ENTRY}{OTHER_ENTRY}</div>',
        f'<div class="list">{OLDER_ENTRY}{OTHER_ENTRY}</div>',
        f'<ul class="list"><li>{OLDER_ENTRY}</li><li>{OTHER_ENTRY}</li></ul>',
        f'<div class="m01_arl1"><table><tr><td>{OLDER_ENTRY[4:-5]}</tr><tr><td>{OTHER_ENTRY[4:-5]}</table></div>',
    ],
)
def test_reads_the_entries_of_older_lists(markup: str) -> None:
    read = [listed(teaser) for teaser in SectionPage(parse(markup.encode()).tree, LIST_URL).teasers()]
    entry = {"title": "제목", "lead": "글", "published_at": "2012-05-03T10:20+09:00"}
    assert read[-2:] == [{"no": 5, **entry}, {"no": 4, **entry}]
    assert len(read) == 2


def test_loses_no_article_of_an_older_page_whose_list_has_another_form() -> None:
    markup = f'<div class="m01_hdl10"><h1>{TEXT.format("위")}</h1></div><p class="x">{OTHER_ENTRY[4:-5]}</p>'
    read = SectionPage(parse(markup.encode()).tree, LIST_URL).teasers()
    assert [teaser.no for teaser in read] == [5, 4]


def test_reads_each_article_of_an_older_list_that_is_one_entry() -> None:
    markup = f'<div class="m01_arl40"><dl><dt>{TEXT.format("하나")}<dt>{TEXT.replace("no=5", "no=4").format("둘")}</dl>'
    read = SectionPage(parse(markup.encode()).tree, LIST_URL).teasers()
    assert [(teaser.no, teaser.title) for teaser in read] == [(5, "하나"), (4, "둘")]


def article_with(info: str, body: str = "글") -> Article:
    meta = '<meta property="article:published_time" content="2012-05-01T15:02:03Z">'
    markup = f'{meta}<div class="art_top"><h2>제목</h2>{info}</div><div id="news_body_area">{body}</div>'
    found = split(page(markup.encode(), Site(), 5)).article
    assert found
    return found


EATS = "what is cut off as a time begins up to six letters before four digits: a name, an address"


@pytest.mark.parametrize(
    ("info", "body", "reporter", "email"),
    [
        ("김종국 기자", "[아시아통신 최지나 기자] 글", "김종국", None),
        ("관리자  desk0@example.kr", "[아시아통신 최지나 기자] 글", "최지나", "desk0@example.kr"),
        ("관리자  desk0@example.kr", "글<br>【 청년일보=조성현 기자 】", None, "desk0@example.kr"),
        ("관리자", "글<br>【 청년일보=조성현 기자 】", "조성현", None),
        ("", "최지나 기자 | 글", "최지나", None),
        bug("최지나 기자  jina2024.news@example.kr", "글", "최지나", "jina2024.news@example.kr", reason=EATS),
        bug("최지나 기자 2012.05.03 10:20:30", "글", "최지나", None, reason=EATS),
    ],
)
def test_names_no_person_beside_the_address_of_a_desk(info: str, body: str, reporter: str, email: str) -> None:
    read = article_with(f'<ul class="art_info"><li>{info}</li><li>등록 2012.05.03 10:20:30</li></ul>', body)
    assert (read.reporter, read.reporter_email) == (reporter, email)


@pytest.mark.parametrize(
    ("lines", "reporter"),
    [
        (["기사입력 2012.05.03 10:20:30 최종수정 2012.05.03 11:20:30"], None),
        (["기사입력 2012.05.03 10:20:30", "최종수정 2012.05.03 11:20:30", "최종윤 기자"], "최종윤"),
        (["승인 2012.05.03 10:20", "홍길동 기자"], "홍길동"),
        (["작성 : 2012-05-03 10:20 | 조회수 1,234", "글 홍길동"], "홍길동"),
        (["홍길동 기자 승인 2012.05.03 10:20"], "홍길동"),
        (["경기취재본부", "등록 2012.05.03 10:20:30"], None),
    ],
)
def test_takes_no_word_beside_a_date_for_the_reporter(lines: list[str], reporter: str | None) -> None:
    info = "".join(f"<li>{line}</li>" for line in lines)
    assert article_with(f'<ul class="art_info">{info}</ul>').reporter == reporter


BYLINES = SHARED.parent / "cases" / "bylines"


@pytest.mark.skipif(not BYLINES.is_dir(), reason="the saved pages are not here")
@pytest.mark.parametrize(("name", "reporter"), [("P10", "오승현"), ("P14", "김민규")])
def test_reads_the_reporter_of_saved_pages(name: str, reporter: str) -> None:
    found = split(page((BYLINES / f"{name}.html").read_bytes(), Site(), 5)).article
    assert found
    assert (found.reporter, found.reporter_email) == (reporter, None)


PRINTED = "2012-05-03T10:20:30+09:00"
BEHIND = "a time behind the reporter is not read, the form of newsprime.co.kr and biz.newdaily.co.kr"


@pytest.mark.parametrize(
    ("info", "published"),
    [
        ('<ul class="art_info"><li>등록 2012.05.03 10:20:30</li></ul>', PRINTED),
        ('<p class="arvdate">2012.05.03 10:20:30 / 문다온</p>', PRINTED),
        ('<p class="arvdate"><b>기사입력</b> 2012.05.03 10:20:30</p>', PRINTED),
        bug('<p class="arvdate"><a>문다온 기자</a> | 2012.05.03 10:20:30</p>', PRINTED, reason=BEHIND),
        bug("", "2012-05-02T00:02:03+09:00", reason="the offset Z of the metadata stays"),
    ],
)
def test_takes_the_best_time_there_is_in_korean_time(info: str, published: str) -> None:
    time = article_with(info).published_at
    assert time
    assert time.isoformat() == published


@pytest.mark.parametrize(
    ("meta", "published"),
    [
        ("2025-10-04T18:20:00Z", "2025-10-04T18:20:00+09:00"),
        ("2025-10-04T18:20:33.000Z", "2025-10-04T18:20:00+09:00"),
        ("2025-10-04T18:20:33+00:00", "2025-10-04T18:20:00+09:00"),
        ("2025-10-04T18:20:33+09:00", "2025-10-04T18:20:33+09:00"),
        ("2025-10-04T09:20:33Z", "2025-10-04T18:20:33+09:00"),
        ("2025-10-04 18:20:33", "2025-10-04T18:20:33+09:00"),
        ("2025-10-05T07:00:00+09:00", "2025-10-04T18:20:00+09:00"),
        ("soon", "2025-10-04T18:20:00+09:00"),
    ],
)
def test_believes_the_list_before_metadata_that_take_korean_time_for_utc(meta: str, published: str) -> None:
    markup = f'<meta property="article:published_time" content="{meta}"><div class="art_top"><h2>제목</h2></div>'
    given = page(f'{markup}<div id="news_body_area">글</div>'.encode(), Site(), 5)
    items = split(replace(given, listed_at=datetime(2025, 10, 4, 18, 20, tzinfo=KST)))
    assert items.article
    assert items.article.published_at == datetime.fromisoformat(published)
    assert (METADATA_TIME in items.fallbacks, METADATA_TIME in split(given).fallbacks) == (False, True)
