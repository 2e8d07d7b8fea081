"""Pages per second of a whole crawl against a bare Scrapy spider that downloads the same pages."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psycopg

from tests.bench.found import Effort, Found, Goal, Row, ratios
from tests.bench.postgres import Server, server
from tests.bench.process import CommandFailed, measured, scrapy
from tests.bench.served import Asked, Site, served
from tests.bench.stages import stage_table
from tests.conftest import new_database

PAGES = 2000
SAVED = 500
GOAL, CPU_GOAL = Goal(lowest=0.55), Goal(highest=1.7)

SETTINGS = {
    "CONCURRENT_REQUESTS": 8,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "ROBOTSTXT_OBEY": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "WARNING",
}
"""What both run with; all else is as the project, or as Scrapy, has it."""

HOW = (
    "Crawl: time counts from the first request, as the replica's log has it, to the end of the process. Start-up"
    " counts for neither, the storing of the last pages counts for ours. Both download the same pages of 60 kB, front"
    " page and lists among them, eight at a time, from a server that has rendered them before. CPU is that of the"
    " whole crawler process, start-up included, and of all processes of the PostgreSQL server while it ran."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Crawled:
    """One crawl."""

    asked: Asked
    rate: float
    """Pages per second."""

    cpu: float
    """Seconds of the CPU that the crawler used."""

    database_cpu: float = 0.0
    """Seconds of the CPU that the database used."""

    megabytes: float


def run(effort: Effort) -> Found:
    """Ours and the bare one by turns; one crawl before them, for the server to render its pages."""
    articles = effort.of(PAGES, least=20)
    with server() as postgres, served(articles) as site:
        paths = ours(site, postgres, articles).asked.paths
        pairs = [(ours(site, postgres, articles), bare(site, paths)) for _ in effort.at_most(5)]
    for own, other in pairs:
        if sorted(own.asked.paths) != sorted(other.asked.paths):
            raise CommandFailed("the two did not download the same pages")
    return Found(rows=_rows(pairs), notes=[HOW, *stage_table(effort.of(SAVED, least=20), effort.rounds)])


def ours(site: Site, postgres: Server, articles: int) -> Crawled:
    """A crawl into an empty database, with all of its articles stored at its end."""
    given = {
        f"ASIATONGSIN_{name}": str(int(value) if isinstance(value, bool) else value) for name, value in SETTINGS.items()
    }
    with new_database(postgres.url) as url, TemporaryDirectory(prefix="asiatongsin-bench-") as data:
        postgres.rest()
        before = postgres.cpu()
        environment = given | {"ASIATONGSIN_DATA": data, "DATABASE_URL": url}
        process = measured(scrapy("crawl", "asiatongsin", "-a", f"site={site.url}"), environment)
        database_cpu = postgres.cpu() - before
        with psycopg.connect(url) as connection:
            [(stored,)] = connection.execute("SELECT count(*) FROM articles").fetchall()
    if stored != articles:
        raise CommandFailed(f"{stored} of {articles} articles were stored")
    asked = site.asked()
    return Crawled(
        asked=asked,
        rate=len(asked.paths) / (process.ended - asked.first),
        cpu=process.cpu,
        database_cpu=database_cpu,
        megabytes=process.megabytes,
    )


def bare(site: Site, paths: Sequence[str]) -> Crawled:
    """The same pages, and nothing done with them."""
    with bare_command([f"{site.url}{path}" for path in paths]) as command:
        process = measured(command, {})
    asked = site.asked()
    if int(process.output) != len(paths):
        raise CommandFailed(f"the bare spider got {process.output} of {len(paths)} pages")
    rate = len(asked.paths) / (process.ended - asked.first)
    return Crawled(asked=asked, rate=rate, cpu=process.cpu, megabytes=process.megabytes)


@contextmanager
def bare_command(addresses: Sequence[str]) -> Iterator[list[str]]:
    """What runs the bare spider over these addresses."""
    with TemporaryDirectory(prefix="asiatongsin-bench-") as folder:
        file = Path(folder) / "addresses.json"
        file.write_text(json.dumps([list(addresses), SETTINGS]))
        yield [sys.executable, "-m", "tests.bench.bare", str(file)]


def _rows(pairs: list[tuple[Crawled, Crawled]]) -> list[Row]:
    own, other = [one for one, _ in pairs], [one for _, one in pairs]
    pages = len(own[0].asked.paths)
    rate = f"{median(one.rate for one in own):.0f} against {median(one.rate for one in other):.0f} pages/s"
    crawler, database = (
        1000 * median(times) / pages for times in ((one.cpu for one in own), (one.database_cpu for one in own))
    )
    bare_cpu = 1000 * median(one.cpu for one in other) / pages
    return [
        Row(
            name="crawl, by a bare Scrapy spider",
            figure=rate,
            ratios=ratios((one.rate for one in own), (one.rate for one in other)),
            goal=GOAL,
        ),
        Row(
            name="CPU of a page, by that of a bare spider",
            figure=f"{crawler:.2f} ms crawler + {database:.2f} ms PostgreSQL, against {bare_cpu:.2f} ms",
            ratios=ratios((one.cpu + one.database_cpu for one in own), (one.cpu for one in other)),
            goal=CPU_GOAL,
        ),
    ]
