"""From the spool into the database, batch by batch: what a crawl writes, and what earlier crawls left."""

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
from pipelines.verdict.late import store_judged

logger = logging.getLogger(__name__)

BATCH_BYTES = 2 * 1024 * 1024
"""Bytes of segments, eight of usual pages, above which no more are stored in one transaction."""

BATCH_SECONDS = 2.0
"""How long a transaction may take, as far as the one before it tells: whoever waits sees pages only as it ends."""


class Drain:
    """Stores spooled pages, and writes the rows of their crawls."""

    def __init__(self, database: Database, data: Path) -> None:
        self.data = data
        self.spools = data / "spool"
        self.total = Exported()
        self.damaged = 0
        self.broken = 0
        self._session = Session(database)
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
            self.total.add(self._session.run(work))
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
        self._session.run(partial(store_judged, record=record))

    def close_dead(self, site: str) -> None:
        """Ends the rows of crawls that cannot be running, since we hold the lock. DatabaseUnreachable."""
        self._session.run(lambda connection: crawls.close_dead(connection, site))

    def earlier_crawls(self, record: CrawlRecord) -> EarlierCrawls | None:
        """What earlier crawls of the site found; None where no database says so."""
        try:
            return self._session.run(lambda connection: earlier_crawls(connection, record))
        except (DatabaseUnreachable, DatabaseUnusable):
            return None

    def fallen(self, site: str) -> frozenset[FieldKey]:
        """The fields that fell and have not been found again. DatabaseUnreachable, DatabaseUnusable."""
        return self._session.run(lambda connection: coverage_history.fallen_fields(connection, site))

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection, as far as anybody knows."""
        return self._session.is_connected

    def close(self) -> None:
        """Gives the connection back."""
        self._session.close()

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

    def _keep_page(self, page: PageItems) -> str:
        return self._keep(
            f"{page.kind}-{page.no or 0}-{page.fetched_at:%Y%m%dT%H%M%S%f}.json", msgspec.json.encode(page)
        )

    def _keep(self, name: str, content: bytes) -> str:
        """Writes what cannot be stored to a file below the data folder, and returns its path there."""
        path = make_private_folder(self.data / "refused") / name
        write_whole(path, content + b"\n")
        logger.warning("What could not be stored is kept in %s", path)
        return str(path.relative_to(self.data))


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
