"""A log that nothing on a page can forge: one record, one line, and what belongs to it is indented."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy import Spider
from scrapy.http import Request, Response
from scrapy.settings import Settings
from scrapy.utils.log import _get_handler
from scrapy.utils.test import get_crawler

from asiatongsin import settings
from asiatongsin.log import JsonRecord, PrintableRecord, ShortLogFormatter, name_site
from tests.samples import page

FORGED = "2026-01-01 00:00:00 [root] INFO: all is well"
STAMP = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[news\] "


class Log:
    """A logger with the handler that Scrapy makes for a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.logger = logging.Logger("news")
        self.logger.addHandler(_get_handler(Settings({"LOG_FILE": str(file)})))

    @property
    def lines(self) -> list[str]:
        return [re.sub(STAMP, "", line) for line in self.file.read_text().split("\n")[:-1]]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(PrintableRecord)
    log = Log(tmp_path / "log")
    yield log
    logging.setLogRecordFactory(before)
    log.logger.handlers[0].close()


def test_leaves_a_usual_line_as_it_is(log: Log) -> None:
    log.logger.info("Stored %d pages of %s — “%s” 100%%", 3, "온누리신문", "제목")
    log.logger.warning("100% of {} %s")
    assert log.lines == ["INFO: Stored 3 pages of 온누리신문 — “제목” 100%", "WARNING: 100% of {} %s"]


def test_writes_out_controls_of_message_and_arguments(log: Log) -> None:
    log.logger.info("Cannot read \x9b%s", "\x1b[2J\r\u2028x")
    assert log.lines == [r"INFO: Cannot read \x9b\x1b[2J\r\u2028x"]


def test_no_message_begins_a_line_of_its_own(log: Log) -> None:
    log.logger.info("Dropped %s", f"a\n{FORGED}\n\n{FORGED}")
    assert log.lines == ["INFO: Dropped a", f"    {FORGED}", "", f"    {FORGED}"]


def test_no_traceback_begins_a_line_of_its_own(log: Log) -> None:
    def fail() -> None:
        raise ValueError(f"\x1b[2J\n{FORGED}")

    try:
        fail()
    except ValueError:
        log.logger.exception("A fault", stack_info=True)
    first, *others = log.lines
    assert first == "ERROR: A fault"
    assert others[0] == "    Traceback (most recent call last):"
    assert r"    ValueError: \x1b[2J" in others
    assert f"    {FORGED}" in others
    assert "    Stack (most recent call last):" in others
    assert [line for line in others if line and not line.startswith("    ")] == []


def test_the_settings_bring_it_to_every_start() -> None:
    assert str(settings.LOG_JSON) == "False"
    assert logging.getLogRecordFactory() is PrintableRecord


def test_names_the_site_of_a_process_that_works_on_one_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JsonRecord, "of_process", None)
    record = JsonRecord("news", logging.INFO, "", 1, "Stored 3 pages", (), None)
    assert "site" not in json.loads(record.getMessage())
    name_site("paper.kr")
    assert json.loads(record.getMessage())["site"] == "paper.kr"


@pytest.mark.parametrize(("level", "is_debug"), [("DEBUG", True), (10, True), ("INFO", False), (30, False)])
def test_makes_a_line_for_each_page_only_where_somebody_sees_it(level: str | int, is_debug: bool) -> None:
    formatter = ShortLogFormatter.from_crawler(get_crawler(settings_dict={"LOG_LEVEL": level}))
    request, spider = Request("http://127.0.0.1/"), Spider(name="one")
    lines = [
        formatter.crawled(request, Response(request.url), spider),
        formatter.scraped(page(), Response(request.url), spider),
    ]
    assert [line is not None for line in lines] == [is_debug] * 2
