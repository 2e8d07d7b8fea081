"""One crawl from its first request to its row in `crawls`: lock, spool, live export, verdict."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from time import monotonic, sleep
from typing import Any, ParamSpec, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from asiatongsin import statistics as names
from asiatongsin.middlewares.site_clock import is_far
from asiatongsin.signals import crawl_started
from pipelines.archive.crawl_files import Archive
from pipelines.crawl.final_record import FinalRecord, JudgedCrawl
from pipelines.crawl.lock import CrawlLock
from pipelines.crawl_record import CrawlRecord
from pipelines.database import archive_files as catalog
from pipelines.database.archive_files import Stored
from pipelines.database.connection import Database
from pipelines.database.errors import REFUSALS, DatabaseBusy, DatabaseFrozen, DatabaseUnreachable, DatabaseUnusable
from pipelines.database.session import Session, run_while_progressing
from pipelines.disk import DISK_FULL, data_folder, describe_error, machine_name
from pipelines.exporters.batch import Exported
from pipelines.monitoring.notify import Notices
from pipelines.spool.belonging import describe_elsewhere
from pipelines.spool.drain import Drain
from pipelines.spool.drain_thread import TICK, DrainThread
from pipelines.spool.folder import Spool
from pipelines.stages.archive import ArchivePipeline
from pipelines.stages.spool import SpoolPipeline
from pipelines.threads import run_in_thread, start_in_thread

P = ParamSpec("P")

logger = logging.getLogger(__name__)

OVERLAP, REFUSED = "overlap", "refused"
"""Finish reasons of a crawl that fetched nothing."""

MIGRATION_FACTOR = 20
"""How many times longer than at its end a crawl waits at its beginning, where the schema may be migrated."""


class CrawlExtension:
    """Accompanies a crawl from the signal `crawl_started` to the end of the spider; idle in `asiatongsin shell`."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.data = data_folder(crawler.settings)
        self.notices = Notices(crawler.settings, self.data)
        self.silence_max = crawler.settings.getfloat("DATABASE_SILENCE_MAX")
        self.record: CrawlRecord | None = None
        self.ended: JudgedCrawl | None = None
        """How the crawl went, once that is known."""
        self.ending: Future[None] | None = None
        """The end of the crawl, in a thread: it goes on where a signal has stopped the event loop."""
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
        since = spider.arguments.since  # type: ignore[attr-defined]
        record = CrawlRecord.begin(spider.site.key, spider.given, since)  # type: ignore[attr-defined]
        try:
            await run_in_thread(self._while_storing, self._begin, self.silence_max * MIGRATION_FACTOR, record)
        except DatabaseFrozen as error:
            self.ended = FinalRecord.refused(self.crawler, record, f"{error}; nothing was fetched")
            await run_in_thread(self._notify)
            raise CloseSpider("database_frozen") from None
        except DatabaseBusy as error:
            await self._refuse_and_notify(record, f"{error}; nothing was fetched")
        except DatabaseUnusable as error:
            await self._refuse_and_notify(record, str(error))
        except OSError as error:
            await self._refuse_and_notify(record, f"{describe_error(error, self.data)}; nothing was fetched")
        await run_in_thread(self.notices.crawl_begun, record, self.session)
        if spooling := self.crawler.get_item_pipeline(SpoolPipeline):
            spooling.spool = self._spool
        if archiving := self.crawler.get_item_pipeline(ArchivePipeline):
            archiving.archive = self._archive

    async def spider_closed(self, reason: str) -> None:
        """Stores the rest, judges the crawl and writes its row."""
        if self._thread is None or self.record is None:
            return
        self.crawler.stats.set_value(names.FINISH_REASON, reason)
        self.ending = start_in_thread(self._end_crawl, self._thread, self.record)
        await asyncio.wrap_future(self.ending)

    def _end_crawl(self, thread: DrainThread, record: CrawlRecord) -> None:
        try:
            self._while_storing(self._end, self.silence_max, thread, record)
        except DatabaseFrozen as error:
            self._put_off(thread.spool, record, str(error))
            self._notify()
            return
        self._notify()  # while the lock is held: the next crawl must see what this one has sent
        with suppress(DatabaseFrozen):
            self._while_storing(self._release_lock, self.silence_max, thread)

    def _notify(self) -> None:
        if self.ended:
            session = self.session if self.record else None  # one that was refused would wait for the lock
            self.notices.crawl_ended(self.ended.record, self.ended.verdict, self.ended.tally, session)

    def _release_lock(self, thread: DrainThread) -> None:
        if self._lock:
            self._lock.release(at_once=not thread.trouble)

    def _while_storing(self, work: Callable[P, None], silence_max: float, *given: P.args, **named: P.kwargs) -> None:
        """Does the work. DatabaseFrozen where it stores no page for `silence_max` seconds."""
        run_while_progressing(partial(work, *given, **named), silence_max, lambda: self._pages_stored)

    @property
    def session(self) -> Session | None:
        """The connection of the crawl; None where no crawl has begun, as with `dry=1`."""
        return self._lock.session if self._lock else None

    @property
    def _pages_stored(self) -> int:
        return self._drain.total.pages if self._drain else 0

    def _begin(self, record: CrawlRecord) -> None:
        database = Database.from_settings(self.crawler.settings)
        group = str(self.crawler.settings["POLITENESS_GROUP"] or "")
        self._lock = CrawlLock(self.data, database, record.site, group)
        if not self._acquire(self._lock):
            self._refuse(OVERLAP, f"{self._lock.obstacle}; nothing was fetched")
        drain = self._drain = Drain(database, self.data, self._lock.session)
        try:
            drain.check_clock()
            if pages := drain.drain_abandoned():
                logger.info("Stored %d pages that earlier crawls had left in the spool", pages)
            if self._lock.is_held_everywhere:
                drain.close_dead(record.site)
            drain.store_record(record)
        except DatabaseBusy:
            raise
        except DatabaseUnreachable as error:
            logger.warning("The crawl begins without a database, pages wait in the spool: %s", error)
        drain.total = drain.total.begin_anew()
        self._count(drain.total)
        self._note_left(drain)
        settings = self.crawler.settings
        self.crawler.stats.set_value(names.MACHINE, machine_name(settings))
        self._spool = drain.new_spool(
            record,
            segment_pages=settings.getint("SPOOL_SEGMENT_PAGES"),
            segment_seconds=settings.getfloat("SPOOL_SEGMENT_SECONDS"),
        )
        self._archive = Archive.of_crawl(settings, record, self._in_store)
        self._spool.writer.sync_first = self._archive.sync
        self._spool.writer.start = start_in_thread
        self.record = record
        drain.is_clock_proven = self._is_clock_proven
        self._thread = DrainThread(drain, self._spool, record, report=self._count, keep_lock=self._lock.keep)
        self._thread.start()

    def _note_left(self, drain: Drain) -> None:
        """Notes what earlier crawls have left in the spool and could not be stored."""
        if drain.elsewhere:
            logger.warning("Not stored: %s", describe_elsewhere(drain.elsewhere))
            self.crawler.stats.set_value(names.SPOOL_ELSEWHERE, drain.elsewhere.total())
        if drain.damaged:
            self.crawler.stats.set_value(names.SPOOL_DAMAGED, drain.damaged)
        if drain.broken:
            self.crawler.stats.set_value(names.SPOOL_BROKEN, drain.broken)

    def _in_store(self, file: str) -> Stored | None:
        """Where the archive store holds a file; None where it does not, or where no database answers."""
        with suppress(DatabaseUnreachable, DatabaseUnusable):
            return self.session.run(lambda connection: catalog.find(connection, file)) if self.session else None
        return None

    def _acquire(self, lock: CrawlLock) -> bool:
        """Takes the lock, as soon as there is a connection: a crawl that cannot ask would fetch what is stored."""
        deadline, is_told = monotonic() + self.silence_max, False
        while True:
            try:
                return lock.acquire()
            except DatabaseBusy as error:
                lock.release()
                if monotonic() > deadline:
                    raise
                if not is_told:
                    logger.warning("The crawl waits for a connection: %s", error)
                is_told = True
            sleep(TICK)

    def _is_clock_proven(self) -> bool:
        """Whether the site does not contradict the clock, which agrees with that of the database."""
        return not is_far(self.crawler.stats.get_value(names.CLOCK_AHEAD_OF_SITE, 0.0))

    def _end(self, thread: DrainThread, record: CrawlRecord) -> None:
        spool = thread.spool
        try:
            is_stored = thread.finish()
            if thread.disk_error:
                raise thread.disk_error
            self._judge_and_store(thread, record, is_stored=is_stored)
        except (DatabaseUnreachable, DatabaseUnusable, *REFUSALS) as error:
            self._put_off(spool, record, " ".join(str(error).split()))
        except OSError as error:
            self._end_on_failing_disk(thread, record, error)
        finally:
            if self._archive:
                with suppress(OSError):  # records that the spool refers to are on the disk already
                    self._archive.close()
            spool.release()

    def _judge_and_store(self, thread: DrainThread, record: CrawlRecord, *, is_stored: bool) -> None:
        spool, drain = thread.spool, thread.worker
        final = FinalRecord(self.crawler, record)
        earlier = None if thread.trouble else drain.earlier_crawls(final.record)
        ended = final.judge(waiting=spool.waiting(), trouble=thread.trouble, earlier=earlier)
        self._write_record(spool, ended.record, is_whole=True)
        if is_stored:
            drain.store_record(ended.record)
            ended = final.with_missing(ended, drain.fallen(record.site))
            spool.remove()
        self.ended = ended  # not before: whatever goes wrong on the way, the crawl was not ok

    def _end_on_failing_disk(self, thread: DrainThread, record: CrawlRecord, error: OSError) -> None:
        """Tells of a disk that failed at the end like of one that was full before, and closes the row all the same."""
        trouble = describe_error(error, self.data)
        if not self.crawler.stats.get_value(names.SPOOL_TROUBLE):
            self.crawler.stats.set_value(names.SPOOL_TROUBLE, trouble)
        self._put_off(thread.spool, record, trouble)
        if self.ended:
            with suppress(DatabaseUnreachable, DatabaseUnusable):
                thread.worker.store_record(self.ended.record)

    def _put_off(self, spool: Spool, record: CrawlRecord, trouble: str) -> None:
        """Leaves at least the record in the spool, since the last step failed."""
        with suppress(OSError):
            spool.writer.close()
        self.ended = FinalRecord(self.crawler, record).put_off(waiting=spool.waiting(), trouble=trouble)
        self._write_record(spool, self.ended.record)

    def _write_record(self, spool: Spool, final: CrawlRecord, *, is_whole: bool = False) -> None:
        """Writes the record beside the pages. On a full disk that fails, but the crawl still gets its row.

        OSError where a disk that `is_whole` so far fails in another way.
        """
        try:
            spool.write_record(final)
        except OSError as error:
            if is_whole and error.errno not in DISK_FULL:
                raise
            logger.warning("The record of the crawl cannot be written: %s", describe_error(error, self.data))

    def _count(self, exported: Exported) -> None:
        for name in ("pages", "new", "changed", "unchanged", "refused", "partial", "reassigned"):
            self.crawler.stats.set_value(names.exported(name), getattr(exported, name))

    async def _refuse_and_notify(self, record: CrawlRecord, sentence: str) -> None:
        """Refuses the crawl, and sends an alert: it may be refused every night, and nobody reads the log."""
        refused = FinalRecord.refused(self.crawler, record, sentence)
        await run_in_thread(self.notices.crawl_ended, refused.record, refused.verdict, refused.tally, None)
        self._refuse(REFUSED, sentence)

    def _refuse(self, reason: str, sentence: str) -> Any:
        if self._lock:
            self._lock.release()
        self.crawler.stats.set_value(names.REFUSED, sentence)
        raise CloseSpider(reason)
