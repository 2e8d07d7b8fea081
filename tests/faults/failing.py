"""Parts that a user may have plugged in through the settings, and that fail."""

from __future__ import annotations

from typing import Any

from scrapy.exceptions import DropItem

from pipelines.crawl.known_articles import KnownArticles
from tests.site.hostile import REVERSED

BAD = 100_007


class FailingStage:
    """An item pipeline that cannot cope with one article."""

    def process_item(self, item: Any) -> Any:
        if item.no == BAD:
            raise KeyError("a fault in the stage\nForged line")
        return item


class DroppingStage:
    """An item pipeline that does not want one article."""

    def process_item(self, item: Any) -> Any:
        if item.no == BAD:
            raise DropItem("not wanted\nForged line")
        return item


class DroppingLate:
    """An item pipeline behind the spool that hands nothing on."""

    def process_item(self, item: Any) -> Any:
        raise DropItem("kept elsewhere")


class QuotingStage:
    """An item pipeline that fails with an error in which the attack of a page is quoted."""

    def process_item(self, item: Any) -> Any:
        if item.no == BAD:
            text = item.body.decode()
            raise ValueError(text[text.index(REVERSED) :][:500])
        return item


class FailingLists(KnownArticles):
    """Fails while the spider reads a list page."""

    async def need_no_download(self, site: str, numbers: Any) -> set[int] | None:
        raise ZeroDivisionError("a fault in the spider")


class FailingStart(KnownArticles):
    """Fails while the spider makes its first requests."""

    async def to_retry(self, site: str) -> list[int]:
        raise ZeroDivisionError("a fault at the start")
