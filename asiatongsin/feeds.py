"""What Scrapy's feeds (`-O pages.jsonl`) hold."""

from __future__ import annotations

from typing import Any

from scrapy.extensions.feedexport import ItemFilter

from asiatongsin.items import PageItems


class ArticlePages(ItemFilter):
    """Article pages only: front and list pages travel for their weather strip and would be lines without an article."""

    def accepts(self, item: Any) -> bool:
        return not isinstance(item, PageItems) or item.kind == "article"
