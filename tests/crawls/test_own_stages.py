"""Stages that a user adds: ours stay, and what one of theirs drops is told and not asked for again."""

from __future__ import annotations

from collections.abc import Callable

from psycopg import Connection

from pipelines.reparse.report import Report
from tests.conftest import Scrapy
from tests.faults.failing import BAD
from tests.site import ReplicaSite, serve
from tests.stored import numbers

SITE = ReplicaSite(articles=20, page_bytes=8_000)


def test_what_a_stage_drops_is_told_and_is_stored_out_of_the_archive_when_the_stage_is_gone(
    crawl: Scrapy, connection: Connection, reread: Callable[..., Report]
) -> None:
    with serve(SITE) as replica:
        run = crawl(replica.url, SCRAPY_SETTINGS_MODULE="tests.own_settings")
    assert run.status == 0
    assert "20 article pages, 19 new, 0 changed, 0 unchanged, 1 dropped by a stage that you added" in run.last_line
    assert numbers(connection) == [no for no in SITE.numbers() if no != BAD]
    assert connection.execute("SELECT no, reason FROM rejected_pages").fetchall() == [
        (BAD, "dropped by a stage: not wanted Forged line")
    ]
    assert reread(writes=True).differing == 1
    assert numbers(connection) == list(SITE.numbers())
    assert connection.execute("SELECT no FROM rejected_pages").fetchall() == []


def test_nothing_is_fetched_where_our_stages_were_replaced(scrapy: Scrapy, database_url: str) -> None:
    stages = '{"tests.faults.failing.DroppingStage": 250}'
    run = scrapy("crawl", "asiatongsin", "-s", f"ITEM_PIPELINES={stages}", DATABASE_URL=database_url)
    assert run.status == 2
    assert "ITEM_PIPELINES leaves out pipelines.stages.spool.SpoolPipeline and 5 more" in run.last_line
