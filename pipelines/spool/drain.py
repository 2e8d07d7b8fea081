"""From the spool into the database: what earlier crawls left, then, in a thread, what this one writes."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from typing import TypeVar

import msgspec
import psycopg
from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.crawl_record import CrawlRecord, Key, Outcome
from pipelines.database.connection import (
    CANNOT_USE_NOW,
    Database,
    DatabaseForeign,
    DatabaseUnreachable,
    DatabaseUnusable,
)
from pipelines.database.migrate import migrate
from pipelines.disk import private_folder, write_whole
from pipelines.exporters import crawls
from pipelines.exporters.batch import REFUSALS, Exported, export_segments
from pipelines.queries import coverage_history
from pipelines.spool.folder import DAMAGED, Spool, read_segment
from pipelines.verdict.earlier import earlier_crawls
from pipelines.verdict.falls import EarlierCrawls
from pipelines.verdict.late import store_judged

T = TypeVar("T")

logger = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two looks at the spool."""

PATIENCE = 10.0
"""Seconds that the end of a crawl waits for a database that was there before: it may be restarting."""

LONGEST_PAUSE = 30.0
"""Seconds between two attempts to reach a database that does not answer."""

BATCH_BYTES = 2 * 1024 * 1024
"""Bytes of segments, eight of usual pages, above which no more are stored in one transaction."""

BATCH_SECONDS = 2.0
"""How long a transaction may take, as far as the one before it tells: whoever waits sees pages only as it ends."""


class Drain:
    """Stores spooled pages over one connection, which it opens when it needs it and again when it broke."""

    def __init__(self, database: Database, data: Path) -> None:
        self.database = database
        self.data = data
        self.spools = data / "spool"
        self.total = Exported()
        self.damaged = 0
        self.broken = 0
        self._connection: Connection | None = None
        self._at_once = 0

    def drain_abandoned(self) -> int:
        """Stores what crawls that ended or died have left, oldest first, and closes their records.

        Returns how many pages that were. DatabaseUnreachable, DatabaseUnusable: what is not stored stays.
        """
        before = self.total.pages
        for spool in Spool.abandoned(self.spools):
            record = self._record_of(spool)
            if record is None:
                continue
            try:
                self.drain(spool, record)
                self.store_record(record if record.finished_at else _killed(record))
            except REFUSALS as error:
                self.damaged += 1
                logger.warning("The database refuses the crawl in %s: %s", spool.folder, str(error).split("\n")[0])
                continue
            spool.remove()
        return self.total.pages - before

    def drain(self, spool: Spool, record: CrawlRecord) -> None:
        """Stores the closed segments and removes each once it is stored. DatabaseUnreachable, DatabaseUnusable."""
        waiting = deque(spool.segments())
        while waiting:
            paths = _batch(waiting, self._at_once)
            size = sum(path.stat().st_size for path in paths)
            segments = {int(path.stem): self._pages_of(path, record) for path in paths}
            began = monotonic()
            work = partial(export_segments, record=record, segments=segments, keep=self._keep_page)
            self.total.add(self._with_connection(work))
            # A statement costs as much for one segment as for a few.
            self._at_once = int(min(BATCH_BYTES, size * BATCH_SECONDS / (monotonic() - began + 0.001)))
            for path in paths:
                path.unlink()

    def _pages_of(self, segment: Path, record: CrawlRecord) -> list[PageItems]:
        """Its pages; lines that are none are kept in a file."""
        pages, broken = read_segment(segment)
        if broken:
            self.broken += len(broken)
            self._keep(f"{record.id}-{segment.stem}-broken.jsonl", b"\n".join(broken))
        return pages

    def store_record(self, record: CrawlRecord) -> None:
        """Writes the row of the crawl, and of its removals what counts. DatabaseUnreachable, DatabaseUnusable."""
        self._with_connection(partial(store_judged, record=record))

    def close_dead(self, site: str) -> None:
        """Ends the rows of crawls that cannot be running, since we hold the lock. DatabaseUnreachable."""
        self._with_connection(lambda connection: crawls.close_dead(connection, site))

    def earlier_crawls(self, record: CrawlRecord) -> EarlierCrawls | None:
        """What earlier crawls of the site found; None where no database says so."""
        try:
            return self._with_connection(lambda connection: earlier_crawls(connection, record))
        except (DatabaseUnreachable, DatabaseUnusable):
            return None

    def fallen(self, site: str) -> frozenset[Key]:
        """The fields that fell and have not been found again. DatabaseUnreachable, DatabaseUnusable."""
        return self._with_connection(lambda connection: coverage_history.fallen(connection, site))

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection, as far as anybody knows."""
        return self._connection is not None

    def close(self) -> None:
        """Gives the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _record_of(self, spool: Spool) -> CrawlRecord | None:
        """The record of an abandoned spool; None where there is nothing to store, or nobody knows of which crawl."""
        try:
            return spool.record
        except (OSError, *DAMAGED) as error:
            if spool.segments():
                self.damaged += 1
                logger.warning("The record in %s cannot be read (%s); its pages stay there", spool.folder, error)
            elif all(path.name == "owner" or path.suffix == ".part" for path in spool.folder.iterdir()):
                spool.remove()  # its process died while it removed the folder
        return None

    def _with_connection(self, work: Callable[[Connection], T]) -> T:
        """Does the work; where a connection that was open turns out to be broken, once more over a new one."""
        was_open = self._connection is not None
        try:
            if self._connection is None or self._connection.closed:
                self._connection = self.database.connect()
                migrate(self._connection)
            return work(self._connection)
        except CANNOT_USE_NOW as error:
            self.close()
            if not was_open:
                raise DatabaseUnreachable(self._told(error)) from None
        except REFUSALS:
            raise
        except psycopg.ProgrammingError as error:
            raise DatabaseForeign(
                f"{self._told(error)}: the tables are not as this program made them; undo the change,"
                " or name another database in DATABASE_URL"
            ) from None
        except psycopg.Error as error:
            self.close()
            raise DatabaseUnreachable(self._told(error)) from None
        return self._with_connection(work)

    def _told(self, error: psycopg.Error) -> str:
        return f"{self.database.name}: {' '.join(str(error).split())}"

    def _keep_page(self, page: PageItems) -> str:
        return self._keep(
            f"{page.kind}-{page.no or 0}-{page.fetched_at:%Y%m%dT%H%M%S%f}.json", msgspec.json.encode(page)
        )

    def _keep(self, name: str, content: bytes) -> str:
        """Writes what cannot be stored to a file below the data folder, and returns its path there."""
        path = private_folder(self.data / "refused") / name
        write_whole(path, content + b"\n")
        logger.warning("What could not be stored is kept in %s", path)
        return str(path.relative_to(self.data))


