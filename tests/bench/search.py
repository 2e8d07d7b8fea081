"""Search: how long 400 queries take, how large the index is, and what it costs to store articles with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from asiatongsin.items import PageItems
from pipelines.database.connection import Database
from pipelines.database.migrate import migrate
from pipelines.database.search_index import build, size
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.search import Search
from pipelines.spool.drain import Drain
from pipelines.spool.folder import Spool
from tests.bench.corpus import COLUMNS, queries, rows
from tests.bench.found import Effort, Found, Goal, Row
from tests.bench.postgres import Server, server
from tests.bench.saved import read, record, saved, spooled
from tests.conftest import new_database

ARTICLES = 100_000
QUERIES = 400
PAGES = 1000
SLOWEST = 0.1
"""Seconds that one query in a hundred may take."""

DROP = "DROP INDEX articles_by_terms"
TABLE_SIZE = "SELECT pg_table_size('article_texts')"

HOW = (
    f"Search: {QUERIES} fixed queries for a page of 20 on invented articles of eight years, whose words are as unevenly"
    " frequent as those of a language. Each query three times, its median counts. CPU is that of the PostgreSQL process"
    " alone, once while pages are stored as fast as they can be. The articles are stored first and the index is built"
    " then, as by `asiatongsin index`. To store with the index and without: fresh pages"
    " of the replica through the drain, all processes of the server counted."
)


def run(effort: Effort) -> Found:
    """Fills a database, asks it, then stores pages into others by turns."""
    articles = effort.articles or effort.of(ARTICLES, least=200)
    with server() as postgres:
        pages = read(saved(effort.of(PAGES, least=20)))
        with new_database(postgres.url) as url, Database(url, Path()).connect() as connection:
            asked = list(_searched(postgres, connection, url, articles, effort.of(QUERIES, least=20), pages))
        stored = [(_stored(postgres, pages, True), _stored(postgres, pages, False)) for _ in effort.at_most(3)]
    by, without = (1000 * median(column) / len(pages) for column in zip(*stored, strict=True))
    figure = f"{by:.2f} against {without:.2f} ms of CPU a page"
    ratios = tuple(one / other for one, other in stored)
    return Found(
        rows=[*asked, Row(name="storing with the index, by without", figure=figure, ratios=ratios)], notes=[HOW]
    )


def _searched(
    postgres: Server, connection: Connection, url: str, articles: int, number: int, pages: Sequence[PageItems]
) -> Iterator[Row]:
    migrate(connection)
    connection.execute(DROP)
    _fill(connection, articles)
    before = postgres.cpu()
    with Database(url, Path()).connect() as watching:
        build(connection, watching, lambda _: None)
    building = f"{1000 * (postgres.cpu() - before) / articles:.2f} ms of CPU an article to build"
    connection.execute("VACUUM ANALYZE article_texts")
    [(table,)] = connection.execute(TABLE_SIZE).fetchall()
    index = size(connection)
    figure = f"{index / articles:.0f} against {table / articles:.0f} bytes an article, {building}"
    yield Row(name="search index, by the table", figure=figure, ratios=(index / table,))
    times, used = zip(*(_asked(connection, query) for query in queries(number)), strict=True)
    what = f"p99 of {number} queries on {articles:,} articles"
    yield _slowest(f"{what}, by {SLOWEST * 1000:.0f} ms", times, None)
    yield _slowest(f"{what}, CPU, by {SLOWEST * 1000:.0f} ms", used, Goal(highest=1.0))
    with _storing(url, pages) as sites:
        _, meanwhile = zip(*(_asked(connection, query) for query in queries(number)), strict=True)
    slow, slower = _p99(used), _p99(meanwhile)
    figure = (
        f"{1000 * slower:.1f} against {1000 * slow:.1f} ms of CPU, {len(sites)} batches of {len(pages)} pages stored"
    )
    yield Row(
        name=f"{what} while pages are stored, by p99 without",
        figure=figure,
        ratios=(slower / slow,),
        goal=Goal(highest=1.2),
    )


def _slowest(name: str, seconds: Sequence[float], goal: Goal | None) -> Row:
    ordered, slow = sorted(seconds), _p99(seconds)
    figure = f"median {1000 * median(ordered):.1f} ms, p99 {1000 * slow:.1f} ms, slowest {1000 * ordered[-1]:.1f} ms"
    return Row(name=name, figure=figure, ratios=(slow / SLOWEST,), goal=goal)


def _p99(seconds: Sequence[float]) -> float:
    return sorted(seconds)[len(seconds) * 99 // 100]


@contextmanager
def _storing(url: str, pages: Sequence[PageItems], rest: float = 0) -> Iterator[list[str]]:
    """Stores these pages again and again in a thread, each time as those of another site; gives the sites.

    It rests so many seconds between two times.
    """
    stopping, sites = Event(), list[str]()

    def store() -> None:
        with (
            TemporaryDirectory(prefix="asiatongsin-bench-") as folder,
            closing(Drain(Database(url, Path(folder)), Path(folder))) as drain,
        ):
            while not stopping.wait(rest):
                sites.append(f"paper{len(sites)}.kr")
                crawl = record(sites[-1])
                spool = spooled(Spool.create(drain.spools, crawl), [_of_site(page, sites[-1]) for page in pages])
                drain.drain(spool, crawl)
                spool.release()

    thread = Thread(target=store)
    thread.start()
    try:
        yield sites
    finally:
        stopping.set()
        thread.join()


def _of_site(page: PageItems, site: str) -> PageItems:
    article = page.article and replace(page.article, site=site)
    return replace(page, site=site, article=article, weather=page.weather and replace(page.weather, site=site))


def _fill(connection: Connection, articles: int) -> None:
    statement = SQL("COPY article_texts ({}) FROM STDIN").format(SQL(", ").join(map(Identifier, COLUMNS)))
    with connection.transaction(), psycopg.Cursor(connection).copy(statement) as copy:
        for row in rows(articles):
            copy.write_row(row)


def _asked(connection: Connection, query: str) -> tuple[float, float]:
    """Seconds, and CPU-seconds of the server's process, until a page is there."""
    taken = sorted(_once(connection, query) for _ in range(3))
    return taken[1]


def _once(connection: Connection, query: str) -> tuple[float, float]:
    used, began = _used(connection), perf_counter()
    Search(connection, Filters.parse(query)).page()
    return perf_counter() - began, _used(connection) - used


def _used(connection: Connection) -> float:
    """CPU-seconds of the process that serves the connection, in nanoseconds as Linux counts them."""
    return int(Path(f"/proc/{connection.info.backend_pid}/schedstat").read_text().split()[0]) / 1e9


def _stored(postgres: Server, pages: Sequence[PageItems], is_indexed: bool) -> float:
    """CPU-seconds of the server for these pages, into a database of their own."""
    with (
        new_database(postgres.url) as url,
        TemporaryDirectory(prefix="asiatongsin-bench-") as folder,
        closing(Drain(Database(url, Path(folder)), Path(folder))) as drain,
    ):
        drain.store_record(record("before"))  # makes the tables
        if not is_indexed:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(DROP)
        spool = spooled(Spool.create(drain.spools, record("fresh")), pages)
        before = postgres.cpu()
        drain.drain(spool, record("fresh"))
        spool.release()
        return postgres.cpu() - before
