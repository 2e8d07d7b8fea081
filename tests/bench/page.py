"""The web page: what its answers cost on many articles, also while pages are stored, and what a file of all needs."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import quote

from psycopg import Connection
from psycopg.sql import SQL, Literal

from pipelines.database.connection import Database
from pipelines.database.migrate import migrate
from pipelines.database.search_index import build
from tests.bench.corpus import NEWEST, queries
from tests.bench.found import Effort, Found, Goal, Row
from tests.bench.postgres import server
from tests.bench.process import clean, scrapy
from tests.bench.saved import read, saved
from tests.bench.search import DROP, _fill, _storing
from tests.conftest import ROOT, new_database

ARTICLES, QUERIES, PAGES, CITIES = 100_000, 400, 50, 16
SEARCH, FIRST, WEATHER, MEGABYTES = 0.15, 0.1, 0.25, 80.0
"""Seconds of one search in a hundred, of the first page, of the weather of a year; memory while a file is made."""

_CITIES = quote(",".join(f"도시{place}" for place in range(1, CITIES + 1)))
OF_A_YEAR = f"site=newsasia.kr&since={NEWEST.year - 1}-12-01&until={NEWEST.year}-12-01&city={_CITIES}"
WEATHER_OF_A_YEAR, ITS_PLOT = f"/weather?{OF_A_YEAR}", f"/weather.json?{OF_A_YEAR}&plot=1"

HOW = (
    "Page: `asiatongsin serve` in a process of its own, asked over HTTP, one request after the other, on the articles"
    " of the benchmark of the search, with its queries. Each three times, the median counts. Seconds are those of the"
    " CPU, of the page's process and of the PostgreSQL processes that serve it. Weather: a strip an hour, each another"
    " one. Pages are stored as those of fifty crawls that fetch one a second. Memory is what the process alone has"
    " (RssAnon); libraries that processes share come on top."
)

# Each hour another strip, in which one city shows nothing now and then.
_SNAPSHOTS = """
INSERT INTO weather_snapshots (site, first_fetched_at, last_fetched_at, pages, readings_hash)
SELECT 'newsasia.kr', at, at + interval '50 minutes', 1, lpad(to_hex(extract(epoch FROM at)::bigint), 64, '0')
FROM generate_series({newest}::timestamptz - interval '365 days', {newest}::timestamptz, interval '1 hour') AS at"""

_STRIPS = """
INSERT INTO weather_strips (readings_hash, position, city, condition, temperature_c)
SELECT readings_hash, place, '도시' || place, '맑음',
    CASE WHEN (s.id + place) % 50 > 0 THEN (20 * sin(s.id / 1400.0) + 5 * sin(s.id / 4.0) + place)::numeric(4, 1) END
FROM weather_snapshots AS s, generate_series(1, {cities}) AS place"""

_OTHERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@dataclass(frozen=True)
class Page:
    """A page that is served."""

    pid: int
    connection: HTTPConnection
    database: list[int]
    """Processes of the server that serve it."""

    def seconds(self, path: str) -> float | None:
        """CPU-seconds until an answer is there; None where there is no such page."""
        before = self._used()
        return None if self.size(path) is None else self._used() - before

    def size(self, path: str) -> int | None:
        """Bytes of an answer, which is not kept; None where there is no such page."""
        self.connection.request("GET", path)
        answer, size = self.connection.getresponse(), 0
        while piece := answer.read(65536):
            size += len(piece)
        if answer.status not in {200, 404}:
            raise ValueError(f"{path}: {answer.status}")
        return size if answer.status == 200 else None

    def megabytes(self) -> float:
        """Memory that the process shares with no other."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.findall(r"RssAnon:\s+(\d+) kB", status)[0]) / 1024

    def _used(self) -> float:
        threads = (path for pid in (self.pid, *self.database) for path in Path(f"/proc/{pid}/task").iterdir())
        return sum(int((path / "schedstat").read_text().split()[0]) for path in threads) / 1e9


