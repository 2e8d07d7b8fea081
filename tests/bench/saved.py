"""Pages of the replica as the stages meet them, without a crawl."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from asiatongsin.capture import Archived, Exchange
from asiatongsin.items import Page, PageItems
from asiatongsin.rechecks import Rechecks
from pipelines.crawl_record import CrawlRecord
from pipelines.spool.folder import Spool
from pipelines.stages.recheck import with_next_visit
from pipelines.stages.split import split
from pipelines.stages.validate import validate
from pipelines.stages.weather import identify
from tests.site import ReplicaSite
from tests.site.answers import Ask, answer

SITE, BASE = "newsasia.kr", "https://newsasia.kr"
AT = datetime(2025, 10, 5, 1, tzinfo=UTC)
RECHECKS = Rechecks(after=(timedelta(days=1),), max_visits=100, gone_after=timedelta(days=1))


def saved(count: int) -> list[Page]:
    """So many article pages of 60 kB, as they come from the spider."""
    site = ReplicaSite(articles=count, page_bytes=60_000)
    return [_page(site, no, AT + timedelta(seconds=place)) for place, no in enumerate(reversed(site.numbers()))]


def _page(site: ReplicaSite, no: int, at: datetime) -> Page:
    path, query = "/news/article.html", f"no={no}"
    got = answer(site, Ask(path=path, query=query, headers={}))
    url = f"{BASE}{path}?{query}"
    headers = (("Content-Type", got.content_type), ("Content-Length", str(len(got.body))))
    sent = (("Host", SITE), ("User-Agent", "asiatongsin"), ("Accept-Encoding", "gzip"))
    exchange = Exchange(
        url=url, request_headers=sent, status=200, headers=headers, body=got.body, ip_address="127.0.0.1", fetched_at=at
    )
    return Page(
        url=url,
        site=SITE,
        base=BASE,
        kind="article",
        fetched_at=at,
        status=200,
        headers=headers,
        body=got.body,
        exchanges=(exchange,),
        no=no,
        is_listed=True,
    )


def validated(items: PageItems) -> PageItems:
    """Through the stages between split and spool."""
    valid, _ = validate(items)
    known = replace(valid, weather=identify(valid.weather)) if valid.weather else valid
    return with_next_visit(known, RECHECKS)


def read(pages: Iterable[Page]) -> list[PageItems]:
    """What the pages hold, as it is spooled."""
    return [validated(split(page.archived_at(_place(page)))) for page in pages]


def again(pages: Iterable[PageItems], later: timedelta = timedelta(days=1)) -> list[PageItems]:
    """The same pages, fetched once more a day later, with nothing changed in them."""
    return [_again(page, page.fetched_at + later) for page in pages]


def _again(page: PageItems, at: datetime) -> PageItems:
    return replace(
        page,
        fetched_at=at,
        article=page.article and replace(page.article, fetched_at=at),
        weather=page.weather and replace(page.weather, fetched_at=at),
        check=page.check and replace(page.check, checked_at=at),
    )


def _place(page: Page) -> Archived:
    digest = "sha1:6FTAJXBLYUC4MUNFCBZHGFA5DURN5C47"
    file = f"archive/{SITE}/2025-10/20251005T010000Z-9f3a1c-00001.warc.gz"
    return Archived(file=file, offset=8000 * (page.no or 0), length=8000, digest=digest)


def spooled(spool: Spool, pages: Sequence[PageItems]) -> Spool:
    """The spool, with all of these pages in closed segments."""
    for page in pages:
        spool.append(page)
    spool.writer.close()
    return spool


def record(name: str) -> CrawlRecord:
    """A crawl of the site."""
    return CrawlRecord(id=name, site=SITE, started_at=AT)
