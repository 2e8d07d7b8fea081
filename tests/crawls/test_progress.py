"""Progress on a terminal, log lines elsewhere."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests import warm_start
from tests.conftest import ROOT, Scrapy
from tests.site import ReplicaSite, serve


def run_on_terminal(command: list[str], environment: dict[str, str]) -> str:
    """What a person would see: standard error is a pseudo terminal."""
    ours, theirs = pty.openpty()
    with warm_start.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        try:
            while part := os.read(ours, 4096):
                seen += part
        except OSError:  # the other side is closed
            pass
        process.wait(timeout=600)
    os.close(ours)
    return seen.decode()


def test_shows_one_line_on_a_terminal(data: Path) -> None:
    environment = os.environ | {"ASIATONGSIN_DATA": str(data), "DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    with serve(ReplicaSite(articles=30)) as replica:
        crawl = [*warm_start.COMMAND, "crawl", "asiatongsin", "-a", f"site={replica.url}"]
        seen = run_on_terminal(crawl, environment)
        logged = run_on_terminal([*crawl, "-L", "INFO"], environment)
    assert " list pages · " in seen
    assert " pages/s" in seen
    assert "INFO" not in seen
    assert "30 article pages" in seen.rstrip().splitlines()[-1]
    assert " list pages · " not in logged
    assert "Spider opened" in logged


@pytest.mark.usefixtures("starts_commands")
def test_shows_it_as_well_where_missing_numbers_are_tried(database_url: str, data: Path) -> None:
    environment = os.environ | {"ASIATONGSIN_DATA": str(data), "DATABASE_URL": database_url}
    with serve(ReplicaSite(articles=30)) as replica:
        gaps = [*warm_start.COMMAND, "gaps", "--site", replica.url, "--from", "100001", "--to", "100030"]
        seen = run_on_terminal([*gaps, "--fetch"], environment)
    assert " list pages · " in seen
    assert " pages/s" in seen
    assert "INFO" not in seen
    assert "30 article pages" in seen.rstrip().splitlines()[-1]


def test_writes_plain_log_lines_elsewhere(scrapy: Scrapy) -> None:
    run = scrapy("crawl", "asiatongsin", "-a", "site=http://127.0.0.1:1", DATABASE_URL="postgresql://127.0.0.1:1/none")
    assert "[scrapy.core.engine] INFO: Spider opened" in run.log
    assert "\r" not in run.log
    assert "\x1b" not in run.log
