"""Where the time of a page goes: each stage over saved pages, one after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, thread_time
from typing import TypeVar

from asiatongsin.items import Page
from pipelines.archive.crawl_files import Archive
from pipelines.database.connection import Database
from pipelines.spool.drain import Drain
from pipelines.spool.folder import Spool
from pipelines.stages.split import split
from pipelines.terminal.text_table import text_table
from tests.bench.postgres import server
from tests.bench.saved import record, saved, spooled, validated
from tests.conftest import new_database

T = TypeVar("T")

HEAD = ("stage", "ms per page", "of it CPU of this process")


class Clock:
    """Milliseconds per page of each stage."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.times: dict[str, list[tuple[float, float]]] = {}

    def over(self, stage: str, work: Callable[[], T]) -> T:
        """Does the work for all pages and notes how long it took."""
        wall, cpu = perf_counter(), thread_time()
        done = work()
        taken = (perf_counter() - wall, thread_time() - cpu)
        self.times.setdefault(stage, []).append((taken[0] * 1000 / self.pages, taken[1] * 1000 / self.pages))
        return done

    def rows(self) -> list[tuple[str, str, str]]:
        """The medians, and their sum."""
        medians = {
            stage: [median(column) for column in zip(*times, strict=True)] for stage, times in self.times.items()
        }
        medians["together"] = [sum(column) for column in zip(*medians.values(), strict=True)]
        return [(stage, f"{wall:.2f}", f"{cpu:.2f}") for stage, (wall, cpu) in medians.items()]


def stage_table(pages: int, rounds: int) -> list[str]:
    """A table of the stages, and how it is to be read."""
    clock = Clock(pages)
    with server() as postgres:
        for _ in range(rounds):
            with new_database(postgres.url) as url, TemporaryDirectory(prefix="asiatongsin-bench-") as data:
                _measure(clock, saved(pages), url, Path(data))
    how = f"Each stage alone over {pages} saved pages of 60 kB; the drain runs in a thread of its own during a crawl."
    return [how, text_table(HEAD, clock.rows())]


def _measure(clock: Clock, pages: list[Page], url: str, data: Path) -> None:
    drain = Drain(Database(url, data), data)
    drain.store_record(record("before"))  # makes the tables
    crawl = record("measured")
    archive = Archive(data, crawl, {}, 10**9)
    archived = clock.over("archive", lambda: [page.archived_at(archive.append(page)) for page in pages])
    clock.over("parse", lambda: _parse(archived))
    split_pages = clock.over("read", lambda: list(map(split, archived)))
    items = clock.over("validate", lambda: list(map(validated, split_pages)))
    spool = Spool.create(drain.spools, crawl)
    spool.writer.sync_first = archive.sync
    clock.over("spool", lambda: spooled(spool, items))
    clock.over("drain", lambda: drain.drain(spool, crawl))
    drain.close()
    spool.release()
    archive.close()


def _parse(pages: Iterable[Page]) -> None:
    for page in pages:
        page.parsed  # noqa: B018  kept by the page
