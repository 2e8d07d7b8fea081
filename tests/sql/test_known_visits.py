"""What the spider is told of stored articles: which are visited again, with what, and which are controls."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from psycopg import Connection

from asiatongsin.capture import Stored
from pipelines.crawl.known_articles import KnownArticles
from tests.samples import AT, SITE, ago, archived, article, check, export, later, page, removed


def stored(known: KnownArticles, *numbers: int, site: str = SITE) -> list[Stored]:
    return asyncio.run(known.stored(site, numbers))


def rechecks(known: KnownArticles, most: int = 100, site: str = SITE) -> list[int]:
    return [article.no for article in asyncio.run(known.rechecks(site, most))]


def test_names_articles_next_to_a_number_and_the_newest(known: KnownArticles, connection: Connection) -> None:
    """Asked whether the site still serves any: neither those that are gone nor those found removed would tell."""
    export(connection, *(page(no) for no in range(1, 30)), removed(29, later(1)), page(99, site="example.kr"))
    connection.execute("UPDATE article_texts SET gone_at = now() WHERE no = 27")
    named = [article.no for article in asyncio.run(known.controls(SITE, 10))]
    assert named[:6] == [9, 11, 28, 8, 12, 26]
    assert not {10, 27, 29, 99} & set(named)
    assert [article.no for article in asyncio.run(known.controls(SITE, 29))][:2] == [28, 26]


def test_says_what_is_known_of_stored_articles(known: KnownArticles, connection: Connection) -> None:
    whole = replace(page(1), archived=archived(), check=check(etag='"1"', last_modified="Sun", dated_at=later(-3)))
    export(connection, whole, page(2), page(3, published_at=None, modified_at=None), page(4, site="example.kr"))
    first, second, third = sorted(stored(known, 1, 2, 3, 4, 5), key=lambda one: one.no)
    assert first == Stored(
        no=1,
        dated_at=later(-3),
        content_hash=article(1).content_hash,
        etag='"1"',
        last_modified="Sun",
        archived=archived(),
    )
    assert (second.dated_at, second.etag, second.archived) == (article().modified_at, None, None)
    assert third.dated_at == AT
    assert stored(known) == []


def test_wants_the_whole_page_of_an_article_that_was_found_removed(
    known: KnownArticles, connection: Connection
) -> None:
    """A server that says it is unmodified would not say that it is there again."""
    export(connection, replace(page(1), check=check(etag='"1"', last_modified="Sun")), removed(1, later(1)))
    assert [(one.etag, one.last_modified) for one in stored(known, 1)] == [(None, None)]


def test_visits_again_what_is_due_longest_first(known: KnownArticles, connection: Connection) -> None:
    dues = {1: ago(1), 2: ago(3), 3: ago(-1), 4: None, 5: ago(2), 6: ago(2)}
    export(connection, *(replace(page(no), check=check(due=due)) for no, due in dues.items()), page(7))
    assert rechecks(known) == [2, 5, 6, 1]
    assert rechecks(known, 2) == [2, 5]
    assert rechecks(known, 0) == []
    assert rechecks(known, site="example.kr") == []
