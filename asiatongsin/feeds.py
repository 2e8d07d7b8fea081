"""What Scrapy's feeds (`-O pages.jsonl`) hold."""

from __future__ import annotations

from typing import Any

from scrapy.extensions.feedexport import ItemFilter

from asiatongsin.items import PageItems


class ArticlePages(ItemFilter):
    """Lets article pages pass only. Front and list pages hold no article; they travel for their weather strip."""

    def accepts(self, item: Any) -> bool:
        return not isinstance(item, PageItems) or item.kind == "article"
