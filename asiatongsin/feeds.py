"""What Scrapy's feeds (`-O pages.jsonl`) hold: article pages that this crawl fetched, in CSV one article a line."""

from __future__ import annotations

import codecs
from datetime import datetime
from io import BytesIO
from typing import Any

from scrapy.exporters import CsvItemExporter
from scrapy.extensions.feedexport import ItemFilter

from asiatongsin.items import Article, PageItems
from asiatongsin.korean import KST
from asiatongsin.spreadsheets import disarmed


class ArticlePages(ItemFilter):
    """Lets article pages pass only. Front and list pages hold no article; they travel for their weather strip."""

    def accepts(self, item: Any) -> bool:
        return not isinstance(item, PageItems) or item.kind == "article"


class Articles(ItemFilter):
    """Lets pages pass only on which an article was read."""

    def accepts(self, item: Any) -> bool:
        return not isinstance(item, PageItems) or item.article is not None


class CsvArticles(CsvItemExporter):
    """One article a line, as Excel opens it. A file that is added to has its head already."""

    def __init__(self, file: BytesIO, **given: Any) -> None:
        is_empty = not (file.seekable() and file.tell())
        if is_empty and (given.get("encoding") or "utf-8").lower() in {"utf-8", "utf8"}:
            file.write(codecs.BOM_UTF8)
        super().__init__(file, include_headers_line=is_empty, **given)

    def export_item(self, item: Any) -> None:
        super().export_item(flat(item.article) if isinstance(item, PageItems) and item.article else item)


def flat(article: Article) -> dict[str, str | int | None]:
    """The article in cells: paragraphs with a blank line between, addresses with a blank, times Korean."""
    cells: dict[str, str | int | None] = {
        "site": article.site,
        "no": article.no,
        "url": article.url,
        "section": article.section,
        "headline": article.headline,
        "subheadline": article.subheadline,
        "reporter": article.reporter,
        "reporter_email": article.reporter_email,
        "published_at": _time(article.published_at),
        "modified_at": _time(article.modified_at),
        "body": "\n\n".join(article.body) or None,
        "images": " ".join(image.url for image in article.images) or None,
        "attachments": " ".join(link.url for link in article.links if link.kind == "attachment") or None,
        "language": article.language,
        "content_hash": article.content_hash,
        "fetched_at": _time(article.fetched_at),
    }
    return {name: disarmed(value) if isinstance(value, str) else value for name, value in cells.items()}


def _time(at: datetime | None) -> str | None:
    return at.astimezone(KST).isoformat(timespec="seconds") if at else None
