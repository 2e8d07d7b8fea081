"""An exception in a stage or in the spider: status 1, a row that says so, and the pages are there all the same."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from psycopg import Connection

from asiatongsin.settings import ITEM_PIPELINES
from tests.conftest import Scrapy
from tests.faults.failing import BAD
from tests.site import ReplicaSite, serve
from tests.stored import numbers, outcomes

SITE = ReplicaSite(articles=20, page_bytes=8_000)
OTHERS = [no for no in SITE.numbers() if no != BAD]

WEATHER = ITEM_PIPELINES["pipelines.stages.weather.WeatherPipeline"]
SPOOL = ITEM_PIPELINES["pipelines.stages.spool.SpoolPipeline"]


@pytest.mark.parametrize("place", [1, WEATHER + 1])
def test_a_page_on_which_a_stage_fails_is_kept_and_the_others_are_stored(
    crawl: Scrapy, connection: Connection, data: Path, place: int
) -> None:
    stages = json.dumps({"tests.faults.failing.FailingStage": place} | ITEM_PIPELINES)
    with serve(SITE) as replica:
        run = crawl(replica.url, "-s", f"ITEM_PIPELINES={stages}")
        assert run.status == 1
        assert "a fault of the program itself (pipeline: 1)" in run.last_line
        assert "a fault in the stage" in run.log  # the traceback
        assert numbers(connection) == OTHERS
        rejected = connection.execute("SELECT no, reason, raw_path FROM rejected_pages").fetchall()
        assert [row[:2] for row in rejected] == [
            (BAD, "a fault of the program: KeyError: 'a fault in the stage\\nForged line'")
        ]
        assert SITE.article(BAD).headline.encode() in gzip.decompress((data / rejected[0][2]).read_bytes())
        assert outcomes(connection) == ["error"]


def test_a_stage_that_fails_behind_the_spool_costs_nothing(crawl: Scrapy, connection: Connection) -> None:
    stages = json.dumps({"tests.faults.failing.FailingStage": SPOOL + 1} | ITEM_PIPELINES)
    with serve(SITE) as replica:
        assert crawl(replica.url, "-s", f"ITEM_PIPELINES={stages}").status == 1
    assert numbers(connection) == list(SITE.numbers())


def test_a_page_that_cannot_be_kept_raw_is_noted_all_the_same(
    crawl: Scrapy, connection: Connection, data: Path
) -> None:
    site = ReplicaSite(articles=20, page_bytes=8_000)
    site.break_page(BAD)
    data.mkdir()
    (data / "rejected").write_text("in the way")
    with serve(site) as replica:
        run = crawl(replica.url)
    assert run.status == 1
    assert numbers(connection) == OTHERS
    rejected = connection.execute("SELECT no, raw_path FROM rejected_pages").fetchall()
    assert rejected == [(BAD, None)]


def test_a_list_on_which_the_spider_fails_is_not_trusted(crawl: Scrapy, connection: Connection) -> None:
    with serve(SITE) as replica:
        run = crawl(replica.url, "-s", "KNOWN_ARTICLES=tests.faults.failing.FailingLists")
        assert run.status == 1
        assert "a fault of the program itself (spider: 5)" in run.last_line
        assert connection.execute("SELECT outcome, walked FROM crawls").fetchall() == [("error", [])]
        assert crawl(replica.url).status == 0
    assert numbers(connection) == list(SITE.numbers())
    assert outcomes(connection) == ["error", "ok"]


def test_a_spider_that_fails_at_its_start_does_not_end_green(crawl: Scrapy, connection: Connection) -> None:
    with serve(SITE) as replica:
        run = crawl(replica.url, "-s", "KNOWN_ARTICLES=tests.faults.failing.FailingStart")
    assert run.status == 1
    assert "a fault of the program itself" in run.last_line
    assert outcomes(connection) == ["error"]