class DrainThread(Thread):
    """Follows the crawl with a few seconds' distance; a database that is away is asked again and again."""

    def __init__(
        self,
        drain: Drain,
        spool: Spool,
        record: CrawlRecord,
        *,
        told: Callable[[Exported], None],
        keep_lock: Callable[[], None],
    ) -> None:
        super().__init__(name="drain", daemon=True)
        self.worker = drain
        self.spool = spool
        self.record = record
        self.told = told
        self.keep_lock = keep_lock
        self.trouble = ""
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
        """Stops following and stores the rest; whether all is stored. Comes to no end while the server is frozen."""
        self._stopping.set()
        self.join()
        self._drain(TICK)
        patient_until = monotonic() + (PATIENCE if self.may_come_back else 0)
        while self.trouble and monotonic() < patient_until:
            sleep(TICK)
            self._drain(TICK)
        return not self.spool.waiting()

    def _drain(self, pause: float, older_than: float = 0.0) -> float:
        """Stores what is there, and of the open segment what is old enough; how long to wait for the next look."""
        try:
            try:
                self.spool.sync()
                self.spool.close_segment(older_than=older_than)
            finally:  # what was closed before can be stored all the same
                self.worker.drain(self.spool, self.record)
        except (DatabaseUnreachable, DatabaseUnusable, psycopg.Error, OSError) as error:
            # Whatever keeps the rest from being stored: it is in the spool, and the end of the crawl tells why.
            if not self.trouble:
                logger.warning("Cannot store now, pages wait in the spool: %s", error)
            self.trouble = str(error)
            self.may_come_back = self.was_reached and isinstance(error, DatabaseUnreachable)
            return min(max(pause, TICK) * 2, LONGEST_PAUSE)
        finally:
            self.told(self.worker.total)
        self.trouble = ""
        self.was_reached = self.was_reached or self.worker.is_connected
        return TICK


def _batch(waiting: deque[Path], at_once: int) -> list[Path]:
    """Takes the first segments, of so many bytes together but for the last of them; at least one."""
    batch = [waiting.popleft()]
    size = batch[0].stat().st_size
    while waiting and size < at_once:
        batch.append(waiting.popleft())
        size += batch[-1].stat().st_size
    return batch


def _killed(record: CrawlRecord) -> CrawlRecord:
    """The record of a crawl that was ended from outside before it could write how it went."""
    return replace(record, finished_at=max(datetime.now(UTC), record.started_at), outcome=Outcome.ERROR.word)


def waiting_pages(data: Path, site: str | None = None) -> int:
    """How many pages, of one site or of all, wait in the spools below the data folder, whoever owns them."""
    return sum(spool.waiting() for spool in _spools(data, site))


def left_pages(data: Path, site: str | None = None) -> int:
    """Those of them that no living process stores: the next crawl does, or `scrapy export`."""
    return sum(spool.waiting() for spool in _spools(data, site) if not spool.is_owned)


def _spools(data: Path, site: str | None) -> list[Spool]:
    """The spools of one site or of all, to look at."""
    folders = [path for path in (data / "spool").glob("[!.]*") if path.is_dir()]
    spools = [Spool(folder, -1) for folder in folders]
    return [spool for spool in spools if site is None or _site_of(spool) == site]


def _site_of(spool: Spool) -> str | None:
    """The site of the crawl that wrote it; None where nobody can tell."""
    try:
        return spool.record.site
    except (OSError, *DAMAGED):
        return None
