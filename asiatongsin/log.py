"""Log lines that name a page instead of printing it."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


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


def _address(item: object) -> str:
    return str(getattr(item, "url", type(item).__name__))
