"""Answers the spider's questions about articles of earlier crawls, from the tables and never from a side file."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Self, TypeVar

import psycopg
from psycopg import Connection
from scrapy import signals
from scrapy.crawler import Crawler

from asiatongsin import statistics as names
from asiatongsin.capture import Stored
from asiatongsin.cms import Teaser
from asiatongsin.known import EVERYWHERE, DoubtfulPart, WalkedList
from pipelines.crawl.extension import CrawlExtension
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.database.session import Session
from pipelines.disk import data_folder
from pipelines.queries import known
from pipelines.spool.belonging import remembered
from pipelines.spool.drain_thread import TICK
from pipelines.spool.waiting_articles import WaitingArticles
from pipelines.threads import run_in_thread

T = TypeVar("T")

logger = logging.getLogger(__name__)

ASK_AGAIN_AFTER = 30.0
"""Seconds before a database that did not answer is asked again."""

ANSWER_TIMEOUT = 10.0
"""Seconds an answer may take; a frozen server never answers."""


class KnownArticles:
    """Asks the database once per list page. Without one, all articles count as new that do not wait in the spool."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._session: Session | None = None
        self._waiting: WaitingArticles | None = None
        self._ask_again_at = 0.0
        self._has_answered = False
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_closed(self) -> None:
        if self._session is not None:
            self._session.close()

    async def need_no_download(self, site: str, numbers: Sequence[int]) -> set[int] | None:
        if not numbers:
            return set()
        return await self._ask(lambda connection: known.need_no_download(connection, site, numbers), set())

    async def waiting(self, site: str, numbers: Sequence[int]) -> set[int]:
        return (await self._in_spool(site)).need_no_download(numbers)

    async def shown_as_another(self, site: str, teasers: Sequence[Teaser]) -> set[int]:
        if not teasers:
            return set()
        return await self._ask(lambda connection: known.shown_as_another(connection, site, teasers), set()) or set()

    async def to_retry(self, site: str) -> list[int]:
        nothing: list[int] = []
        numbers = await self._ask(lambda connection: known.to_retry(connection, site), nothing) or nothing
        waiting = await self.waiting(site, numbers)
        return [no for no in numbers if no not in waiting]

    async def stored(self, site: str, numbers: Sequence[int]) -> list[Stored]:
        if not numbers:
            return []
        nothing: list[Stored] = []
        answered = await self._ask(lambda connection: known.stored(connection, site, numbers), nothing) or nothing
        waiting = {article.no: article for article in (await self._in_spool(site)).stored(numbers)}
        return [*waiting.values(), *(article for article in answered if article.no not in waiting)]

    async def rechecks(self, site: str, limit: int) -> list[Stored]:
        return await self._ask(lambda connection: known.rechecks(connection, site, limit), []) or []

    async def controls(self, site: str, near: int) -> list[Stored]:
        return await self._ask(lambda connection: known.controls(connection, site, near), []) or []

    async def doubtful_part(self, site: str, section: int, since: datetime | None = None) -> DoubtfulPart | None:
        def ask(connection: Connection) -> tuple[DoubtfulPart | None]:
            return (known.doubtful_part(connection, site, section, since=since, crawl=self._crawl_id),)

        nobody_knows: tuple[DoubtfulPart | None] = (EVERYWHERE,)
        return (await self._ask(ask, nobody_knows) or nobody_knows)[0]

    async def walked_lists(self, site: str) -> list[WalkedList] | None:
        return await self._ask(lambda connection: known.walked_lists(connection, site), [])

    @property
    def _crawl_id(self) -> str:
        extension = self.crawler.get_extension(CrawlExtension)
        return extension.record.id if extension and extension.record else ""

    async def _in_spool(self, site: str) -> WaitingArticles:
        """What earlier crawls left in the spool, read once: it only becomes less, when it is stored."""
        if self._waiting is None:
            settings = self.crawler.settings
            data, database = data_folder(settings), Database.from_settings(settings)
            self._waiting = await run_in_thread(WaitingArticles, data, remembered(data, database), site)
        return self._waiting

    async def _ask(self, question: Callable[[Connection], T], nothing: T) -> T | None:
        """Asks in a thread, while the crawl goes on. None on failure; then the database is left alone for a while.

        `nothing` is the answer where nothing is stored, since there is no embedded database yet.
        """
        if monotonic() < self._ask_again_at:
            return None
        self.crawler.stats.inc_value(names.KNOWN_QUERIES)
        try:
            return await asyncio.wait_for(self._answer(question, nothing), ANSWER_TIMEOUT)
        except (DatabaseUnreachable, DatabaseUnusable, TimeoutError, psycopg.Error) as error:
            reason = " ".join(str(error).split()) or "no answer"
            logger.warning("Cannot ask what is stored already, so all counts as new: %s", reason)
            self._ask_again_at = monotonic() + ASK_AGAIN_AFTER
            self._has_answered = False
            return None

    async def _answer(self, question: Callable[[Connection], T], nothing: T) -> T:
        """Asks again where a database is away that answered before: it may only be restarted."""
        session = self._session_of_crawl()
        while session:
            try:
                answer = await run_in_thread(session.run, question)
            except DatabaseUnreachable:
                if not self._has_answered:
                    raise
                await asyncio.sleep(TICK)
            else:
                self._has_answered = True
                return answer
        return nothing

    def _session_of_crawl(self) -> Session | None:
        """The connection that stores the pages; one of our own where nothing is stored, as with `dry=1`.

        None where that would make an embedded database.
        """
        extension = self.crawler.get_extension(CrawlExtension)
        if extension and extension.session:
            return extension.session
        if self._session is None:
            database = Database.from_settings(self.crawler.settings)
            self._session = Session(database, prepare=_leave_schema) if database.is_made else None
        return self._session


def _leave_schema(connection: Connection) -> None:
    """Leaves the schema as it is: the crawl itself migrates it."""
