"""Log lines for programs: each record is one line, and each line one JSON object."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.http import Request
from scrapy.settings import Settings
from scrapy.utils.log import _get_handler

from asiatongsin.log import JSON_FORMAT, JsonRecord, choose_log_record
from asiatongsin.settings import ITEM_PIPELINES
from tests.conftest import Scrapy
from tests.site import Fault, ReplicaSite, serve

FORGED = '\x1b[2J\x9b\x7f\u2028\u202e"\n{"level": "INFO", "message": "all is well"}\n제목 — “인용” 100%'


class Log:
    """A logger with the handler that Scrapy makes for a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.logger = logging.Logger("news.pages")
        self.logger.addHandler(_get_handler(Settings({"LOG_FILE": str(file), "LOG_FORMAT": JSON_FORMAT})))

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().split("\n")[:-1]]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(JsonRecord)
    log = Log(tmp_path / "log")
    yield log
    logging.setLogRecordFactory(before)
    log.logger.handlers[0].close()


def test_says_when_how_grave_who_and_what(log: Log) -> None:
    begin = datetime.now(UTC)
    log.logger.warning("Stored %d pages of %s 100%%", 3, "온누리신문")
    [told] = log.objects
    assert begin - timedelta(seconds=1) <= datetime.fromisoformat(told.pop("time")) <= datetime.now(UTC)
    assert told == {"level": "WARNING", "logger": "news.pages", "message": "Stored 3 pages of 온누리신문 100%"}
    assert "온누리신문" in log.file.read_text()


def test_a_message_of_several_lines_is_one_object_without_controls(log: Log) -> None:
    log.logger.info("Dropped %s", FORGED)
    assert [told["message"] for told in log.objects] == [f"Dropped {FORGED}"]
    assert [one for one in log.file.read_text() if one in "\x1b\x9b\x7f\u2028\u202e"] == []


def test_an_exception_is_text_within_the_object(log: Log) -> None:
    def fail() -> None:
        raise ValueError(FORGED)

    try:
        fail()
    except ValueError:
        log.logger.exception("A fault", stack_info=True)
    [told] = log.objects
    assert told["exception"].startswith("Traceback (most recent call last):")
    assert told["exception"].endswith(f"ValueError: {FORGED}")
    assert told["stack"].startswith("Stack (most recent call last):")


def test_names_site_and_page_where_they_are_known(log: Log) -> None:
    spider = SimpleNamespace(site=SimpleNamespace(key="newsasia.kr"))
    log.logger.info("Read %(url)s", {"url": "https://newsasia.kr/1"}, extra={"spider": spider})
    log.logger.info("Crawled %(request)s", {"request": Request("https://newsasia.kr/2")})
    log.logger.info("Stored %(url)s", {"url": 3}, extra={"spider": SimpleNamespace()})
    first, second, third = log.objects
    assert (first["site"], first["url"], second["url"]) == (
        "newsasia.kr",
        "https://newsasia.kr/1",
        "https://newsasia.kr/2",
    )
    assert {"site", "url"} & (third.keys() | second.keys()) == {"url"}
    assert "url" not in third


@pytest.mark.parametrize(
    ("given", "is_json"),
    [
        ("1", True),
        (True, True),
        ("true", True),
        ("on", True),
        ("", False),
        ("0", False),
        ("False", False),
        (None, False),
    ],
)
def test_a_setting_chooses_it(log: Log, given: object, is_json: bool) -> None:
    assert choose_log_record(given) == is_json
    assert (logging.getLogRecordFactory() is JsonRecord) == is_json


@pytest.mark.parametrize("how", ["by option", "by environment"])
@pytest.mark.parametrize("where", ["standard error", "a file"])
def test_every_line_of_a_crawl_is_an_object_but_for_the_verdict(
    crawl: Scrapy, tmp_path: Path, how: str, where: str
) -> None:
    file = tmp_path / "log"
    chosen = ["-s", "LOG_JSON=1"] if how == "by option" else []
    chosen += ["--logfile", str(file)] if where == "a file" else []
    environment = {} if how == "by option" else {"ASIATONGSIN_LOG_JSON": "1"}
    stages = json.dumps({"tests.faults.failing.QuotingStage": 1} | ITEM_PIPELINES)
    with serve(ReplicaSite(articles=12)) as replica:
        replica.faults.append(Fault(kind="raw redirect", where="no=100003$", location="/\x1b%0d%0a", times=1))
        replica.faults.append(Fault(kind="hostile", where=r"^/(news|\?)"))
        run = crawl(replica.url, "-L", "DEBUG", "-s", f"ITEM_PIPELINES={stages}", *chosen, **environment)
    *lines, verdict = run.log.rstrip("\n").split("\n")
    assert verdict.startswith("asiatongsin: 127.0.0.1:")
    if where == "a file":
        assert lines == []
        lines = file.read_text().rstrip("\n").split("\n")
    told = [json.loads(line) for line in lines]
    assert len(told) > 20
    assert {(one["level"], type(one["message"])) for one in told} >= {("INFO", str), ("DEBUG", str)}
    assert {one.get("site") for one in told} == {None, f"127.0.0.1:{replica.port}"}
    assert [one for one in told if "article.html" in one.get("url", "")]
    [raised] = [one["exception"] for one in told if "exception" in one]
    assert "ValueError" in raised
