"""A CSV feed has one article a line, in cells that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from asiatongsin.feeds import ArticlePages, Articles, CsvArticles
from asiatongsin.items import PageItems
from tests.samples import SITE, page, removed


def write(path: Path, *pages: PageItems) -> None:
    """As Scrapy adds to a file, in one crawl."""
    with path.open("ab") as file:
        exporter = CsvArticles(file, encoding="utf-8", fields_to_export=None, indent=None)  # type: ignore[arg-type]
        exporter.start_exporting()
        for one in pages:
            exporter.export_item(one)
        exporter.finish_exporting()


def read(path: Path) -> list[dict[str, Any]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\xef\xbb\xbf") == content.count(b",headline,") == 1
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_one_article_a_line_without_anything_of_python(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", page(1, headline="=1+1"), page(2, images=(), links=(), published_at=None))
    one, other = read(tmp_path / "a.csv")
    assert one == {
        "site": SITE,
        "no": "1",
        "url": f"https://{SITE}/news/article.html?no=1",
        "section": "사회",
        "headline": "'=1+1",
        "subheadline": "첫째 줄\n둘째 줄",
        "reporter": "최지나",
        "reporter_email": "desk2@example.kr",
        "published_at": "2025-10-04T18:20:33+09:00",
        "modified_at": "2025-10-05T09:01:02+09:00",
        "body": "첫 문단입니다.\n\n둘째 문단 — “인용”.",
        "images": f"https://{SITE}/data/photos/1.jpg https://{SITE}/data/photos/2.jpg",
        "attachments": f"https://{SITE}/data/files/1.hwp",
        "language": "ko",
        "content_hash": one["content_hash"],
        "fetched_at": "2025-10-05T09:52:07+09:00",
    }
    assert (other["images"], other["attachments"], other["published_at"]) == ("", "", "")


def test_what_is_added_to_has_one_head(tmp_path: Path) -> None:
    for no in (1, 2):
        write(tmp_path / "a.csv", page(no))
    assert [row["no"] for row in read(tmp_path / "a.csv")] == ["1", "2"]


def test_only_pages_with_an_article_are_lines() -> None:
    assert [Articles(None).accepts(one) for one in (page(), removed(), "of another spider")] == [True, False, True]
    assert [ArticlePages(None).accepts(one) for one in (page(), removed())] == [True, True]