def run(effort: Effort) -> Found:
    """Fills a database, serves it, and asks."""
    articles = effort.articles or effort.of(ARTICLES, least=200)
    pages = read(saved(PAGES))
    with server() as postgres, new_database(postgres.url) as url, Database(url, Path()).connect() as connection:
        _make(connection, url, articles)
        with _served(connection, url) as page:
            rows = list(_rows(page, articles, effort.of(QUERIES, least=20)))
            with _storing(url, pages, rest=1) as stored:
                meanwhile = _searches(page, effort.of(QUERIES, least=20))
            what = f"{len(stored)} batches of {len(pages)} pages stored meanwhile"
            rows.append(_slowest(f"search p99, {articles:,} articles, while pages are stored", meanwhile, what))
    return Found(rows=rows, notes=[HOW])


def _make(connection: Connection, url: str, articles: int) -> None:
    migrate(connection)
    connection.execute(DROP)
    _fill(connection, articles)
    with Database(url, Path()).connect() as watching:
        build(connection, watching, lambda _: None)
    connection.execute(SQL(_SNAPSHOTS).format(newest=Literal(NEWEST)))
    connection.execute(SQL(_STRIPS).format(cities=Literal(CITIES)))
    connection.execute("VACUUM ANALYZE")


@contextmanager
def _served(connection: Connection, url: str) -> Iterator[Page]:
    with TemporaryDirectory(prefix="asiatongsin-bench-") as folder:
        environment = clean() | {"DATABASE_URL": url, "ASIATONGSIN_DATA": folder}
        command = scrapy("serve", "--port", "0")
        with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
            try:
                yield _page(connection, process)
            finally:
                process.terminate()


def _page(connection: Connection, process: subprocess.Popen[str]) -> Page:
    line = process.stderr.readline() if process.stderr else ""
    found = re.match(r"http://([^:]+):(\d+) ", line)
    if found is None:
        raise ValueError(f"the page is not served: {line}")
    asked = HTTPConnection(found[1], int(found[2]))
    page = Page(process.pid, asked, [])
    for path in ("/", "/search.csv?until=2000-01-01"):  # opens the connections, of answers and of files
        page.size(path)
    return Page(process.pid, asked, [pid for (pid,) in connection.execute(_OTHERS)])


def _rows(page: Page, articles: int, number: int) -> Iterator[Row]:
    before = page.megabytes()
    size = page.size("/search.csv") or 0
    memory = page.megabytes()
    yield Row(
        name=f"memory of the page after a CSV of {articles:,} articles, by {MEGABYTES:.0f} MB",
        figure=f"{memory:.0f} MB, {before:.0f} before, {size / 1e6:.0f} MB sent",
        ratios=(memory / MEGABYTES,),
        goal=Goal(highest=1.0),
    )
    yield _slowest(f"search p99, {articles:,} articles", _searches(page, number), f"{number} queries")
    what = f"weather of a year, {CITIES} cities"
    for name, path, goal in (
        ("first page", "/", FIRST),
        (what, WEATHER_OF_A_YEAR, WEATHER),
        (f"{what}, its plot", ITS_PLOT, WEATHER),
    ):
        taken = [one for one in (page.seconds(path) for _ in range(20)) if one is not None]
        if taken:
            figure = f"median {1000 * median(taken):.1f} ms, slowest {1000 * max(taken):.1f} ms of CPU"
            ratios = tuple(one / goal for one in taken)
            yield Row(name=f"{name}, by {1000 * goal:.0f} ms", figure=figure, ratios=ratios, goal=Goal(highest=1.0))


def _searches(page: Page, number: int) -> list[float]:
    asked = [f"/search?q={quote(query)}" for query in queries(number)]
    return [sorted(page.seconds(path) or 0.0 for _ in range(3))[1] for path in asked]


def _slowest(name: str, seconds: Sequence[float], what: str) -> Row:
    ordered = sorted(seconds)
    slow = ordered[len(ordered) * 99 // 100]
    figure = f"median {1000 * median(ordered):.1f} ms, p99 {1000 * slow:.1f} ms, slowest {1000 * ordered[-1]:.1f} ms"
    return Row(
        name=f"{name}, by {1000 * SEARCH:.0f} ms",
        figure=f"{figure} of CPU, {what}",
        ratios=(slow / SEARCH,),
        goal=Goal(highest=1.0),
    )
