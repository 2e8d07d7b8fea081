"""While no database answers, the pages that wait in the spool say which articles were downloaded already."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from asiatongsin.capture import Stored
from pipelines.crawl.known_articles import KnownArticles
from pipelines.queries.known import MAX_ATTEMPTS
from pipelines.spool.belonging import DatabaseIdentity
from pipelines.spool.folder import Spool
from pipelines.spool.waiting_articles import WaitingArticles
from tests.conftest import asking
from tests.samples import (
    SITE,
    UNREACHABLE,
    ago,
    archived,
    article,
    check,
    later,
    leave,
    page,
    record,
    rejected,
    removed,
)

HERE = DatabaseIdentity(address="news on here", id="1/1")
NUMBERS = range(1, 100)


def unneeded(data: Path, site: str = SITE) -> set[int]:
    return WaitingArticles(data, HERE, site).need_no_download(NUMBERS)


def test_knows_the_articles_of_all_spools_that_ended_crawls_left(data: Path) -> None:
    leave(data, page(1), page(2), page(3), crawl=record("a"))
    leave(data, page(4), crawl=record("b", finished_at=later(5)))
    leave(data, page(5, site="example.kr"), crawl=replace(record("c"), site="example.kr"))
    assert unneeded(data) == {1, 2, 3, 4}
    assert unneeded(data, "example.kr") == {5}
    assert WaitingArticles(data, HERE, SITE).need_no_download([4, 6]) == {4}


def test_says_of_other_pages_what_the_database_would_say(data: Path) -> None:
    visited = replace(page(6), article=None, unmodified=True)
    leave(data, removed(1, ago(1)), removed(2, ago(25)), rejected(3, ago(1)), rejected(4, ago(25)), visited)
    leave(data, rejected(5, ago(1), is_transient=True), crawl=record("failed"))
    leave(data, rejected(7, ago(1)), crawl=record("older", version="0.0.9"))
    leave(data, *[rejected(8, ago(hours), is_transient=True) for hours in range(MAX_ATTEMPTS)], crawl=record("often"))
    assert unneeded(data) == {1, 3, 6, 8}


def test_leaves_out_what_belongs_to_a_running_crawl_or_another_database(data: Path) -> None:
    running = Spool.create(data / "spool", record("running"), HERE)
    running.append(page(1))
    for no, other in ((2, replace(HERE, id="1/2")), (3, replace(HERE, id=None)), (4, HERE)):
        spool = Spool.create(data / "spool", record(str(no)), other)
        spool.append(page(no))
        spool.release()
    assert unneeded(data) == {3, 4}
    running.release()


def test_reads_what_a_killed_crawl_left_and_passes_over_what_is_spoiled(data: Path) -> None:
    folder = leave(data, page(1), page(2), page(3))
    segment = folder / "000002.jsonl"
    segment.rename(segment.with_suffix(".open"))
    first = folder / "000001.jsonl"
    first.write_bytes(first.read_bytes() + b"{\n\xff\n" + b'{"no":')
    (leave(data, page(4), crawl=record("b")) / "crawl.json").write_bytes(b"{")
    assert unneeded(data) == {1, 2, 3}


def test_knows_what_is_said_about_the_text(data: Path) -> None:
    old, new = replace(page(1), check=check()), replace(page(1, later(9), headline="neu"), archived=archived())
    leave(data, old, replace(new, check=check(later(9), etag='"2"')))
    dated = Stored(no=1, dated_at=later(0), content_hash=article(1, headline="neu").content_hash, etag='"2"')
    [found] = WaitingArticles(data, HERE, SITE).stored([1, 2])
    assert found == replace(dated, archived=archived())


def test_answers_the_spider_while_no_database_does(data: Path) -> None:
    leave(data, page(1, published_at=datetime(2025, 1, 1, tzinfo=UTC), modified_at=None), removed(2, ago(1)))
    known = asking(UNREACHABLE, data)

    async def ask(known: KnownArticles) -> tuple[set[int] | None, set[int], list[Stored]]:
        blind = await known.need_no_download(SITE, [1, 2, 3])
        return blind, await known.waiting(SITE, [1, 2, 3]), await known.stored(SITE, [1, 2, 3])

    blind, waiting, [stored] = asyncio.run(ask(known))
    assert (blind, waiting) == (None, {1, 2})  # nobody knows what is behind them
    assert (stored.no, stored.dated_at) == (1, datetime(2025, 1, 1, tzinfo=UTC))
