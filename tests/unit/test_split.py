"""One page becomes one PageItems, whatever the page is; nothing is lost and nothing raises."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.utils.test import get_crawler

from asiatongsin.capture import Archived
from asiatongsin.cms import listing_of, menu_of
from asiatongsin.items import Page, PageItems, PageKind
from asiatongsin.korean import KST
from asiatongsin.mediaon.front import FrontPage
from asiatongsin.mediaon.section import SectionPage
from asiatongsin.mediaon.urls import article_url, list_url
from asiatongsin.site import DEFAULT_BASE
from pipelines.stages.raw_pages import keep_raw_page
from pipelines.stages.split import SplitPipeline, split
from tests.cases import bug
from tests.samples import present
from tests.site import ReplicaSite
from tests.site.answers import Ask, answer

NO = 100_031
ARTICLE_URL, LIST_URL, FRONT_URL = article_url(DEFAULT_BASE, NO), list_url(DEFAULT_BASE, 34, 1), f"{DEFAULT_BASE}/"
SITE = ReplicaSite(articles=60, page_bytes=9000)
MENU = f"<p>{'구독신청 제보하기 독자마당 ' * 30}</p>"
TOP, BODY = '<div class="art_top"><h2>제목</h2>{}</div>', '<div id="news_body_area">{}</div>'
SHORT = TOP.format("") + BODY.format("<p>한 줄 기사다.</p>")
WHOLE = MENU + SHORT


def page(body: bytes | str, url: str = ARTICLE_URL, kind: PageKind = "article", status: int = 200) -> Page:
    return Page(
        url=url,
        site="newsasia.kr",
        base=DEFAULT_BASE,
        kind=kind,
        fetched_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
        status=status,
        body=body.encode() if isinstance(body, str) else body,
        no=NO if kind == "article" else None,
        listed_at=datetime(2025, 10, 4, 18, 20, tzinfo=KST) if kind == "article" else None,
    )


def served(path: str = "/news/article.html", query: str = f"no={NO}", site: ReplicaSite = SITE) -> bytes:
    return answer(site, Ask(path=path, query=query, headers={})).body


def fate(items: PageItems) -> tuple[str | None, tuple[str, ...] | None]:
    """How it is removed, and what is missing."""
    return items.removed, items.rejected.missing if items.rejected else None


@pytest.mark.parametrize("status", [404, 410])
def test_takes_the_status_for_a_removal_whatever_the_page_says(status: int) -> None:
    assert fate(split(page(WHOLE, status=status))) == (str(status), None)


@pytest.mark.parametrize(
    ("body", "form"),
    [
        ("<script>alert('삭제된 기사입니다.'); history.back();</script>", "alert"),
        ('<p>없는 기사입니다.</p><script>\n alert ("없는 기사");history.go(-1)</script>', "alert"),
        ("<script>location.href='/'</script>", "front page"),
        ("<script>alert('없는 기사'); top.location = \"/index.html\"</script>", "front page"),
        ("<script>window.location.replace('https://newsasia.kr/')</script>", "front page"),
        ('<meta http-equiv="refresh" content="0;url=/">', "front page"),
        ("<META HTTP-EQUIV='Refresh' CONTENT=\"3; URL='/'\">", "front page"),
        (MENU + TOP.format("") + BODY.format("<p>&nbsp;</p><script>var ad;</script>"), "empty body"),
        bug(
            MENU + BODY.format('<div class="com_ban"><img src="/data/banner/b.gif" alt="배너"></div>'),
            "empty body",
            reason="a banner counts as a photo: an article of nothing, named after the paper where og:title is",
        ),
        bug(MENU + TOP.format("") + BODY.format("<p>&#8203;</p>"), "empty body", reason="a zero-width blank is text"),
    ],
)
def test_knows_every_form_of_removal(body: str, form: str) -> None:
    items = split(page(f'<meta property="og:title" content="아시아통신">{body}'))
    assert (fate(items), items.article, items.related_stories) == ((form, None), None, ())


@pytest.mark.parametrize("address", [FRONT_URL, f"{DEFAULT_BASE}/index.php", "https://www.newsasia.kr"])
def test_takes_a_redirect_to_the_front_page_for_a_removal(address: str) -> None:
    assert fate(split(page(WHOLE, url=address))) == ("front page", None)


@pytest.mark.parametrize("address", [article_url(DEFAULT_BASE, 5), f"{FRONT_URL}member/member_login.html", LIST_URL])
def test_believes_no_page_it_was_sent_to_instead(address: str) -> None:
    items = split(page(WHOLE, url=address))
    assert (items.article, items.removed) == (None, None)
    assert items.rejected
    assert items.rejected.reason == f"asked for article {NO} and was sent to {address}"


TOO_SHORT = "a page of less than 300 characters is taken for a message to the reader"


@pytest.mark.parametrize("around", [MENU, bug("", reason=TOO_SHORT)])
@pytest.mark.parametrize("script", ["function copy() { alert('복사했다'); }", "function home() { location.href='/'; }"])
def test_takes_no_script_of_an_article_for_a_removal(around: str, script: str) -> None:
    assert fate(split(page(f"{around}{SHORT}<script>{script}</script>"))) == (None, None)


@pytest.mark.parametrize(
    ("markup", "missing"),
    [
        (MENU, ("headline", "body")),
        (MENU + TOP.format(""), ("body",)),
        (MENU + BODY.format("<p>글</p>"), ("headline",)),
        ("", ("headline", "body")),
        (WHOLE + "<div>" * 5000, ()),
        bug(f"<title>제목 - 아시아통신</title>{BODY.format('글')}", None, reason="<title> is no source of a headline"),
    ],
)
def test_names_what_is_missing(markup: str, missing: tuple[str, ...] | None) -> None:
    assert fate(split(page(markup))) == (None, missing)


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="http://[x]/news/article.html?no=5">다른 기사</a>',
        '<a href="/news/article.html?no=5">다른 기사<img src="http://[x/a.jpg"></a>',
        "<script>location.href='http://[x'</script>",
        bug('<meta property="article:published_time" content="9999-12-31T24:00">', reason="isoparse: OverflowError"),
    ],
)
def test_gives_items_for_a_page_with_something_that_cannot_be_read(markup: str) -> None:
    around = "" if "script" in markup else WHOLE
    items = split(page(around + markup))
    assert items.article or items.rejected


def test_reads_the_weather_of_a_page_whose_article_it_cannot_read() -> None:
    site = ReplicaSite(articles=60, page_bytes=9000)
    site.break_page(NO)
    items = split(page(served(site=site)))
    assert fate(items) == (None, ("headline", "body"))
    assert items.weather
    assert len(items.weather.readings) == 16


@pytest.mark.parametrize("path", ["/mobile/article.html", "/news/article_print.html"])
def test_reads_an_article_without_a_strip(path: str) -> None:
    items = split(page(served(path)))
    assert (items.weather, items.related_stories) == (None, ())
    assert items.article


def test_asks_a_list_page_for_a_list_and_a_front_page_for_nothing() -> None:
    whole = served("/news/section_list_all.html", "sec_no=34")
    assert fate(split(page(whole, LIST_URL, "list"))) == (None, None)
    assert fate(split(page('<ul class="art_list_all"></ul>', LIST_URL, "list"))) == (None, None)
    assert fate(split(page(MENU, LIST_URL, "list"))) == (None, ("list",))
    assert fate(split(page("", FRONT_URL, "front"))) == (None, None)
    assert split(page(served("/", ""), FRONT_URL, "front")).weather is not None


def test_reads_nothing_of_an_answer_that_says_the_page_is_unmodified() -> None:
    items = split(replace(page("", status=304), headers=(("ETag", '"1"'),)))
    assert items.unmodified
    assert (items.article, items.weather, items.related_stories, fate(items)) == (None, None, (), (None, None))
    assert present(items.check).etag == '"1"'


def test_takes_an_unmodified_page_of_another_address_for_what_led_there() -> None:
    """A redirect takes along the conditions of the request."""
    assert fate(split(page("", FRONT_URL, status=304))) == ("front page", None)
    elsewhere = split(page("", article_url(DEFAULT_BASE, NO + 1), status=304))
    assert (elsewhere.unmodified, elsewhere.rejected is None) == (False, False)


def test_counts_removals_apart_of_what_the_crawl_met_and_of_what_it_asked_for_by_number(tmp_path: Path) -> None:
    """Articles that are asked for again and are there must not hide that those of the lists are not."""
    crawler = get_crawler(settings_dict={"DATA": str(tmp_path)})
    pipeline = SplitPipeline.from_crawler(crawler)
    gone = page("", status=404)
    for one in (gone, gone, page(WHOLE), replace(gone, is_by_number=True), replace(page(WHOLE), is_by_number=True)):
        pipeline.process_item(one)
    counted = ("split/met", "split/met_removed", "split/removed", "split/articles")
    assert [crawler.stats.get_value(name) for name in counted] == [3, 2, 3, 2]


def test_keeps_an_unreadable_page_once_and_counts_it(tmp_path: Path) -> None:
    crawler = get_crawler(settings_dict={"DATA": str(tmp_path)})
    pipeline = SplitPipeline.from_crawler(crawler)
    rejected = [pipeline.process_item(page(MENU)).rejected for _ in range(2)]
    assert crawler.stats.get_value("split/unreadable/article") == 2
    [kept] = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert gzip.decompress(kept.read_bytes()) == MENU.encode()
    assert {one and one.raw_path for one in rejected} == {kept.relative_to(tmp_path).as_posix()}


def test_lets_nothing_a_page_says_into_the_name_of_a_file(tmp_path: Path) -> None:
    path = keep_raw_page(replace(page("<title>../../x</title>"), site="../../127.0.0.1:8000"), tmp_path)
    assert (tmp_path / path).resolve().is_relative_to(tmp_path)


def test_reads_a_list_and_a_menu_once_for_spider_split_and_coverage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    for reader, part in ((SectionPage, "teasers"), (FrontPage, "menu")):
        monkeypatch.setattr(reader, part, counting(getattr(reader, part), read, part))
    pipeline = SplitPipeline.from_crawler(get_crawler(settings_dict={"DATA": str(tmp_path)}))
    place = Archived(file="a.warc.gz", offset=0, length=1, digest="sha1:A")
    listed = page(served("/news/section_list_all.html", "sec_no=34"), LIST_URL, "list")
    front = page(served("/", ""), FRONT_URL, "front")
    assert (len(listed.once(listing_of).teasers) > 5, len(front.once(menu_of)) > 2) == (True, True)
    for one in (listed, front):
        pipeline.process_item(one.archived_at(place))
    assert read == ["teasers", "menu"]


def counting(method: Callable[[Any], Any], calls: list[str], name: str) -> Callable[[Any], Any]:
    """The method, with each call noted."""

    def counted(self: Any) -> Any:
        calls.append(name)
        return method(self)

    return counted
