"""Log lines that name a page instead of printing it, and that nothing on a page can forge."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from asiatongsin.printable import printable, printable_json


class PrintableRecord(logging.LogRecord):
    """A log record that begins exactly one line, whatever a page, an address or an exception says.

    Its other lines are indented. It is a record and not a formatter: Scrapy replaces its handler and formatter twice
    while a crawl starts, and commands that start no crawl have neither.
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        if self.exc_info and self.exc_info[0]:
            self.exc_text = _indented(logging.Formatter().formatException(self.exc_info))
        if self.stack_info:
            self.stack_info = _indented(self.stack_info)

    def getMessage(self) -> str:
        first, line_end, others = super().getMessage().partition("\n")
        return printable(first) + line_end + _indented(others)


JSON_FORMAT = "%(message)s"
"""LOG_FORMAT where each message is a JSON object, which holds time, level and logger itself."""


class JsonRecord(logging.LogRecord):
    """A log record that is one line and one JSON object.

    Written by hand: libraries for this are formatters, and Scrapy takes none (see PrintableRecord).
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        raised = self.exc_info if self.exc_info and self.exc_info[0] else None
        self.trouble = logging.Formatter().formatException(raised) if raised else None
        self.stack = self.stack_info
        self.exc_info = self.exc_text = self.stack_info = None  # or they would be printed below the object

    def getMessage(self) -> str:
        facts = {
            "time": datetime.fromtimestamp(self.created, UTC).isoformat(timespec="milliseconds"),
            "level": self.levelname,
            "logger": self.name,
            "message": super().getMessage(),
            "site": self._site,
            "url": self._url,
            "exception": self.trouble,
            "stack": self.stack,
        }
        known = {name: value for name, value in facts.items() if value is not None}
        return printable_json(json.dumps(known, ensure_ascii=False))

    of_process: str | None = None
    """The site that this process works on, where it works on one alone."""

    @property
    def _site(self) -> str | None:
        """Scrapy and this project hand the spider over with most messages."""
        return getattr(getattr(getattr(self, "spider", None), "site", None), "key", self.of_process)

    @property
    def _url(self) -> str | None:
        given = self.args if isinstance(self.args, dict) else {}
        address = given.get("url") or getattr(given.get("request"), "url", None)
        return address if isinstance(address, str) else None


class ShortLogFormatter(LogFormatter):
    """Prints the address of an item where Scrapy's own prints all of it, thousands of characters of HTML."""

    def __init__(self, *, is_debug: bool = True) -> None:
        self.is_debug = is_debug
        """Whether anybody sees the lines that each page has: else none are made."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        level = crawler.settings["LOG_LEVEL"]
        number = level if isinstance(level, int) else logging.getLevelNamesMapping().get(level, logging.DEBUG)
        return cls(is_debug=number <= logging.DEBUG)

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult | None:  # type: ignore[override]
        return super().crawled(request, response, spider) if self.is_debug else None

    def scraped(  # type: ignore[override]
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult | None:
        if not self.is_debug:
            return None
        return {"level": logging.DEBUG, "msg": "Read %(url)s", "args": {"url": _address(item)}}

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return {"level": logging.ERROR, "msg": "Error while processing %(url)s", "args": {"url": _address(item)}}

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return {
            "level": logging.WARNING,
            "msg": "Dropped %(url)s: %(exception)s",
            "args": {"url": _address(item), "exception": exception},
        }


def choose_log_record(log_json: object) -> bool:
    """Has all messages written from now on as the setting LOG_JSON says. Returns whether that is JSON."""
    is_json = str(log_json or "").strip().lower() not in {"", "0", "false", "no", "off"}
    logging.setLogRecordFactory(JsonRecord if is_json else PrintableRecord)
    return is_json


def name_site(site: str) -> None:
    """Has the JSON object of each message from now on hold this site, also where no spider comes with it."""
    JsonRecord.of_process = site


def _indented(text: str) -> str:
    return "\n".join(f"    {printable(line)}" if line else "" for line in text.split("\n"))


def _address(item: object) -> str:
    return str(getattr(item, "url", type(item).__name__))
