"""What is counted on the pages of a crawl, and which page is kept to show what is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from asiatongsin.cms import FIELDS, field_of
from asiatongsin.items import Page, PageKind, Rejection
from asiatongsin.mediaon.urls import list_url
from asiatongsin.site import DEFAULT_BASE
from pipelines.stages.split import split
from pipelines.verdict.coverage import Coverage, UnreadablePages
from tests.samples import AT, present
from tests.site import ReplicaSite
from tests.site.answers import Ask, answer

SITE = ReplicaSite(articles=60, page_bytes=9000)
Counts = dict[tuple[str, str], tuple[int, int, int | None]]


def article(no: int = 100_031, **changes: bytes) -> Page:
    return _page("article", f"/news/article.html?no={no}", **changes)


def section(number: int = 22, **changes: bytes) -> Page:
    return replace(_page("list", list_url("", number, 1), **changes), section=number)


def _page(kind: PageKind, path: str, **changes: Any) -> Page:
    usual = Page(
        url=f"{DEFAULT_BASE}{path}",
        site="newsasia.kr",
        base=DEFAULT_BASE,
        kind=kind,
        fetched_at=AT,
        status=200,
        no=int(path.rpartition("=")[2]) if kind == "article" else None,
        body=answer(SITE, Ask(path=path.partition("?")[0], query=path.partition("?")[2], headers={})).body,
    )
    return replace(usual, **changes)


def observed(*pages: Page) -> Coverage:
    coverage = Coverage()
    for page in pages:
        coverage.observe(page, split(page))
    return coverage


def counts(*pages: Page) -> Counts:
    return {(one.part, one.field): (one.pages, one.found, one.amount) for one in observed(*pages).fields()}


def without(page: Page, what: bytes, then: bytes = b"") -> Page:
    assert what in page.body
    return replace(page, body=page.body.replace(what, then))


def test_counts_the_parts_of_an_article_page() -> None:
    page = article()
    found = counts(page)
    items = split(page)
    assert items.article
    assert items.weather
    assert found["article", "headline"] == (1, 1, None)
    assert found["article", "body"] == (1, 1, sum(map(len, items.article.body)))
    assert found["article", "related_stories"] == (1, 1, len({story.block for story in items.related_stories}))
    assert found["strip", "cities"] == (1, 1, len(items.weather.readings))
    assert found["strip", "temperatures"] == (1, 1, None)
    assert {part for part, _ in found} == {"article", "strip"}


def test_a_headline_out_of_the_metadata_is_none() -> None:
    page = article()
    bare = without(without(page, b"<h2", b"<h9"), b"</h2", b"</h9")
    assert split(bare).article
    assert counts(page, bare)["article", "headline"] == (2, 1, None)


def test_counts_the_entries_of_each_list() -> None:
    found = counts(section(22), section(34), without(section(34), b"art_list_all", b"art_list"))
    assert found["list 22", "teasers"] == (1, 1, len(SITE.listing(22)))
    assert found["list 22", "published_at"] == (1, 1, None)
    assert found["list 34", "teasers"] == (2, 1, len(SITE.listing(34)))
    assert found["list 34", "published_at"] == (1, 1, None)  # an empty list has no times to lack


def test_counts_what_could_be_read_and_what_was_served() -> None:
    unreadable = replace(article(), body=b"<html><body><p>nothing</p></body></html>" * 100)
    gone = replace(article(), status=404)
    found = counts(article(), unreadable, gone, replace(gone, is_by_number=True))
    assert found["article", "readable"] == (2, 1, None)
    assert found["article", "served"] == (3, 2, None)
    assert found["article", "headline"] == (1, 1, None)


def test_an_unmodified_page_shows_nothing() -> None:
    assert counts(replace(article(), status=304, body=b"")) == {}


def characters(page: Page) -> int:
    return present(counts(page)["article", "body"][2])


def test_keeps_the_first_page_that_lacks_a_field_else_the_one_that_has_least_of_it() -> None:
    pages = [section(37), section(22), section(34)]
    bare = [replace(without(page, b"weather_", b"sky_"), section=page.section) for page in pages]
    assert observed(*pages).evidence(("strip", "conditions")) is not None
    assert observed(pages[0], *bare).evidence(("strip", "conditions")) == bare[0]
    short = min((article(no) for no in range(100_020, 100_030)), key=characters)
    articles = [article(no) for no in range(100_020, 100_030)]
    assert observed(*articles).evidence(("article", "body")) == short
    assert observed(*articles).evidence(("article", "nothing")) is None


def test_finds_a_field_by_the_name_a_crawl_gives_it() -> None:
    assert {field_of(field.part, field.name) for field in FIELDS if field.part != "list"} < set(FIELDS)
    teasers = field_of("list 22", "teasers")
    assert teasers
    assert teasers.part == "list"
    for part, name in [("list", "teasers"), ("list x", "teasers"), ("article 22", "body"), ("strip", "teasers")]:
        assert field_of(part, name) is None


def test_tells_what_most_unreadable_pages_lack() -> None:
    unreadable = UnreadablePages()
    assert unreadable.describe() == ""
    unreadable.note(Rejection(reason="asked for article 1 and was sent to 2", raw_path="rejected/a"))
    for name in "bc":
        unreadable.note(Rejection(reason="no body on the page", missing=("body",), raw_path=f"rejected/{name}"))
    told = unreadable.describe()
    assert told.startswith("no body on the page; looked for in #news_body_area, ")
    assert told.endswith("; a page that shows it is kept in rejected/b")
