"""What a worker does once a minute beside its jobs, each in a process of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from scrapy.settings import BaseSettings, Settings

from pipelines.database.connection import Database
from pipelines.disk import describe_error
from pipelines.fleet import apart
from pipelines.fleet.processes import Processes
from pipelines.spool.belonging import remembered
from pipelines.spool.waiting import abandoned_pages
from pipelines.threads import run_in_thread

logger = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two rounds."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that is done once a minute."""

    name: str
    """What log lines begin with."""

    run: Callable[[Settings], int]
    """What its process does."""

    is_wanted: Callable[[BaseSettings, Mapping[str, int]], bool]
    """Whether there is anything to do, by the settings and by what lies in the data folder."""


CHORES = (
    Chore("spool", apart.drain, lambda settings, spool: spool["pages"] > 0),
    Chore("archive", apart.push, lambda settings, spool: bool(settings["ARCHIVE_STORE"])),
    Chore("metrics", apart.metrics, lambda settings, spool: bool(settings["METRICS_FILE"])),
)


@dataclass(slots=True)
class Chores:
    """Starts each chore that is wanted, unless it still runs."""

    settings: BaseSettings
    processes: Processes
    data: Path
    database: Database
    spool: dict[str, int] = field(default_factory=lambda: {"pages": 0, "refused": 0})
    """What lies in the data folder: pages that wait, and files with pages that the database refused."""
    _running: set[str] = field(default_factory=set)
    _at: float = -1e9

    def hurry(self) -> None:
        """The next round comes at once: a crawl has left something."""
        self._at = -1e9

    async def do(self) -> None:
        """One round, where a minute has passed. The database has just answered."""
        if monotonic() - self._at < EVERY:
            return
        self._at = monotonic()
        try:
            self.spool = await run_in_thread(_look, self.data, self.database)
        except OSError as error:
            logger.warning("What waits in the spool cannot be counted: %s", describe_error(error, self.data))
        for chore in CHORES:
            if chore.name not in self._running and chore.is_wanted(self.settings, self.spool):
                self._start(chore)

    def _start(self, chore: Chore) -> None:
        def ended(status: int) -> None:
            self._running.discard(chore.name)

        try:
            self.processes.start(chore.name, chore.run, {}, ended)
            self._running.add(chore.name)
        except (OSError, EOFError) as error:
            logger.warning("Cannot start what takes care of the %s: %s", chore.name, error)


def _look(data: Path, database: Database) -> dict[str, int]:
    pages = abandoned_pages(data, remembered(data, database))
    return {"pages": pages, "refused": sum(path.is_file() for path in (data / "refused").glob("*"))}
