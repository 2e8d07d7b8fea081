"""Pages per second from closed spool segments into PostgreSQL, against a row at a time and against bare COPY."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import psycopg

from asiatongsin.items import PageItems
from pipelines.database.connection import Database
from pipelines.spool.drain import Drain
from pipelines.spool.folder import Spool
from tests.bench.found import Effort, Found, Goal, Row, ratios
from tests.bench.postgres import Server, server
from tests.bench.saved import again, read, record, saved, spooled
from tests.bench.search import DROP
from tests.bench.tables import Tables, copied, make_bare, make_tables, one_by_one, stored
from tests.conftest import new_database

PAGES = 1000
ROW_AT_A_TIME_PAGES = 100
BY_ROWS = Goal(lowest=10)
FRESH_BY_COPY, UNCHANGED_BY_COPY = Goal(lowest=0.5), Goal(lowest=0.65)
BYTES = 5000
BY_BYTES = Goal(highest=1.0)
VISITS = 3
"""Unchanged visits of each page; the first of them is timed."""

HOW = (
    "Storing: segments of 50 pages, as a crawl closes them, through the drain, with their files removed; the server has"
    " fsync and synchronous_commit on. A row at a time is one statement and one commit each; where the pages are stored"
    " already, with ON CONFLICT DO UPDATE. COPY writes the same rows in one transaction into tables without keys,"
    " checks and indexes. Both write the rows of version 17 of the schema, where each page repeats its teasers."
    f" Bytes are those of all tables and indexes, after the pages were stored, and after {VISITS} visits of each that"
    " found nothing changed, with a VACUUM before each. The search index is left out, which has lines of its own."
)

_SIZE = """
SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """Pages per second of one round, and bytes per page."""

    fresh: float
    unchanged: float
    by_rows: float
    by_rows_unchanged: float
    by_copy: float
    bytes_fresh: float
    bytes_unchanged: float


def run(effort: Effort) -> Found:
    """All three by turns, each round in a database of its own."""
    pages = read(saved(effort.of(PAGES, least=20)))
    few = effort.of(ROW_AT_A_TIME_PAGES, least=5)
    with server() as postgres:
        rounds = [_round(postgres, pages, few) for _ in effort.at_most(5)]
    return Found(rows=list(_rows(rounds)), notes=[HOW])


def _round(postgres: Server, pages: Sequence[PageItems], few: int) -> Stored:
    with _drain(postgres) as (drain, url), psycopg.connect(url, autocommit=True) as connection:
        connection.execute(DROP)
        empty = _size(connection)
        fresh = _drained(postgres, drain, "fresh", pages)
        bytes_fresh = _size(connection) - empty
        once, twice, bare = _others(postgres, stored(connection), few)
        unchanged = []
        for day in range(1, VISITS + 1):
            connection.execute("VACUUM")  # by itself, the server does so within the day
            unchanged.append(_drained(postgres, drain, f"unchanged {day}", again(pages, timedelta(days=day))))
        bytes_unchanged = _size(connection) - empty
    return Stored(
        fresh=len(pages) / fresh,
        unchanged=len(pages) / unchanged[0],
        by_rows=few / once,
        by_rows_unchanged=few / twice,
        by_copy=len(pages) / bare,
        bytes_fresh=bytes_fresh / len(pages),
        bytes_unchanged=bytes_unchanged / len(pages),
    )


def _size(connection: psycopg.Connection) -> int:
    """Bytes of all tables with their indexes."""
    [(size,)] = connection.execute(_SIZE).fetchall()
    return int(size)


def _others(postgres: Server, tables: Tables, few: int) -> tuple[float, float, float]:
    """Seconds for the rows of a few articles one by one, for the same rows again, and for COPY of all."""
    with new_database(postgres.url) as url, psycopg.connect(url, autocommit=True) as connection:
        make_tables(connection)
        make_bare(connection)
        first = tables.of_first(few)
        once = _timed(postgres, lambda: one_by_one(connection, first, is_fresh=True))
        twice = _timed(postgres, lambda: one_by_one(connection, first, is_fresh=False))
        return once, twice, _timed(postgres, lambda: copied(connection, tables))


@contextmanager
def _drain(postgres: Server) -> Iterator[tuple[Drain, str]]:
    with (
        new_database(postgres.url) as url,
        TemporaryDirectory(prefix="asiatongsin-bench-") as folder,
        closing(Drain(Database(url, Path(folder)), Path(folder))) as drain,
    ):
        drain.store_record(record("before"))  # makes the tables
        yield drain, url


def _drained(postgres: Server, drain: Drain, crawl: str, pages: Sequence[PageItems]) -> float:
    spool = spooled(Spool.create(drain.spools, record(crawl)), pages)
    taken = _timed(postgres, lambda: drain.drain(spool, record(crawl)))
    spool.release()
    return taken


def _timed(postgres: Server, work: Callable[[], None]) -> float:
    postgres.rest()
    gc.collect()
    gc.freeze()  # the pages and rows that are kept here for all rounds are nothing that a crawl would look through
    began = perf_counter()
    work()
    return perf_counter() - began


def _rows(rounds: Sequence[Stored]) -> Iterator[Row]:
    copied_rates = [one.by_copy for one in rounds]
    for kind, own, by_rows, goal in (
        ("fresh pages", [one.fresh for one in rounds], [one.by_rows for one in rounds], FRESH_BY_COPY),
        (
            "unchanged pages",
            [one.unchanged for one in rounds],
            [one.by_rows_unchanged for one in rounds],
            UNCHANGED_BY_COPY,
        ),
    ):
        for other, rates, its_goal in (("a row at a time", by_rows, BY_ROWS), ("bare COPY", copied_rates, goal)):
            figure = f"{median(own):.0f} against {median(rates):.0f} pages/s"
            yield Row(name=f"storing {kind}, by {other}", figure=figure, ratios=ratios(own, rates), goal=its_goal)
    for kind, sizes in (
        ("fresh", [one.bytes_fresh for one in rounds]),
        (f"after {VISITS} unchanged visits", [one.bytes_unchanged for one in rounds]),
    ):
        shares = tuple(size / BYTES for size in sizes)
        yield Row(
            name=f"bytes per article, {kind}, by {BYTES:,}",
            figure=f"{median(sizes):.0f} bytes",
            ratios=shares,
            goal=BY_BYTES,
        )
