"""The figures of a crawl for Prometheus: what is in the file, whether promtool takes it, and who may read it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from scrapy.settings import Settings

from pipelines.crawl_record import Outcome
from pipelines.monitoring.metrics import Figures, exposition, metrics_file, trouble, write
from pipelines.verdict.tally import Tally
from tests.conftest import ROOT
from tests.exposition import samples
from tests.samples import AT, later

PROMTOOL = shutil.which("promtool", path=f"{os.environ.get('PATH', '')}:{ROOT}/.promtool/usr/bin")
STATS = {
    "front/pages": 1,
    "list/pages": 7,
    "article/pages": 20,
    "export/new": 12,
    "export/changed": 3,
    "export/unchanged": 2,
    "split/removed": 1,
    "split/unreadable/article": 2,
}


def figures(**changes: Any) -> Figures:
    usual = Figures(
        site="newsasia.kr",
        outcome=Outcome.OK,
        started_at=AT,
        ended_at=later(1.5),
        good_at=later(1.5),
        waiting=4,
        tally=Tally.of(STATS),
    )
    return replace(usual, **changes)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    yield
    os.umask(before)


def test_tells_what_a_crawl_came_to() -> None:
    assert samples(exposition(figures(outcome=Outcome.DRIFT, good_at=AT))) == {
        ("crawl_duration_seconds",): 90.0,
        ("crawl_outcome", "ok"): 0.0,
        ("crawl_outcome", "error"): 0.0,
        ("crawl_outcome", "spooled"): 0.0,
        ("crawl_outcome", "unreachable"): 0.0,
        ("crawl_outcome", "drift"): 1.0,
        ("crawl_pages", "front"): 1.0,
        ("crawl_pages", "list"): 7.0,
        ("crawl_pages", "article"): 20.0,
        ("crawl_articles", "new"): 12.0,
        ("crawl_articles", "changed"): 3.0,
        ("crawl_articles", "unchanged"): 2.0,
        ("crawl_articles", "removed"): 1.0,
        ("crawl_articles", "rejected"): 2.0,
        ("spool_pages",): 4.0,
        ("last_crawl_timestamp_seconds",): later(1.5).timestamp(),
        ("last_good_crawl_timestamp_seconds",): AT.timestamp(),
    }


def test_names_no_last_good_crawl_where_there_was_none() -> None:
    assert ("last_good_crawl_timestamp_seconds",) not in samples(exposition(figures(good_at=None)))


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: prometheus; or make promtool)")
@pytest.mark.parametrize("site", ["newsasia.kr", "127.0.0.1:8765", 'a"b\\c\nd', "온누리.kr"])
@pytest.mark.parametrize("good_at", [AT, None])
def test_promtool_takes_it(site: str, good_at: datetime | None) -> None:
    text = exposition(figures(site=site, good_at=good_at))
    command = [str(PROMTOOL), "check", "metrics"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_escapes_the_site() -> None:
    [family, *_] = text_string_to_metric_families(exposition(figures(site='a"b\\c\nd')))
    assert family.samples[0].labels == {"site": 'a"b\\c\nd'}


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_everybody_may_read_it_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    with umask(mask):
        write(tmp_path / "asiatongsin.prom", figures())
    assert stat.S_IMODE((tmp_path / "asiatongsin.prom").stat().st_mode) == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["asiatongsin.prom"]


def test_each_site_has_its_own_file_in_a_folder(tmp_path: Path) -> None:
    settings = Settings({"METRICS_FILE": str(tmp_path)})
    assert trouble(settings) == ""
    assert metrics_file(settings, "127.0.0.1:80") == tmp_path / "asiatongsin-127.0.0.1_80.prom"
    assert metrics_file(Settings({"METRICS_FILE": str(tmp_path / "a.prom")}), "newsasia.kr") == tmp_path / "a.prom"
    gone = Settings({"METRICS_FILE": str(tmp_path / "node")})  # no file that nobody reads takes its place
    assert metrics_file(gone, "newsasia.kr") == tmp_path / "node" / "asiatongsin-newsasia.kr.prom"
    assert metrics_file(Settings({"METRICS_FILE": ""}), "newsasia.kr") is None


@pytest.mark.parametrize("name", ["no/a.prom", "no"])
def test_says_that_a_folder_is_not_there(tmp_path: Path, name: str) -> None:
    assert "there is no folder" in trouble(Settings({"METRICS_FILE": str(tmp_path / name)}))
