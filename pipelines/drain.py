"""From the spool into the database: what earlier crawls left, then, in a thread, what this one writes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

import msgspec
import psycopg
from psycopg import Connection

from pipelines.database import Database, DatabaseUnreachable
from pipelines.exporters import crawls
from pipelines.exporters.batch import Exported, export_segment
from pipelines.exporters.migrate import migrate
from pipelines.record import CrawlRecord, Outcome
from pipelines.spool import Spool, read_segment

T = TypeVar("T")

logger = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two looks at the spool."""

CANNOT_STORE_NOW = (
    psycopg.OperationalError,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ReadOnlySqlTransaction,
)
"""Troubles of the server or its administration, not of a page: what is to be stored waits."""

LONGEST_PAUSE = 30.0
"""Seconds between two attempts to reach a database that does not answer."""


class Drain:
    """Stores spooled pages over one connection, which it opens when it needs it and again when it broke."""

    def __init__(self, database: Database, data: Path) -> None:
        self.database = database
        self.data = data
        self.spools = data / "spool"
        self.total = Exported()
        self._connection: Connection | None = None

    def drain_abandoned(self) -> int:
        """Stores what crawls that ended or died have left, oldest first, and closes their records.

        Returns how many pages that were. DatabaseUnreachable, DatabaseTooNew: what is not stored stays.
        """
        before = self.total.pages
        for spool in Spool.abandoned(self.spools):
            record = _record_of(spool)
            if record is None:
                continue
            self.drain(spool, record)
            self.store_record(record if record.finished_at else _killed(record))
            spool.remove()
        return self.total.pages - before

    def drain(self, spool: Spool, record: CrawlRecord) -> None:
        """Stores the closed segments and removes each once it is stored. DatabaseUnreachable, DatabaseTooNew."""
        for path in spool.segments():
            pages, broken = read_segment(path)
            if broken:
                self._keep(f"{record.id}-{path.stem}-broken.jsonl", broken)
            work = partial(export_segment, record=record, segment=int(path.stem), pages=pages)
            exported = self._with_connection(work)
            if exported.refused:
                self._keep(f"{record.id}-{path.stem}.jsonl", [msgspec.json.encode(page) for page in exported.refused])
            self.total.add(exported)
            path.unlink()

    def store_record(self, record: CrawlRecord) -> None:
        """Writes the row of the crawl. DatabaseUnreachable, DatabaseTooNew."""
        self._with_connection(lambda connection: crawls.write(connection, record))

    def close(self) -> None:
        """Gives the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _with_connection(self, work: Callable[[Connection], T]) -> T:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = self.database.connect()
                migrate(self._connection)
            return work(self._connection)
        except CANNOT_STORE_NOW as error:
            self.close()
            raise DatabaseUnreachable(f"{self.database.name}: {' '.join(str(error).split())}") from None

    def _keep(self, name: str, lines: list[bytes]) -> None:
        path = self.data / "refused" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        logger.error("%d pages could not be stored and are kept in %s", len(lines), path)


class DrainThread(Thread):
    """Follows the crawl with a few seconds' distance; a database that is away is asked again and again."""

    def __init__(self, drain: Drain, spool: Spool, record: CrawlRecord, told: Callable[[Exported], None]) -> None:
        super().__init__(name="drain", daemon=True)
        self.worker = drain
        self.spool = spool
        self.record = record
        self.told = told
        self.trouble = ""
        self._stopping = Event()

    def run(self) -> None:
        pause = TICK
        while not self._stopping.wait(pause):
            self.spool.sync()
            self.spool.close_segment(older_than=self.spool.segment_seconds)
            pause = self._drain(pause)

    def finish(self) -> bool:
        """Stops following and stores the rest; whether all is stored."""
        self._stopping.set()
        self.join()
        self.spool.close_segment()
        self._drain(TICK)
        return not self.spool.waiting()

    def _drain(self, pause: float) -> float:
        """Stores what is there; how long to wait for the next look."""
        try:
            self.worker.drain(self.spool, self.record)
        except DatabaseUnreachable as error:
            if not self.trouble:
                logger.warning("Cannot store now, pages wait in the spool: %s", error)
            self.trouble = str(error)
            return min(max(pause, TICK) * 2, LONGEST_PAUSE)
        finally:
            self.told(self.worker.total)
        self.trouble = ""
        return TICK


def _record_of(spool: Spool) -> CrawlRecord | None:
    """The record of an abandoned spool; a folder whose process died before it wrote one is empty."""
    try:
        return spool.record
    except (OSError, msgspec.MsgspecError) as error:
        if spool.segments():
            logger.warning("The record in %s cannot be read (%s); its pages stay there", spool.folder, error)
        else:
            spool.remove()
        return None


def _killed(record: CrawlRecord) -> CrawlRecord:
    """The record of a crawl that was ended from outside before it could write how it went."""
    return replace(record, finished_at=max(datetime.now(UTC), record.started_at), outcome=Outcome.ERROR.word)


def waiting_pages(data: Path) -> int:
    """How many pages wait in all spools below the data folder, whoever owns them."""
    folders = [path for path in (data / "spool").glob("*") if path.is_dir()]
    return sum(Spool(folder, -1).waiting() for folder in folders)
