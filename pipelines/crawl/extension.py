"""One crawl from its first request to its row in `crawls`: lock, spool, live export, verdict."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, ParamSpec, Self

import msgspec
from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from asiatongsin.items import PageKind
from asiatongsin.rechecks import Rechecks
from asiatongsin.signals import crawl_started
from pipelines.archive.crawl_files import Archive
from pipelines.crawl.lock import CrawlLock
from pipelines.crawl_record import CoverageBounds, CrawlRecord, Key, Outcome
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseFrozen, DatabaseUnreachable, DatabaseUnusable
from pipelines.database.session import answered
from pipelines.disk import data_folder, describe_error
from pipelines.exporters.batch import Exported
from pipelines.monitoring.notify import Notices
from pipelines.spool.drain import Drain
from pipelines.spool.drain_thread import DrainThread
from pipelines.spool.folder import Spool
from pipelines.stages.archive import ArchivePipeline
from pipelines.stages.split import SplitPipeline
from pipelines.stages.spool import SpoolPipeline
from pipelines.threads import run_in_thread, start_in_thread
from pipelines.verdict.decide import Expected, Verdict, decide, removals_count, walked_lists
from pipelines.verdict.falls import Bounds, Past, falls, frozen, marked

P = ParamSpec("P")

logger = logging.getLogger(__name__)

OVERLAP, REFUSED = "overlap", "refused"
"""Reasons a crawl ends with before it fetched anything."""

MIGRATION = 20
"""How many times longer than at its end a crawl waits at its beginning, when the schema may be brought up to date."""


class CrawlExtension:
    """Begins with the signal `crawl_started` and ends with the spider; does nothing in `scrapy shell` and the like."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.data = data_folder(crawler.settings)
        self.notices = Notices(crawler.settings, self.data)
        self.silence_max = crawler.settings.getfloat("DATABASE_SILENCE_MAX")
        self.record: CrawlRecord | None = None
        self.verdict: Verdict | None = None
        self.ending: Future[None] | None = None
        """The end of the crawl, in a thread that goes on where a signal has stopped the event loop."""
        self._lock: CrawlLock | None = None
        self._drain: Drain | None = None
        self._spool: Spool | None = None
        self._archive: Archive | None = None
        self._thread: DrainThread | None = None
        crawler.signals.connect(self.crawl_started, signal=crawl_started)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def crawl_started(self, spider: Spider) -> None:
        """Opens all that a crawl needs; CloseSpider where it must not begin."""
        record = CrawlRecord.begin(spider.site.key, spider.given)  # type: ignore[attr-defined]
        try:
            await run_in_thread(self._while_storing, self._begin, self.silence_max * MIGRATION, record)
        except DatabaseFrozen as error:
            self.verdict = Verdict(Outcome.ERROR, f"{error}; nothing was fetched")
            await run_in_thread(self._tell, record)
            raise CloseSpider("database_frozen") from None
        except DatabaseUnusable as error:
            await self._refuse_and_tell(record, str(error))
        except OSError as error:
            await self._refuse_and_tell(record, f"{describe_error(error, self.data)}; nothing was fetched")
        await run_in_thread(self.notices.crawl_begun, record)
        if spooling := self.crawler.get_item_pipeline(SpoolPipeline):
            spooling.spool = self._spool
        if archiving := self.crawler.get_item_pipeline(ArchivePipeline):
            archiving.archive = self._archive

    async def spider_closed(self, reason: str) -> None:
        """Stores the rest, judges the crawl and writes its row."""
        if self._thread is None or self.record is None:
            return
        self.crawler.stats.set_value("finish_reason", reason)
        self.ending = start_in_thread(self._see_to_the_end, self._thread, self.record)
        await asyncio.wrap_future(self.ending)

    def _see_to_the_end(self, thread: DrainThread, record: CrawlRecord) -> None:
        try:
            self._while_storing(self._end, self.silence_max, thread, record)
        except DatabaseFrozen as error:
            self._put_off(thread.spool, record, str(error))
            self._tell(record)
            return
        self._tell(record)  # before the next crawl may begin, which tells what is new since
        with suppress(DatabaseFrozen):
            self._while_storing(self._let_go, self.silence_max, thread)

    def _tell(self, record: CrawlRecord) -> None:
        if self.verdict:
            self.notices.crawl_ended(record, self.verdict, self.crawler.stats.get_stats())

    def _let_go(self, thread: DrainThread) -> None:
        if self._lock:
            self._lock.release(at_once=not thread.trouble)

    def _while_storing(self, work: Callable[P, None], silence_max: float, *given: P.args, **named: P.kwargs) -> None:
        """Does the work, as long as it stores something now and then; else DatabaseFrozen."""
        answered(partial(work, *given, **named), silence_max, lambda: self._pages_stored)

    @property
    def _pages_stored(self) -> int:
        return self._drain.total.pages if self._drain else 0

    def _begin(self, record: CrawlRecord) -> None:
        database = Database.from_settings(self.crawler.settings)
        self._lock = CrawlLock(self.data, database, record.site)
        if not self._lock.acquire():
            self._refuse(OVERLAP, f"another crawl of {record.site} is running; nothing was fetched")
        drain = self._drain = Drain(database, self.data)
        try:
            if pages := drain.drain_abandoned():
                logger.info("Stored %d pages that earlier crawls had left in the spool", pages)
            if self._lock.is_held_everywhere:
                drain.close_dead(record.site)
            drain.store_record(record)
        except DatabaseUnreachable as error:
            logger.warning("The crawl begins without a database, pages wait in the spool: %s", error)
        drain.total = Exported()
        if drain.damaged:
            self.crawler.stats.set_value("spool/damaged", drain.damaged)
        if drain.broken:
            self.crawler.stats.set_value("spool/broken", drain.broken)
        settings = self.crawler.settings
        self._spool = Spool.create(
            drain.spools,
            record,
            segment_pages=settings.getint("SPOOL_SEGMENT_PAGES"),
            segment_seconds=settings.getfloat("SPOOL_SEGMENT_SECONDS"),
        )
        self._archive = Archive.of_crawl(settings, record)
        self._spool.sync_first = self._archive.sync
        self.record = record
        self._thread = DrainThread(drain, self._spool, record, report=self._count, keep_lock=self._lock.keep)
        self._thread.start()

    def _end(self, thread: DrainThread, record: CrawlRecord) -> None:
        spool, drain = thread.spool, thread.worker
        try:
            is_stored = thread.finish()
            covered = self._covered(record)
            past = None if thread.trouble else drain.past_of(covered)
            final = self._judged(covered, spool.waiting(), thread.trouble, past)
            self._write_down(spool, final)
            if is_stored:
                drain.store_record(final)
                self._doubt(drain.fallen(record.site))
                spool.remove()
        except (DatabaseUnreachable, DatabaseUnusable, OSError) as error:
            self._put_off(spool, record, str(error))
        finally:
            if self._archive:
                with suppress(OSError):  # what the spool refers to was brought to the disk before it
                    self._archive.close()
            drain.close()
            spool.release()

    def _doubt(self, fallen: frozenset[Key]) -> None:
        """A crawl that did not come across what an earlier one missed says so."""
        ignored = Bounds.from_settings(self.crawler.settings).ignored
        missing = sorted(name for key in fallen if (name := " ".join(key)) not in ignored)
        if missing and self.verdict and self.verdict.outcome is Outcome.OK:
            sentence = f"{self.verdict.sentence}; not looked at enough, and missing before: {', '.join(missing)}"
            self.verdict = replace(self.verdict, sentence=sentence, is_open=True)

    def _put_off(self, spool: Spool, record: CrawlRecord, trouble: str) -> None:
        """The last step failed: the record, if nothing else, waits in the spool."""
        with suppress(OSError):
            spool.close_segment()
        final = self._judged(self._covered(record), spool.waiting(), trouble, None)
        if self.verdict and self.verdict.outcome is Outcome.OK:
            sentence = f"its record waits in the spool ({trouble}); {self.verdict.sentence}"
            self.verdict = Verdict(Outcome.SPOOLED, sentence)
            final = replace(final, outcome=Outcome.SPOOLED.word)
        self._write_down(spool, final)

    def _write_down(self, spool: Spool, final: CrawlRecord) -> None:
        """Keeps the record beside the pages; on a full disk it must not keep the crawl from its row."""
        try:
            spool.write_record(final)
        except OSError as error:
            logger.warning("The record of the crawl cannot be written: %s", describe_error(error, self.data))

    def _judged(self, record: CrawlRecord, waiting: int, trouble: str, past: Past | None) -> CrawlRecord:
        stats = self.crawler.stats.get_stats()
        share = self.crawler.settings.getfloat("UNREADABLE_SHARE_MAX")
        gone_after = Rechecks.from_settings(self.crawler.settings).gone_after
        bounds = Bounds.from_settings(self.crawler.settings)
        earlier = past or Past()
        expected = Expected(unreadable_share_max=share, fallen=earlier.fallen, ignored=bounds.ignored)
        judge = partial(decide, stats, waiting=waiting, trouble=trouble, expected=expected)
        self.verdict = judge(falls=self._falls(record, earlier, bounds), shown=self._shown)
        return replace(
            record,
            finished_at=datetime.now(UTC),
            coverage=marked(record.coverage, self.verdict.fallen if record.is_measure else ()),
            to_compare=None if past else CoverageBounds(drop=bounds.drop, ignored=tuple(sorted(bounds.ignored))),
            outcome=self.verdict.outcome.word,
            walked=walked_lists(stats),
            list_pages=stats.get("list/pages", 0),
            article_pages=stats.get("article/pages", 0),
            unreadable=stats.get("split/unreadable/article", 0) + stats.get("split/unreadable/list", 0),
            spooled=waiting,
            # A field that fell, or a frozen strip, says nothing of articles that are not there.
            gone_after=gone_after if removals_count(stats, judge().outcome) else None,
            statistics=msgspec.to_builtins(dict(stats), enc_hook=str),
        )

    def _covered(self, record: CrawlRecord) -> CrawlRecord:
        splitting = self.crawler.get_item_pipeline(SplitPipeline)
        if splitting is None:
            return record
        stats = self.crawler.stats.get_stats()
        lists = {name.rpartition("/")[2]: pages for name, pages in stats.items() if name.startswith("list/failed/")}
        failed = {f"list {section}": pages for section, pages in lists.items()}
        if stats.get("front/failed"):
            failed["front"] = stats["front/failed"]
        return replace(record, coverage=splitting.coverage.fields(failed))

    def _falls(self, record: CrawlRecord, past: Past, bounds: Bounds) -> dict[Key, str]:
        """What is no longer found on the pages of the site, each with a page that shows it."""
        splitting = self.crawler.get_item_pipeline(SplitPipeline)
        found = falls(record.coverage, past, bounds.drop, bounds.ignored)
        told_of = {fall.key: fall.told(splitting.kept(fall.key) if splitting else None) for fall in found}
        # A crawl that met no strip says nothing of it.
        is_shown = any(one.part == "strip" and one.found for one in record.coverage)
        if is_shown and (same := frozen(past.strip_unchanged_for, bounds.frozen_after)):
            told_of["strip", "frozen"] = same
        return told_of

    def _shown(self, kind: PageKind) -> str:
        splitting = self.crawler.get_item_pipeline(SplitPipeline)
        return splitting.shown(kind) if splitting else ""

    def _count(self, exported: Exported) -> None:
        for name in ("pages", "new", "changed", "unchanged", "refused"):
            self.crawler.stats.set_value(f"export/{name}", getattr(exported, name))

    async def _refuse_and_tell(self, record: CrawlRecord, sentence: str) -> None:
        """It is the same night after night, and nobody reads the log."""
        stats = self.crawler.stats.get_stats()
        await run_in_thread(self.notices.crawl_ended, record, Verdict(Outcome.ERROR, sentence), stats)
        self._refuse(REFUSED, sentence)

    def _refuse(self, reason: str, sentence: str) -> Any:
        if self._lock:
            self._lock.release()
        self.crawler.stats.set_value("crawl/refused", sentence)
        raise CloseSpider(reason)
