"""Rows of every kind that a page may meet, some of them strange: what is shown must stand all of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from psycopg import Connection

from asiatongsin.capture import Archived
from asiatongsin.items import PageItems
from pipelines.crawl_record import CrawlRecord, FieldCoverage
from pipelines.exporters import removed_articles
from pipelines.verdict.when_stored import judge_and_store
from pipelines.web.page import Page
from pipelines.web.pages import PAGES
from tests.captured import archive, exchange, fetched
from tests.samples import NO, SITE, ago, archived, export, image, link, page, record, rejected, removed, story

OTHER_SITE = "127.0.0.1:8765"
WHOLE, UNDATED, EMPTY, GONE, LONG, HOSTILE, GIVEN_AGAIN, MAILED = range(1, 9)
ADDRESS = "geheim.desk@example.kr"

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> &amp; \u202egnirts\u202c {{ 7 * 7 }}"
"""Would run a script, end an attribute, turn the line around, or be taken for a template."""

CRAWL, DRIFTED, ELSEWHERE = "20261201T000000Z-000001", "20261201T010000Z-000002", "20261201T020000Z-000003"

RAW = """<!DOCTYPE html><html><head><title>기사</title><meta http-equiv="refresh" content="0;url={other}/refresh">
<link rel="stylesheet" href="{other}/style.css"><link rel="prefetch" href="{other}/prefetch">
<script src="{other}/script.js"></script><style>body {{ background: url({other}/background.png) }}</style></head>
<body><h1>보관된 기사</h1><img src="{other}/photo.jpg" alt="">
<iframe src="{other}/frame"></iframe><form id="f" action="{other}/form" method="get"></form>
<script>document.getElementById('f').submit(); new Image().src = '{other}/image';</script></body></html>"""
"""A page that asks for everything it can at another address."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """Where to look at what was stored."""

    articles: tuple[tuple[str, int], ...]
    """Site and number of each article."""

    crawls: tuple[str, ...] = (CRAWL, DRIFTED, ELSEWHERE)


def filled(page: Page, site: str = SITE, no: int = WHOLE, crawl: str = CRAWL) -> str:
    """The path of the page, of one article, of one crawl, or of the only page that could not be read."""
    given = {"site": site, "no": str(no), "id": crawl, "rejected": "1"}
    return re.sub(r"\{(\w+)(:([^{}]|\{[^}]*\})*)?\}", lambda part: given[part[1]], page.path)


def addresses() -> list[str]:
    """All pages in both languages and all formats, of one article."""
    paths = [(page, filled(page, no=NO)) for page in PAGES]
    of_programs = [f"{path if path != '/' else '/index'}.{form}" for page, path in paths for form in page.formats]
    return [*(f"{prefix}{path}" for _, path in paths for prefix in ("", "/en")), *of_programs]


def store_everything(connection: Connection, data: Path, other: str = "http://127.0.0.2:1") -> Stored:
    """Fills the database and the archive; the archived page of HOSTILE asks for things at the address `other`."""
    places = _archived(data, other)
    export(connection, *_first(*places), crawl=CRAWL)
    export(connection, *_second(*places), crawl="second")
    _take_down(connection, GONE)
    export(connection, replace(rejected(99, ago(2)), archived=places[1]), crawl=DRIFTED)
    _crawl(connection, ELSEWHERE, 1, site=OTHER_SITE)
    export(connection, _page(WHOLE, 2, site=OTHER_SITE), crawl=ELSEWHERE)
    _weather(connection)
    _crawls(connection)
    numbers = (WHOLE, UNDATED, EMPTY, GONE, LONG, HOSTILE, GIVEN_AGAIN, MAILED)
    return Stored(articles=(*((SITE, no) for no in numbers), (OTHER_SITE, WHOLE)))


def _first(whole: Archived, hostile: Archived) -> list[PageItems]:
    """Each article as it was fetched first."""
    evil: dict[str, Any] = {
        "headline": EVIL,
        "subheadline": EVIL,
        "reporter": EVIL,
        "section": EVIL,
        "body": (EVIL, EVIL),
    }
    return [
        _page(WHOLE, 48, stories=[story(1), story(2, related_no=UNDATED)], archived=whole, body=("예산을 의결했다.",)),
        _page(UNDATED, 48, published_at=None, modified_at=None, section=None, reporter=None, subheadline=None),
        _page(EMPTY, 48, body=(), images=(), links=()),
        _page(GONE, 60, archived=archived()),
        _page(LONG, 48, body=tuple("가나다라 마바사. " * 60 for _ in range(100))),
        _page(
            HOSTILE,
            48,
            stories=[story(1, title=EVIL, lead=EVIL, related_no=WHOLE)],
            archived=hostile,
            images=(image(1, EVIL),),
            links=(replace(link(1, "link", EVIL), url="javascript:alert(3)"),),
            **evil,
        ),
        _page(GIVEN_AGAIN, 300),
        _page(MAILED, 48, **_with_addresses("처음")),
    ]


def _second(whole: Archived, hostile: Archived) -> list[PageItems]:
    """What had changed when it was fetched again."""
    other: dict[str, Any] = {"headline": "전혀 다른 기사", "body": ("다른 글.",), "published_at": ago(26)}
    return [
        _page(
            WHOLE, 5, body=("예산을 삭감해 의결했다.", "둘째 문단입니다."), stories=[story(1), story(3)], archived=whole
        ),
        _page(HOSTILE, 5, headline=EVIL, body=(EVIL, "고침 " + EVIL), archived=hostile),
        _page(GIVEN_AGAIN, 5, **other),
        _page(MAILED, 5, **_with_addresses("다음")),
    ]


def _page(no: int, hours: float, *, archived: Archived | None = None, **text: Any) -> PageItems:
    published = {"published_at": ago(hours + 1), "modified_at": ago(hours)} | text
    return replace(page(no, ago(hours), **published), archived=archived)


def _with_addresses(word: str) -> dict[str, Any]:
    text = f"{word}\n{ADDRESS}"
    return {
        "headline": f"{word} {ADDRESS} 제보",
        "subheadline": text,
        "reporter": ADDRESS,
        "body": (f"{word}{ADDRESS}", f"예산 <{ADDRESS}>", text),
        "images": (image(1, f"사진={ADDRESS}"),),
        "links": (replace(link(1, "link", ADDRESS), url=f"mailto:{ADDRESS}"),),
        "stories": [story(1, title=f"{word} {ADDRESS}", lead=ADDRESS, related_no=WHOLE)],
    }


def _archived(data: Path, other: str) -> list[Archived]:
    with archive(data) as opened:
        bodies = {
            WHOLE: f"<h1>기사</h1><p>{ADDRESS} {ADDRESS.replace('@', '&#64;')}</p>".encode(),
            HOSTILE: RAW.format(other=other).encode(),
        }
        return [opened.append(fetched(exchange(no, ago(48), body=body), no=no)) for no, body in bodies.items()]


def _take_down(connection: Connection, no: int) -> None:
    """Two crawls, more than a day apart, find the article removed."""
    for crawl, hours in (("third", 30), ("fourth", 3)):
        export(connection, removed(no, ago(hours)), crawl=crawl)
        ended = replace(record(crawl), finished_at=ago(hours), gone_after=timedelta(days=1))
        removed_articles.confirm(connection, ended)


def _weather(connection: Connection) -> None:
    """Two days of strips, an hour without one, half a day without any crawl."""
    hours = [hour for hour in range(70, 4, -1) if not 30 < hour < 42]
    pages = [page(100 + hour, ago(hour), seoul=10 + hour % 24 / 2, published_at=ago(hour)) for hour in hours]
    export(connection, *pages, crawl="of the weather")


def _crawls(connection: Connection) -> None:
    found = [FieldCoverage(part="article", field="headline", pages=9, found=9)]
    found.append(FieldCoverage(part="article", field="images", pages=9, found=8, amount=12))
    fell = [replace(one, found=1, fell=True) for one in found]
    _crawl(connection, CRAWL, 48, outcome="ok", coverage=tuple(found))
    _crawl(connection, "second", 5, outcome="ok", coverage=tuple(found))
    _crawl(connection, DRIFTED, 2, outcome="drift", coverage=tuple(fell), unreadable=3)
    _crawl(connection, ELSEWHERE, 1, site=OTHER_SITE, outcome="unreachable")
    _crawl(connection, "running", 0.1)


def _crawl(connection: Connection, identity: str, hours: float, **changes: Any) -> CrawlRecord:
    ended = ago(hours - 0.05) if changes.get("outcome") else None
    made = record(identity, **{"started_at": ago(hours), "finished_at": ended, "article_pages": 9} | changes)
    judge_and_store(connection, made)
    return made
