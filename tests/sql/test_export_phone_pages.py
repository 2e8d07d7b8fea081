"""A phone page to which an article was redirected never replaces a text of which it lacks a part."""

from __future__ import annotations

from dataclasses import replace

import pytest
from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.reparse.compare import differences
from tests.samples import SITE, archived, check, export, image, later, page, present, story
from tests.stored import rows, value

STORED = "SELECT body, section FROM articles"
WHOLE = ("첫 문단입니다.", "둘째 문단입니다.")
PHONE = f"https://{SITE}/mobile/article.html?no=1"


def phone_page(minutes: float, *body: str, url: str = PHONE, photos: int = 1) -> PageItems:
    """What a page for phones shows: no section, no strip, no teasers."""
    images = tuple(image(number) for number in range(photos))
    read = page(1, later(minutes), body=body, images=images, section=None, links=())
    return replace(read, url=url, check=check(later(minutes), etag='"phone"'), archived=archived())


@pytest.mark.parametrize(
    "short",
    [
        phone_page(60, "첫 문단입니다."),
        phone_page(60, *WHOLE, photos=0),
        phone_page(60, "첫 문단.", url=f"https://{SITE}/news/article_print.html?no=1"),
        phone_page(60, "첫 문단.", url=f"https://m.{SITE}/news/article.html?no=1"),
    ],
)
def test_keeps_the_whole_text_and_notes_the_short_page(connection: Connection, short: PageItems) -> None:
    export(connection, page(1, body=WHOLE, images=(image(1),)))
    export(connection, short)
    assert rows(connection, STORED) == [("\n\n".join(WHOLE), "사회")]
    assert value(connection, "SELECT count(*) FROM article_revisions") == 1
    assert value(connection, "SELECT reason FROM rejected_pages").startswith(f"sent to {short.url}, which holds less")
    assert rows(connection, "SELECT checked_at, etag FROM article_checks") == [(later(60), None)]


@pytest.mark.parametrize(
    "read",
    [
        phone_page(60, *WHOLE, "셋째 문단입니다."),
        phone_page(60, "고친 문단.", url=f"https://{SITE}/news/article.html?no=1"),
        replace(phone_page(60, "고친.", url=f"https://m.{SITE}/news/article.html?no=1"), related_stories=(story(1),)),
    ],
)
def test_stores_a_text_that_lacks_nothing_and_what_desktop_pages_say(connection: Connection, read: PageItems) -> None:
    export(connection, page(1, body=WHOLE, images=(image(1),)))
    export(connection, read)
    assert rows(connection, STORED) == [("\n\n".join(present(read.article).body), None)]


def test_stores_a_phone_page_where_there_is_nothing_better_until_the_whole_page_comes(connection: Connection) -> None:
    export(connection, phone_page(0, "첫 문단."))
    export(connection, phone_page(10, "첫 문단."))
    assert rows(connection, STORED) == [("첫 문단.", None)]
    export(connection, page(1, later(60), body=WHOLE))
    assert rows(connection, STORED) == [("\n\n".join(WHOLE), "사회")]
    assert rows(connection, "SELECT * FROM rejected_pages") == []


@pytest.mark.parametrize("is_stored", [True, False])
def test_reads_the_same_out_of_the_archive(connection: Connection, is_stored: bool) -> None:
    """Whether the whole page is stored already, or comes in the same batch as the short one."""
    whole, short = page(1, body=WHOLE), phone_page(60, "첫 문단.")
    pages = [replace(one, is_reread=True) for one in (whole, short)]
    if is_stored:
        export(connection, whole)
        export(connection, short)
        assert differences(connection, pages) == []
    export(connection, *(one.items for one in differences(connection, pages)))
    assert rows(connection, STORED) == [("\n\n".join(WHOLE), "사회")]
    assert differences(connection, pages) == []
