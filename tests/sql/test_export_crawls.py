"""The table `crawls`: one row per crawl, its counts of articles out of the batches."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.crawl_record import CrawlRecord, FieldCoverage, Outcome
from pipelines.exporters import crawls
from pipelines.exporters.batch import export_segments
from tests.samples import AT, SITE, export, later, page, record
from tests.stored import rows, value

FINISHED = CrawlRecord(
    id="20251005T005207Z-00ffee",
    site=SITE,
    arguments={"site": "https://newsasia.kr", "pages": "3"},
    job="a1b2",
    started_at=AT,
    finished_at=later(7),
    outcome="drift",
    walked=(22, 0),
    list_pages=5,
    article_pages=90,
    unreadable=30,
    spooled=4,
    gone_after=timedelta(hours=36),
    coverage=(
        FieldCoverage(part="article", field="headline", pages=90, found=60),
        FieldCoverage(part="strip", field="cities", pages=95, found=0),
    ),
    version="9.9",
    statistics={"finish_reason": "finished", "log_count/INFO": 7, "elapsed": 1.5, "말": ["가", None]},
)


def test_stores_every_field_of_the_record(connection: Connection) -> None:
    crawls.write(connection, FINISHED)
    names = [field.name for field in fields(CrawlRecord) if field.name not in {"coverage", "lists", "to_compare"}]
    [row] = rows(connection, f"SELECT {', '.join(names)} FROM crawls")
    expected = {name: getattr(FINISHED, name) for name in names} | {"walked": [22, 0]}
    assert dict(zip(names, row, strict=True)) == expected
    crawls.write(connection, FINISHED)
    query = "SELECT crawl, part, field, pages, found FROM crawl_coverage ORDER BY part"
    assert rows(connection, query) == [
        (FINISHED.id, "article", "headline", 90, 60),
        (FINISHED.id, "strip", "cities", 95, 0),
    ]


def test_a_running_crawl_has_no_end_and_no_outcome(connection: Connection) -> None:
    crawls.write(connection, record())
    assert rows(connection, "SELECT finished_at, outcome, walked, job FROM crawls") == [(None, None, [], None)]


def test_counts_the_articles_of_all_batches_and_the_record_leaves_the_counts(connection: Connection) -> None:
    export(connection, page(1), page(2), page(3), crawl=FINISHED.id)
    export(connection, page(1, later(1)), page(2, later(1), headline="고친 제목"), crawl=FINISHED.id)
    crawls.write(connection, FINISHED)
    query = "SELECT new, changed, unchanged, drained_segment, list_pages, outcome FROM crawls"
    assert rows(connection, query) == [(3, 1, 1, 2, 5, "drift")]


def test_counts_a_segment_once(connection: Connection) -> None:
    for number, expected in ((1, 1), (2, 1), (2, 0), (1, 0)):
        assert export_segments(connection, record(), {number: [page(number)]}, keep=str).pages == expected
    assert rows(connection, "SELECT new, drained_segment FROM crawls") == [(2, 2)]
    assert rows(connection, "SELECT no FROM articles ORDER BY no") == [(1,), (2,)]


def test_keeps_the_end_of_a_crawl_when_its_last_segment_is_stored_later(connection: Connection) -> None:
    crawls.write(connection, FINISHED)
    export_segments(connection, FINISHED, {1: [page()]}, keep=str)
    assert rows(connection, "SELECT finished_at, outcome, new FROM crawls") == [(later(7), "drift", 1)]


def test_knows_every_outcome(connection: Connection) -> None:
    words = [outcome.word for outcome in Outcome]
    for word in words:
        crawls.write(connection, replace(FINISHED, id=word, outcome=word))
    assert rows(connection, "SELECT id, outcome FROM crawls ORDER BY id") == [(word, word) for word in sorted(words)]


@pytest.mark.parametrize(
    ("changes", "decided"),
    [
        ({}, ("lists", "all", True, True)),
        ({"outcome": "spooled"}, ("lists", "all", True, True)),
        ({"outcome": "unreachable"}, ("lists", "all", False, False)),
        ({"outcome": None}, ("lists", "all", False, False)),
        ({"statistics": {"finish_reason": "shutdown"}}, ("lists", "all", True, False)),
        ({"arguments": {"sections": "22,34", "full": "1"}}, ("lists", "sections=22,34 full", True, True)),
        ({"arguments": {"no": "1,2"}}, ("articles", "all", False, False)),
        ({"arguments": {"no": "1", "reparse": ""}}, ("reparse", "all", False, False)),
    ],
)
def test_says_what_kind_of_crawl_it_was_and_what_it_proves(
    connection: Connection, changes: dict[str, Any], decided: tuple[str, str, bool, bool]
) -> None:
    ended = replace(FINISHED, id="ended", **changes)
    for one in (replace(ended, outcome=None, finished_at=None), ended):
        crawls.write(connection, one)
    query = "SELECT kind, scope, is_comparable, proves_lists FROM crawls WHERE id = 'ended'"
    assert rows(connection, query) == [decided]


def test_a_clock_that_was_set_back_ends_no_crawl_before_it_began(connection: Connection) -> None:
    crawls.write(connection, replace(FINISHED, finished_at=later(-60)))
    assert rows(connection, "SELECT finished_at = started_at FROM crawls") == [(True,)]


def test_ends_the_rows_of_dead_crawls_of_one_site(connection: Connection) -> None:
    reparse = record("reparse", arguments={"reparse": ""})  # holds no lock, so it may be running
    elsewhere = replace(record("elsewhere"), site="example.kr")
    for crawl in (record("dead"), reparse, elsewhere, replace(FINISHED, id="finished")):
        crawls.write(connection, crawl)
    crawls.close_dead(connection, SITE)
    query = "SELECT id, outcome, finished_at >= started_at FROM crawls ORDER BY id"
    assert rows(connection, query) == [
        ("dead", "error", True),
        ("elsewhere", None, None),
        ("finished", "drift", True),
        ("reparse", None, None),
    ]


def test_refuses_what_cannot_be(connection: Connection) -> None:
    for change in ({"outcome": "fine"}, {"unreadable": -1}, {"site": ""}):
        with pytest.raises(psycopg.errors.CheckViolation):
            crawls.write(connection, replace(FINISHED, **change))


def test_stores_statistics_and_a_job_with_what_postgresql_cannot_hold(connection: Connection) -> None:
    crawls.write(connection, record(job="a\0\ud800", statistics={"b\0": ["\0c\ud800"]}))
    assert rows(connection, "SELECT job, statistics FROM crawls") == [("a?", {"b": ["c?"]})]


def test_keeps_a_few_statistics_of_a_crawl_without_news_and_all_of_others(connection: Connection) -> None:
    few = {"finish_reason": "finished", "downloader/request_count": 12}
    quiet = replace(FINISHED, outcome="ok", statistics=FINISHED.statistics | few)

    def kept(identity: str, *pages: PageItems, outcome: str = "ok") -> Any:
        crawl = replace(quiet, id=identity, outcome=outcome)
        crawls.write(connection, replace(crawl, outcome=None, finished_at=None, statistics={}))
        export(connection, *pages, crawl=identity)
        for _ in range(2):  # the connection broke, and nobody knows whether it was stored
            crawls.write(connection, crawl)
        return value(connection, "SELECT statistics FROM crawls WHERE id = %s", identity)

    assert kept("news", page(1)) == quiet.statistics
    assert kept("nothing new", page(1, later(1))) == few
    assert kept("an edit", page(1, later(2), headline="고친 제목")) == quiet.statistics
    assert kept("drift", page(1, later(3), headline="고친 제목"), outcome="drift") == quiet.statistics
