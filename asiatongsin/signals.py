"""Signals of this project, beside Scrapy's own."""

from __future__ import annotations

from scrapy import Spider

crawl_started = object()
"""Sent once, with `spider`, before the first request of a crawl that stores what it finds.

`asiatongsin shell`, `check`, `parse` and `fetch` open a spider as well, but start no crawl: whatever locks, opens the
spool or writes to the database waits for this signal. A handler that raises CloseSpider ends the crawl at once.
"""


async def send_crawl_started(spider: Spider) -> None:
    """Sends the signal, and raises what one of its receivers raises: CloseSpider where the crawl must not begin."""
    results = await spider.crawler.signals.send_catch_log_async(crawl_started, spider=spider, dont_log=(Exception,))
    for _, result in results:
        if isinstance(result, BaseException):
            raise result
