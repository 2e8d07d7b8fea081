"""Reads one part of a run of `asiatongsin reparse --fleet` again, as `asiatongsin reparse` does, in one process."""

from __future__ import annotations

import logging
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from psycopg import Connection
from psycopg.rows import class_row
from scrapy.settings import Settings
from scrapy.utils.log import configure_logging

from pipelines.archive.files import local_files
from pipelines.archive.in_use import reading_all
from pipelines.archive.settings import StoreSettings
from pipelines.archive.store import Store
from pipelines.archive.whereabouts import Whereabouts
from pipelines.crawl.lock import CrawlLock
from pipelines.crawl_record import ExitStatus, Outcome
from pipelines.database import archive_files as catalog
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.database.session import Session
from pipelines.disk import data_folder, describe_error
from pipelines.fleet.reparse_runs import RunArguments
from pipelines.reparse.bookmark import Bookmark
from pipelines.reparse.ending import run_to_end
from pipelines.reparse.run import Job, Reparse
from pipelines.reparse.writing import Writing
from pipelines.spool.drain import Drain

logger = logging.getLogger(__name__)

GOES_ON = "it goes on there when it is tried again"

_SHARD = """
SELECT site, part, s.run, files, first_file, last_file, only_on, finished_at IS NOT NULL AS is_done, r.arguments::text
FROM reparse_shards AS s JOIN (SELECT run, arguments FROM reparse_runs) AS r USING (run)
WHERE run = %s AND site = %s AND part = %s"""

_FINISH = """
UPDATE reparse_shards SET finished_at = now(), next_at = NULL, status = %s, sentence = %s, captures = %s, differing = %s
WHERE run = %s AND site = %s AND part = %s AND finished_at IS NULL"""
_PUT_OFF = """
UPDATE reparse_shards SET status = %s, sentence = %s, captures = %s, differing = %s
WHERE run = %s AND site = %s AND part = %s AND finished_at IS NULL"""
_FINISH_RUN = """
UPDATE reparse_runs AS r SET finished_at = now() WHERE run = %s AND finished_at IS NULL
    AND NOT EXISTS (SELECT FROM reparse_shards WHERE run = r.run AND finished_at IS NULL)"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A part of a run as it stands in the table."""

    run: int
    """The run."""

    site: str
    """Host of the site."""

    part: int
    """Its place among the parts of the site."""

    files: int
    """How many files it had when it was asked for."""

    first_file: str
    """The first of them."""

    last_file: str
    """The last of them."""

    only_on: str | None
    """Machine on whose disk alone they were; None: the archive store has them."""

    is_done: bool
    """Whether it has ended."""

    arguments: str
    """What the run was asked for, as JSON."""

    @property
    def key(self) -> tuple[int, str, int]:
        """What tells it from other parts."""
        return self.run, self.site, self.part


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """How an attempt went."""

    status: int
    """Exit status of the re-parse."""

    sentence: str
    """What it said at its end."""

    is_done: bool = False
    """Whether it came to its end; else it is tried again."""

    captures: int = 0
    """Captures that were read again."""

    differing: int = 0
    """Those among them that were stored otherwise."""


