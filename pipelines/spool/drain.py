"""Stores the pages of the spool in the database, batch by batch: those of a crawl, and those that earlier ones left."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic

from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.crawl_record import CrawlRecord, FieldKey, Outcome
from pipelines.database import clock
from pipelines.database.connection import Database
from pipelines.database.errors import REFUSALS, DatabaseUnreachable, DatabaseUnusable
from pipelines.database.moves import Mover
from pipelines.database.session import Session
from pipelines.disk import make_private_folder, write_whole
from pipelines.exporters import crawls
from pipelines.exporters.batch import Exported, export_segments
from pipelines.exporters.future_times import set_back
from pipelines.freed_memory import give_back
from pipelines.queries import coverage_history
from pipelines.spool.belonging import DatabaseOther, identity_of, remember, remembered
from pipelines.spool.folder import DAMAGED, Spool, encode, read_segment
from pipelines.threads import start_in_thread
from pipelines.verdict.earlier import earlier_crawls
from pipelines.verdict.falls import EarlierCrawls
from pipelines.verdict.when_stored import judge_and_store

logger = logging.getLogger(__name__)

BATCH_BYTES = 2 * 1024 * 1024
"""Bytes of segments above which a transaction takes no more of them; eight segments of usual pages have so many."""

BATCH_SECONDS = 2.0
"""How long a transaction should take, as estimated from the one before: its pages are seen only as it ends."""


@dataclass
class Batch:
    """Segments that are stored in one transaction."""

    paths: list[Path] = field(default_factory=list)
    """Their files."""

    size: int = 0
    """Bytes of these."""

    segments: dict[int, list[PageItems]] = field(default_factory=dict)
    """Their pages, by their numbers."""

    broken: dict[str, list[bytes]] = field(default_factory=dict)
    """Lines that hold no page, by the names of their segments."""

    failed: OSError | None = None
    """Why the segment behind them cannot be read."""


class Drain:
    """Stores spooled pages, and writes the rows of their crawls; over a connection of its own, unless one is given."""

    def __init__(
        self, database: Database, data: Path, session: Session | None = None, *, is_moved: bool = False
    ) -> None:
        self.data = data
        self.here = remembered(data, database)
        """The database; its id may not be known before it is reached."""
        self.elsewhere: Counter[str] = Counter()
        """Pages that were left in the spool since they belong to other databases, by the addresses of these."""
        self._is_moved = is_moved
        self.spools = data / "spool"
        self.total = Exported()
        self.damaged = 0
        self.broken = 0
        self.is_clock_proven: Callable[[], bool] = lambda: False
        """Whether the clock is known to be right: only then can times that lie ahead of it be wrong."""
        self._session = session or Session(database)
        self._mover = Mover()
        self._identified: Connection | None = None
        self._batch_bytes = 0
        self._sites_set_back: set[str] = set()

    def new_spool(self, record: CrawlRecord, **settings: float) -> Spool:
        """A folder for a crawl whose pages are to be stored here. OSError where it cannot be written."""
        if self.is_connected:
            with suppress(DatabaseUnreachable, DatabaseUnusable):
                self._session.run(self._identify)
        spool = Spool.create(self.spools, record, self.here, **settings)
        remember(self.data, self._session.database, self.here)
        return spool

    def drain_abandoned(self) -> int:
        """Stores the pages that ended or killed crawls have left, oldest first, and closes their records.

        Returns the number of pages. DatabaseUnreachable, DatabaseUnusable: pages that are not stored stay. So do pages
        of other databases, unless the database has moved.
        """
        before = self.total.pages
        for spool in Spool.abandoned(self.spools):
            record = self._record_of(spool)
            if record is None:
                continue
            try:
                self._session.run(partial(self._check_database, spool))
                self.drain(spool, record)
                self.store_record(record if record.finished_at else _record_of_killed(record))
            except REFUSALS as error:
                self.damaged += 1
                logger.warning("The database refuses the crawl in %s: %s", spool.folder, str(error).split("\n")[0])
                continue
            except DatabaseOther as error:
                self.elsewhere[error.noted.address] += spool.waiting()
                continue
            spool.remove()
        return self.total.pages - before

    def drain(self, spool: Spool, record: CrawlRecord) -> None:
        """Stores the closed segments and removes each once it is stored. DatabaseUnreachable, DatabaseUnusable.

        OSError where the disk does not give one; those before it are stored.
        """
        waiting = deque(spool.segments())
        if waiting and record.site not in self._sites_set_back and self.is_clock_proven():
            self._session.run(partial(set_back, site=record.site))
            self._sites_set_back.add(record.site)
        ahead = None
        while ahead or waiting:
            batch = (ahead or self._read_next(waiting)).result()
            # Python reads the next one while it waits for this one to be stored; how much, only a first one tells.
            ahead = self._read_next(waiting) if waiting and self._batch_bytes else None
            if batch.failed and not batch.segments:
                raise batch.failed
            self._keep_broken(batch, record)
            started_at = monotonic()
            work = partial(self._export, spool=spool, record=record, segments=batch.segments)
            self.total.add(self._session.run(work))
            # A statement costs as much for one segment as for a few.
            self._batch_bytes = int(min(BATCH_BYTES, batch.size * BATCH_SECONDS / (monotonic() - started_at + 0.001)))
            give_back()
            for path in batch.paths:
                path.unlink()
            if batch.failed:
                raise batch.failed

    def move_some_rows(self) -> None:
        """Moves some rows that an older version has stored otherwise. DatabaseUnreachable, DatabaseUnusable."""
        if self.is_connected and not self._mover.is_over:
            self._session.run(self._mover.step)

    def _read_next(self, waiting: deque[Path]) -> Future[Batch]:
        return start_in_thread(read_batch, _batch(waiting, self._batch_bytes))

    def _keep_broken(self, batch: Batch, record: CrawlRecord) -> None:
        """Keeps the lines that hold no page in files."""
        for segment, lines in batch.broken.items():
            self.broken += len(lines)
            self._keep(f"{record.id}-{segment}-broken.jsonl", b"\n".join(lines))

    def _export(
        self, connection: Connection, spool: Spool, record: CrawlRecord, segments: Mapping[int, Sequence[PageItems]]
    ) -> Exported:
        self._check_database(spool, connection)  # the connection may be a new one
        exported = export_segments(connection, record, segments, self._keep_page)
        spool.note_database(self.here)
        remember(self.data, self._session.database, self.here)
        return exported

    def _check_database(self, spool: Spool, connection: Connection) -> None:
        """DatabaseOther where the pages belong to another database than the one behind the connection."""
        self._identify(connection)
        noted = spool.database
        if noted and not self._is_moved and not noted.is_same(self.here):
            raise DatabaseOther(noted)

    def _identify(self, connection: Connection) -> None:
        if connection is not self._identified:
            self.here = identity_of(self._session.database, connection)
            self._identified = connection

    def store_record(self, record: CrawlRecord) -> None:
        """Writes the row of the crawl, and all that follows from it. DatabaseUnreachable, DatabaseUnusable."""
        self._session.run(partial(judge_and_store, record=record))

    def check_clock(self) -> None:
        """ClocksDiffer where the clock is far from that of the database. DatabaseUnreachable, DatabaseUnusable."""
        self._session.run(clock.check)

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
        return self._keep(f"{page.kind}-{page.no or 0}-{page.fetched_at:%Y%m%dT%H%M%S%f}.json", encode(page))

    def _keep(self, name: str, content: bytes) -> str:
        """Writes content that cannot be stored to a file; returns its path below the data folder."""
        path = make_private_folder(self.data / "refused") / name
        write_whole(path, content + b"\n")
        logger.warning("What could not be stored is kept in %s", path)
        return str(path.relative_to(self.data))


def read_batch(paths: Sequence[Path]) -> Batch:
    """The pages of these segments, up to one that cannot be read: they are stored in their order."""
    batch = Batch()
    for path in paths:
        try:
            batch.size += path.stat().st_size
            batch.segments[int(path.stem)], broken = read_segment(path)
        except OSError as error:
            batch.failed = error
            break
        batch.paths.append(path)
        if broken:
            batch.broken[path.stem] = broken
    return batch


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
