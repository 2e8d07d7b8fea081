"""The table `walked_lists`: what crawls found out about each list, the latest of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

from psycopg import Connection

from asiatongsin.known import WalkedList
from pipelines.crawl.known_articles import KnownArticles
from pipelines.exporters import crawls
from pipelines.queries.gaps import lists_without_end
from tests.samples import SITE, later, record


def walked(at: datetime, section: int = 22, pages: int = 30, *, is_end: bool = False, to: int = 0) -> WalkedList:
    return WalkedList(section=section, pages=pages, is_end_seen=is_end, looked_back_at=at, looked_back_to=to)


def found(known: KnownArticles) -> list[WalkedList]:
    return asyncio.run(known.walked_lists(SITE)) or []


def test_the_length_of_a_list_stays_known_while_later_walks_look_at_a_part(
    known: KnownArticles, connection: Connection
) -> None:
    crawls.write(connection, replace(record(), lists=(walked(later(1), is_end=True),)))
    crawls.write(connection, replace(record(), lists=(walked(later(2), pages=20, to=20),)))
    assert found(known) == [walked(later(2), pages=30, is_end=True, to=20)]
    crawls.write(connection, replace(record(), lists=(walked(later(3), pages=25, is_end=True),)))
    assert found(known) == [walked(later(3), pages=25, is_end=True)]


def test_a_walk_that_went_no_further_than_the_news_says_nothing(known: KnownArticles, connection: Connection) -> None:
    crawls.write(connection, replace(record(), lists=(walked(later(1)),)))
    assert found(known) == []


def test_a_crawl_that_is_stored_late_undoes_nothing(known: KnownArticles, connection: Connection) -> None:
    crawls.write(connection, replace(record(), lists=(walked(later(9), to=40),)))
    crawls.write(connection, replace(record(), lists=(walked(later(5), to=20),)))
    assert found(known) == [walked(later(9), to=40)]


def test_lists_to_whose_end_no_crawl_came_are_named(connection: Connection) -> None:
    crawls.write(connection, replace(record(), walked=(22, 34), lists=(walked(later(1), 34, is_end=True),)))
    assert lists_without_end(connection, SITE) == [22]
    crawls.write(connection, replace(record(), walked=(22, 34, 0), lists=(walked(later(1), 0, is_end=True),)))
    assert lists_without_end(connection, SITE) == []
    assert lists_without_end(connection, "example.kr") == []
