"""Whole items and crawls, of which a test changes what it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from psycopg import Connection

from asiatongsin.article_parts import ArticleImage, ArticleLink, LinkKind
from asiatongsin.capture import Archived, Check
from asiatongsin.items import (
    Article,
    PageItems,
    Rejection,
    RelatedStory,
    WeatherReading,
    WeatherSnapshot,
)
from asiatongsin.korean import KST
from pipelines.crawl_record import CrawlRecord
from pipelines.exporters.batch import Exported, export_segments
from pipelines.spool.folder import Spool, read_segment
from pipelines.stages.weather import identify
from tests.stored import value

T = TypeVar("T")

SITE = "newsasia.kr"
NO = 142_893
AT = datetime(2025, 10, 5, 0, 52, 7, 123456, tzinfo=UTC)
UNREACHABLE = "postgresql://nobody:geheim@127.0.0.1:1/none"

READINGS = (
    WeatherReading(city="동두천", condition="맑음", icon="iw01", temperature_c=-2.5),
    WeatherReading(city="진도(첨찰산)", condition=None, icon="iw00", temperature_c=None),
    WeatherReading(city="서울", condition="구름조금", icon="iw02", temperature_c=21.3),
)


def present(value: T | None) -> T:
    """A value that is there; ValueError where it is None."""
    if value is None:
        raise ValueError("it is None")
    return value


def later(minutes: float) -> datetime:
    """So many minutes after AT."""
    return AT + timedelta(minutes=minutes)


def article(no: int = NO, at: datetime = AT, **changes: Any) -> Article:
    """An article that has everything."""
    given: dict[str, Any] = {
        "site": SITE,
        "no": no,
        "url": f"https://{SITE}/news/article.html?no={no}",
        "section": "사회",
        "headline": f"기사 {no}의 제목",
        "subheadline": "첫째 줄\n둘째 줄",
        "reporter": "최지나",
        "reporter_email": "desk2@example.kr",
        "published_at": datetime(2025, 10, 4, 18, 20, 33, tzinfo=KST),
        "modified_at": datetime(2025, 10, 5, 9, 1, 2, tzinfo=KST),
        "body": ("첫 문단입니다.", "둘째 문단 — “인용”."),
        "images": (image(1), image(2, None)),
        "links": (link(1), link(2, "embed", None)),
        "language": "ko",
        "fetched_at": at,
    } | changes
    text = repr([given["headline"], given["subheadline"], given["body"]])
    return Article(**{"content_hash": hashlib.sha256(text.encode()).hexdigest()} | given)


def image(number: int, caption: str | None = "설명") -> ArticleImage:
    return ArticleImage(url=f"https://{SITE}/data/photos/{number}.jpg", caption=caption)


def link(number: int, kind: LinkKind = "attachment", text: str | None = "붙임.hwp") -> ArticleLink:
    return ArticleLink(kind=kind, url=f"https://{SITE}/data/files/{number}.hwp", text=text)


def story(position: int, block: str = "관련기사", **changes: Any) -> RelatedStory:
    title = f"이야기 {position}"
    usual = RelatedStory(block=block, position=position, related_no=1000 + position, title=title, lead="앞부분…")
    return replace(usual, **changes)


def strip(at: datetime = AT, seoul: float = 21.3, site: str = SITE) -> WeatherSnapshot:
    """A weather strip of three cities; another temperature of Seoul makes it another strip."""
    readings = (*READINGS[:-1], replace(READINGS[-1], temperature_c=float(seoul)))
    return identify(WeatherSnapshot(site=site, page_date="2025.10.05 (일)", fetched_at=at, readings=readings))


def page(
    no: int = NO, at: datetime = AT, *, stories: Sequence[RelatedStory] = (), seoul: float | None = None, **text: Any
) -> PageItems:
    """An article page; `text` are fields of its article, `seoul` gives it a weather strip."""
    return PageItems(
        site=text.get("site", SITE),
        url=f"https://{SITE}/news/article.html?no={no}",
        kind="article",
        no=no,
        fetched_at=at,
        article=article(no, at, **text),
        weather=None if seoul is None else strip(at, seoul),
        related_stories=tuple(stories),
    )


def archived(offset: int = 405, file: str = "archive/newsasia.kr/2025-10/a-00001.warc.gz") -> Archived:
    return Archived(file=file, offset=offset, length=8000, digest="sha1:6FTAJXBLYUC4MUNFCBZHGFA5DURN5C47")


def check(at: datetime = AT, due: datetime | None = None, **changes: Any) -> Check:
    """A visit of an article that is as old as it says."""
    return replace(Check(checked_at=at, next_check_at=due, dated_at=AT), **changes)


def removed(no: int = NO, at: datetime = AT, form: str = "404") -> PageItems:
    return replace(page(no, at), article=None, removed=form, is_listed=True)


def rejected(no: int | None = NO, at: datetime = AT, **rejection: Any) -> PageItems:
    return replace(page(NO, at), no=no, article=None, rejected=replace(Rejection(reason="no headline"), **rejection))


def whole_page() -> PageItems:
    """A page of which every field is set, also those that exclude each other."""
    rejection = Rejection(
        reason="이유", missing=("headline", "body"), raw_path="rejected/newsasia.kr/a.html.gz", is_transient=True
    )
    stories = (story(1, image_url="https://newsasia.kr/a.jpg"), story(2, block="hdl_003"))
    visited = check(
        due=later(60),
        is_unchanged=True,
        etag='"1-whole"',
        last_modified="Sun, 05 Oct 2025 00:52:07 GMT",
        listed_as="0f" * 8,
    )
    items = replace(page(stories=stories, seoul=21.3), archived=archived(), removed="alert", rejected=rejection)
    items = replace(items, check=visited, fallbacks=("headline",))
    return replace(items, is_reread=True, unmodified=True, is_listed=True)


def record(identity: str = "20251005T005207Z-000001", **changes: Any) -> CrawlRecord:
    return replace(CrawlRecord(id=identity, site=SITE, started_at=AT), **changes)


def export(
    connection: Connection,
    *pages: PageItems,
    crawl: str = "20251005T005207Z-000001",
    keep: Callable[[PageItems], str] = lambda page: f"refused/{page.no}.json",
) -> Exported:
    """Stores the pages as the next segment of a crawl."""
    query = "SELECT coalesce(max(drained_segment), 0) + 1 FROM crawls WHERE id = %s"
    segment = value(connection, query, crawl)
    return export_segments(connection, record(crawl), {segment: pages}, keep)


def leave(data: Path, *pages: PageItems, crawl: CrawlRecord | None = None) -> Path:
    """The folder of a crawl that is over; two pages to a segment."""
    spool = Spool.create(data / "spool", crawl or record(), segment_pages=2)
    for items in pages:
        spool.append(items)
    spool.release()
    return spool.folder


def kept(data: Path) -> list[PageItems]:
    """Pages in `refused/`, which a person can store later."""
    return [items for path in sorted((data / "refused").glob("*")) for items in read_segment(path)[0]]


def ago(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)
