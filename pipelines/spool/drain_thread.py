"""The thread that stores the pages of a crawl while the crawl goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from time import monotonic, sleep

import psycopg

from pipelines.crawl_record import CrawlRecord
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.exporters.batch import Exported
from pipelines.spool.drain import Drain
from pipelines.spool.folder import Spool

logger = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two looks at the spool."""

WAIT_FOR_RESTART = 10.0
"""Seconds that the end of a crawl waits for a database that was lost during the crawl: it may be restarting."""

LONGEST_PAUSE = 30.0
"""Seconds between two attempts to reach a database that does not answer."""


class DrainThread(Thread):
    """Stores pages a few seconds after they came. Where the database is away, it tries again and again."""

    def __init__(
        self,
        drain: Drain,
        spool: Spool,
        record: CrawlRecord,
        *,
        report: Callable[[Exported], None],
        keep_lock: Callable[[], None],
    ) -> None:
        super().__init__(name="drain", daemon=True)
        self.worker = drain
        self.spool = spool
        self.record = record
        self.report = report
        self.keep_lock = keep_lock
        self.trouble = ""
        self.disk_error: OSError | None = None
        """Why the disk did not give or take the pages in the last attempt; None where it did."""
        self.was_reached = drain.is_connected
        self.may_come_back = False
        self._stopping = Event()

    def run(self) -> None:
        pause = TICK
        while not self._stopping.wait(pause):
            pause = self._drain(pause, self.spool.segment_seconds)
            if not self.trouble:
                self.keep_lock()

    def finish(self) -> bool:
        """Stores the rest and returns whether all is stored. It does not end while the server is frozen."""
        self._stopping.set()
        self.join()
        self._drain(TICK)
        deadline = monotonic() + (WAIT_FOR_RESTART if self.may_come_back else 0)
        while self.trouble and monotonic() < deadline:
            sleep(TICK)
            self._drain(TICK)
        if failed := self.disk_error:
            self._store_unsynced()
            self.disk_error = failed
        return not self.spool.waiting()

    def _store_unsynced(self) -> None:
        """Stores what can still be read, although the disk does not take it."""
        with suppress(OSError):
            self.spool.writer.close(is_synced=False)
        self._drain(TICK)

    def _drain(self, pause: float, older_than: float = 0.0) -> float:
        """Stores closed segments, and the open one if it is old enough; returns seconds until the next attempt."""
        try:
            try:
                self.spool.writer.close(older_than=older_than)
            finally:  # segments that were closed before can be stored all the same
                self.worker.drain(self.spool, self.record)
            if not self._stopping.is_set():
                self.worker.move_some_rows()
        except (DatabaseUnreachable, DatabaseUnusable, psycopg.Error, OSError) as error:
            # Whatever the error is, the pages are in the spool, and the last line of the crawl says why.
            if not self.trouble:
                logger.warning("Cannot store now, pages wait in the spool: %s", error)
            self.trouble = str(error)
            self.disk_error = error if isinstance(error, OSError) else None
            self.may_come_back = self.was_reached and isinstance(error, DatabaseUnreachable)
            return min(max(pause, TICK) * 2, LONGEST_PAUSE)
        finally:
            self.report(self.worker.total)
        self.trouble, self.disk_error = "", None
        self.was_reached = self.was_reached or self.worker.is_connected
        return TICK
