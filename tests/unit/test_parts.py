"""Articles that are printed on several pages: the next page is found, archived and read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from asiatongsin.capture import Part
from asiatongsin.items import Page
from asiatongsin.mediaon.parts import MOST_PARTS, next_part, with_part
from pipelines.archive.crawl_files import Archive
from pipelines.archive.whereabouts import Whereabouts
from pipelines.reparse.captured import Known, Wanted, page_of
from pipelines.stages.split import split
from tests.captured import exchange, fetched, read, url_of
from tests.samples import NO, present

NOTHING = Known(bases={}, clocks_ahead={})
MARKUP = '<div class="art_top"><h2>제목</h2></div><div id="news_body_area">{}</div>{}'
NEXT = f'<a href="/news/article.html?no={NO}&amp;page={{}}">다음</a>'


def part(text: str, behind: str = "") -> bytes:
    return MARKUP.format(text, behind).encode()


def article(body: bytes, *parts: bytes) -> Page:
    further = [
        Part(body=one, exchanges=(exchange(url=f"{url_of(NO)}&page={number}", body=one),))
        for number, one in enumerate(parts, start=2)
    ]
    return fetched(exchange(body=body), parts=tuple(further))


def body(page: Page) -> tuple[str, ...]:
    return present(split(page).article).body


def test_finds_the_next_page() -> None:
    assert next_part(article(part("하나", NEXT.format(2)))) == f"{url_of(NO)}&page=2"
    assert next_part(article(part("하나", NEXT.format(2) + NEXT.format(3)), part("둘"))) == f"{url_of(NO)}&page=3"
    assert next_part(article(part("하나", NEXT.format(2)), part("둘", NEXT.format(3)))) == f"{url_of(NO)}&page=3"


@pytest.mark.parametrize(
    "behind",
    [
        "",
        NEXT.format(1),
        NEXT.format(3),
        NEXT.format(2).replace(str(NO), "5"),
        '<a href="/news/section_list_all.html?page=2&sec_no=3">2</a>',
        f'<div class="reply_wrap">{NEXT.format(2)}</div>',
    ],
)
def test_takes_no_other_link_for_the_next_page(behind: str) -> None:
    assert next_part(article(part("하나", behind))) is None


def test_ends_somewhere() -> None:
    pager = "".join(NEXT.format(number) for number in range(2, 99))
    assert next_part(article(part("하나", pager), *[part("둘")] * MOST_PARTS)) is None
    assert next_part(replace(article(part("하나", pager)), status=404)) is None


def test_joins_the_pages_without_copies() -> None:
    assert body(article(part("하나"), part("둘"), part("하나"), part("셋"))) == ("하나", "둘", "셋")


def test_takes_no_other_page_for_the_next_part() -> None:
    first = article(part("하나", NEXT.format(2)))
    assert body(with_part(first, fetched(exchange(body=part("둘"))))) == ("하나", "둘")
    for other in (exchange(5, body=part("다른")), exchange(status=404, body=part("다른"))):
        assert body(with_part(first, fetched(other))) == ("하나",)


def test_keeps_no_validator_of_the_first_page_alone() -> None:
    for page, etag in ((article(part("하나")), '"1"'), (article(part("하나"), part("둘")), None)):
        assert present(split(replace(page, headers=(("ETag", '"1"'),))).check).etag == etag


def test_reads_all_parts_out_of_the_archive(data: Path, opened: Archive) -> None:
    pages = (part("하나"), part("둘"), part("셋"))
    opened.append(article(*pages))
    opened.append(replace(article(*pages), no=NO))  # a revisit of the same bytes
    [second, third, first, *again], told = read(next(data.rglob("*.warc.gz")))
    assert told == []
    for further in (second, third, *again[:2]):
        assert page_of(further, Wanted(), Whereabouts(data=data), NOTHING) is None
    for whole in (first, again[2]):
        found = page_of(whole, Wanted(), Whereabouts(data=data), NOTHING)
        assert isinstance(found, Page)
        assert body(found) == ("하나", "둘", "셋")


def test_reads_no_article_of_which_a_part_is_lost(data: Path, opened: Archive) -> None:
    opened.append(article(part("하나"), part("둘")))
    [_, first], _ = read(next(data.rglob("*.warc.gz")))
    for places, told in (("7", "goes on at byte 7, where no record is"), ("x", "are no places in a file")):
        fields = tuple((name, places if name == "Asiatongsin-Parts" else value) for name, value in first.fields)
        with pytest.raises(ValueError, match=told):
            page_of(replace(first, fields=fields), Wanted(), Whereabouts(data=data), NOTHING)


def test_reads_no_further_page_of_another_crawler_as_the_article(data: Path, opened: Archive) -> None:
    opened.append(fetched(exchange(url=f"{url_of(NO)}&page=2", body=part("둘"))))
    [capture], _ = read(next(data.rglob("*.warc.gz")))
    assert page_of(capture, Wanted(), Whereabouts(data=data), NOTHING) is None
