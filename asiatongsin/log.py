"""Log lines that name a page instead of printing it, and that nothing on a page can forge."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from asiatongsin.printable import printable


class PrintableRecord(logging.LogRecord):
    """Whatever a page, an address or an exception says: one record begins one line, and its other lines are indented.

    A record, not a formatter: Scrapy replaces its handler and formatter twice while a crawl starts, and the commands
    that start no crawl have neither.
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


class ShortLogFormatter(LogFormatter):
    """Scrapy prints the whole item with every message about it; a page is thousands of characters of HTML."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
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


def _indented(text: str) -> str:
    return "\n".join(f"    {printable(line)}" if line else "" for line in text.split("\n"))


def _address(item: object) -> str:
    return str(getattr(item, "url", type(item).__name__))