def reparse_shard(settings: Settings, run: int, site: str, part: int) -> int:
    """Reads a part again and notes how it went; returns the exit status. After SIGTERM, the next attempt goes on."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    configure_logging(settings)
    try:
        status, sentence = run_shard(settings, run, site, part)
    except KeyboardInterrupt:
        status, sentence = ExitStatus.FAULT, f"interrupted; {GOES_ON}"
    logger.log(logging.ERROR if status else logging.INFO, "Re-parse %d, part %d: %s", run, part, sentence)
    return status


def run_shard(settings: Settings, run: int, site: str, part: int) -> tuple[int, str]:
    """Reads a part again under the lock of its site; returns status and sentence, which stand in its row as well."""
    data, database = data_folder(settings), Database.from_settings(settings)
    lock = CrawlLock(data, database, site)
    try:
        return _run_locked(settings, data, lock, (run, site, part))
    except (DatabaseUnreachable, DatabaseUnusable) as error:
        return ExitStatus.SPOOLED, str(error)
    except OSError as error:
        return ExitStatus.FAULT, describe_error(error, data)
    finally:
        lock.release()


def _run_locked(settings: Settings, data: Path, lock: CrawlLock, key: tuple[int, str, int]) -> tuple[int, str]:
    row = lock.session.run(lambda connection: _row(connection, key)) if lock.acquire() else None
    if not lock.is_held_everywhere:
        return ExitStatus.OVERLAPPING, f"a crawl of {lock.site} is running"
    if row is None or row.is_done:
        return ExitStatus.DONE, "there is nothing left to do"
    result = _read_again(settings, data, lock.session, row)
    lock.session.run(lambda connection: note(connection, key, result))
    return result.status, result.sentence


def note(connection: Connection, key: tuple[int, str, int], result: Result) -> None:
    """Writes down how an attempt went, and the end of the run where this was its last part."""
    statement = _FINISH if result.is_done else _PUT_OFF
    with connection.transaction():
        connection.execute(statement, [result.status, result.sentence, result.captures, result.differing, *key])
        finish_run(connection, key[0])


def finish_run(connection: Connection, run: int) -> None:
    """Ends a run of which no part is left."""
    connection.execute(_FINISH_RUN, [run])


def _read_again(settings: Settings, data: Path, session: Session, row: Row) -> Result:
    stored = session.run(lambda connection: catalog.stored(connection, row.site))
    files = _files(data, row, stored)
    places = {one.file: place for one in stored if (place := catalog.place_of(one))}
    address = StoreSettings.from_settings(settings).address
    there = [file for file in files if (data / file).exists() or (address and file in places)]
    if not address and any(file in places for file in files if file not in there):
        return Result(status=ExitStatus.USAGE, sentence="its files are in the archive store: name it in ARCHIVE_STORE")
    where = Whereabouts(data=data, store=Store(address) if address else None, find=places.get)
    with reading_all(data):
        reparse = _reparse(session, row, where, [data / file for file in there])
        outcome, sentence = run_to_end(reparse, settings, GOES_ON)
    if (lost := max(row.files, len(files)) - len(there)) > 0 and reparse.is_done:
        outcome = Outcome.ERROR
        sentence = f"error: {lost} of {row.files} files are neither here nor in the archive store; {sentence}"
    return Result(
        # A store that is away is as little a fault of this part as a database that is.
        status=ExitStatus.SPOOLED if reparse.report.store_trouble else outcome.status,
        sentence=sentence,
        is_done=reparse.is_done and outcome is not Outcome.SPOOLED,
        captures=reparse.report.captures,
        differing=reparse.report.differing,
    )


def _reparse(session: Session, row: Row, where: Whereabouts, files: Sequence[Path]) -> Reparse:
    arguments = msgspec.json.decode(row.arguments, type=RunArguments)
    job = Job(
        files=files,
        wanted=replace(arguments.wanted, site=row.site),
        where=where,
        jobs=1,
        report=lambda what: logger.warning("Cannot read %s", what),
        advance=lambda _: None,
    )
    drain = Drain(session.database, where.data, session)
    writing = Writing(drain, {"reparse": f"run {row.run}, part {row.part}"} | arguments.given)
    return Reparse(job, session, writing, Bookmark(session, ["fleet", *row.key], where.data))


def _row(connection: Connection, key: tuple[int, str, int]) -> Row | None:
    return connection.cursor(row_factory=class_row(Row)).execute(_SHARD, key).fetchone()


def _files(data: Path, row: Row, stored: Sequence[catalog.Row]) -> list[str]:
    """The files of a part, in their order; also those that crawls of its time have finished since it was asked for."""
    found = {one.file for one in stored if row.only_on in {None, one.machine}}
    if row.only_on:
        here = (path.relative_to(data).as_posix() for path in local_files(data, row.site))
        found |= {*here} - {one.file for one in stored}
    return sorted(file for file in found if row.first_file <= file <= row.last_file)
