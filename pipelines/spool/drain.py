"""Stores the pages of the spool in the database, batch by batch: those of a crawl, and those that earlier ones left."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic

import msgspec

from asiatongsin.items import PageItems
from pipelines.crawl_record import CrawlRecord, FieldKey, Outcome
from pipelines.database.connection import Database
from pipelines.database.errors import REFUSALS, DatabaseUnreachable, DatabaseUnusable
from pipelines.database.session import Session
from pipelines.disk import make_private_folder, write_whole
from pipelines.exporters import crawls
from pipelines.exporters.batch import Exported, export_segments
from pipelines.queries import coverage_history
from pipelines.spool.folder import DAMAGED, Spool, read_segment
from pipelines.verdict.earlier import earlier_crawls
from pipelines.verdict.falls import EarlierCrawls
from pipelines.verdict.when_stored import judge_and_store

logger = logging.getLogger(__name__)

BATCH_BYTES = 2 * 1024 * 1024
"""Bytes of segments above which a transaction takes no more of them; eight segments of usual pages have so many."""

BATCH_SECONDS = 2.0
"""How long a transaction should take, as estimated from the one before: its pages are seen only as it ends."""


class Drain:
    """Stores spooled pages, and writes the rows of their crawls; over a connection of its own, unless one is given."""

    def __init__(self, database: Database, data: Path, session: Session | None = None) -> None:
        self.data = data
        self.spools = data / "spool"
        self.total = Exported()
        self.damaged = 0
        self.broken = 0
        self._session = session or Session(database)
        self._batch_bytes = 0

    def drain_abandoned(self) -> int:
        """Stores the pages that ended or killed crawls have left, oldest first, and closes their records.

        Returns the number of pages. DatabaseUnreachable, DatabaseUnusable: pages that are not stored stay.
        """
        before = self.total.pages
        for spool in Spool.abandoned(self.spools):
            record = self._record_of(spool)
            if record is None:
                continue
            try:
                self.drain(spool, record)
                self.store_record(record if record.finished_at else _record_of_killed(record))
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
            paths = _batch(waiting, self._batch_bytes)
            size = sum(path.stat().st_size for path in paths)
            segments = {int(path.stem): self._pages_of(path, record) for path in paths}
            started_at = monotonic()
            work = partial(export_segments, record=record, segments=segments, keep=self._keep_page)
            self.total.add(self._session.run(work))
            # A statement costs as much for one segment as for a few.
            self._batch_bytes = int(min(BATCH_BYTES, size * BATCH_SECONDS / (monotonic() - started_at + 0.001)))
            for path in paths:
                path.unlink()

    def _pages_of(self, segment: Path, record: CrawlRecord) -> list[PageItems]:
        """The pages of a segment; lines that hold no page are kept in a file."""
        pages, broken = read_segment(segment)
        if broken:
            self.broken += len(broken)
            self._keep(f"{record.id}-{segment.stem}-broken.jsonl", b"\n".join(broken))
        return pages

    def store_record(self, record: CrawlRecord) -> None:
        """Writes the row of the crawl, and all that follows from it. DatabaseUnreachable, DatabaseUnusable."""
        self._session.run(partial(judge_and_store, record=record))

    def close_dead(self, site: str) -> None:
        """Ends the rows of crawls that cannot be running, since this one holds the lock. DatabaseUnreachable."""
        self._session.run(lambda connection: crawls.close_dead(connection, site))

    def earlier_crawls(self, record: CrawlRecord) -> EarlierCrawls | None:
        """What earlier crawls of the site found; None where no database can be asked."""
        try:
            return self._session.run(lambda connection: earlier_crawls(connection, record))
        except (DatabaseUnreachable, DatabaseUnusable):
            return None

    def fallen(self, site: str) -> frozenset[FieldKey]:
        """The fields that fell and have not been found again. DatabaseUnreachable, DatabaseUnusable."""
        return self._session.run(lambda connection: coverage_history.fallen_fields(connection, site))

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection; that it broke shows only in its next use."""
        return self._session.is_connected

    def close(self) -> None:
        """Closes the connection."""
        self._session.close()

    def _record_of(self, spool: Spool) -> CrawlRecord | None:
        """The record of an abandoned spool; None where it cannot be read, or there is nothing to store."""
        try:
            return spool.record
        except (OSError, *DAMAGED) as error:
            if spool.segments():
                self.damaged += 1
                logger.warning("The record in %s cannot be read (%s); its pages stay there", spool.folder, error)
            elif all(path.name == "owner" or path.suffix == ".part" for path in spool.folder.iterdir()):
                spool.remove()  # its process died while it removed the folder
        return None

    def _keep_page(self, page: PageItems) -> str:
        return self._keep(
            f"{page.kind}-{page.no or 0}-{page.fetched_at:%Y%m%dT%H%M%S%f}.json", msgspec.json.encode(page)
        )

    def _keep(self, name: str, content: bytes) -> str:
        """Writes content that cannot be stored to a file; returns its path below the data folder."""
        path = make_private_folder(self.data / "refused") / name
        write_whole(path, content + b"\n")
        logger.warning("What could not be stored is kept in %s", path)
        return str(path.relative_to(self.data))


def _batch(waiting: deque[Path], batch_bytes: int) -> list[Path]:
    """Takes segments from the front, at least one, until they have `batch_bytes` together."""
    batch = [waiting.popleft()]
    size = batch[0].stat().st_size
    while waiting and size < batch_bytes:
        batch.append(waiting.popleft())
        size += batch[-1].stat().st_size
    return batch


def _record_of_killed(record: CrawlRecord) -> CrawlRecord:
    """The record of a crawl that was killed before it could write how it went."""
    return replace(record, finished_at=max(datetime.now(UTC), record.started_at), outcome=Outcome.ERROR.word)
