"""`scrapy reparse` over an archive with all cores, against one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from pipelines.archive.crawl_files import Archive
from pipelines.database.connection import Database
from pipelines.spool.drain import Drain
from pipelines.spool.folder import Spool
from tests.bench.found import Effort, Found, Goal, Row, ratios
from tests.bench.postgres import server
from tests.bench.process import Measured, measured, scrapy
from tests.bench.saved import read, record, saved, spooled

PAGES = 12_000
GOAL = Goal(lowest=1.8)
ON_ONE_CORE = ("taskset", "--cpu-list", str(min(os.sched_getaffinity(0))))

HOW = (
    "Reparse: the whole command, start-up included, over an archive of {pages} pages of 60 kB. They are stored as"
    " they are read, so that nothing is to be written. All {cores} cores against one, to which the command is confined"
    " then."
)


def run(effort: Effort) -> Found:
    """All cores and one by turns."""
    pages, cores = effort.of(PAGES, least=40), len(os.sched_getaffinity(0))
    with server() as postgres, TemporaryDirectory(prefix="asiatongsin-bench-") as data:
        given = {"DATABASE_URL": postgres.url, "ASIATONGSIN_DATA": data}
        archived(Database(postgres.url, Path(data)), Path(data), pages)
        pairs = [(reparse(given), reparse(given, *ON_ONE_CORE)) for _ in effort.at_most(3)]
    all_cores, one = [first.seconds for first, _ in pairs], [second.seconds for _, second in pairs]
    figure = f"{pages / median(all_cores):.0f} against {pages / median(one):.0f} pages/s"
    row = Row(name=f"reparse on {cores} cores, by one", figure=figure, ratios=ratios(one, all_cores), goal=GOAL)
    return Found(rows=[row], notes=[HOW.format(pages=pages, cores=cores)])


def archived(database: Database, data: Path, count: int) -> None:
    """Archives and stores so many pages, as a crawl does."""
    crawl, drain = record("20251005T010000Z-9f3a1c"), Drain(database, data)
    archive = Archive(data, crawl, {}, 10**9)
    items = read(page.archived_at(archive.append(page)) for page in saved(count))
    spool = spooled(Spool.create(drain.spools, crawl), items)
    drain.drain(spool, crawl)
    spool.remove()
    spool.release()
    archive.close()
    drain.close()


def reparse(given: Mapping[str, str], *before: str) -> Measured:
    """Reads the archive again and finds nothing that differs; `before` stands before the command."""
    process = measured([*before, *scrapy("reparse")], given)
    if "none differs" not in process.log:
        raise AssertionError(process.log)
    return process
