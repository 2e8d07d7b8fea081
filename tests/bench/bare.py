"""`python -m tests.bench.bare FILE`: a Scrapy spider that does nothing but download the addresses in a file."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response


class BareSpider(scrapy.Spider):
    """One dict for each page."""

    name = "bare"

    def __init__(self, addresses: list[str]) -> None:
        super().__init__()
        self.addresses = addresses

    async def start(self) -> AsyncIterator[Any]:
        for address in self.addresses:
            yield scrapy.Request(address, dont_filter=True)

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        yield {"url": response.url, "status": response.status, "bytes": len(response.body)}


def main() -> None:
    """Prints how many dicts came."""
    addresses, settings = json.loads(Path(sys.argv[1]).read_text())
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(BareSpider)
    process.crawl(crawler, addresses=addresses)
    process.start()
    print(crawler.stats.get_value("item_scraped_count", 0))


if __name__ == "__main__":
    main()
