"""How late the event loop is while one process crawls many sites at once, as a script with CrawlerProcess does."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import monotonic

import psycopg
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

from asiatongsin.spiders.asiatongsin import AsiatongsinSpider
from tests.bench.found import Effort, Found, Row, ratios
from tests.bench.postgres import server
from tests.bench.process import CommandFailed, measured
from tests.bench.served import Site, served_under
from tests.conftest import new_database

SITES = 50
ARTICLES = 20
SETTINGS = {
    "DOWNLOAD_DELAY": 0.5,
    "AUTOTHROTTLE_ENABLED": 0,
    "ROBOTSTXT_OBEY": 0,
    "TELNETCONSOLE_ENABLED": 0,
    "LOG_LEVEL": "WARNING",
}

EVERY = 0.01
"""Seconds between two looks at how late the loop is."""

Lags = tuple[float, float]

HOW = (
    "Loop: one process crawls {sites} sites at once, {articles} articles of 60 kB each, a page each half a second of"
    " each site, archive, spool and database on. Every 10 ms a timer of the event loop looks how late it is, from the"
    " first crawl's start to the last one's end."
)


def run(effort: Effort) -> Found:
    """With the archive and without, by turns."""
    sites, articles = effort.of(SITES, least=2), effort.of(ARTICLES, least=4)
    with server() as postgres, served_under(sites, articles) as served:
        turns = [[_lags(postgres.url, served, archive) for archive in ("article", "")] for _ in effort.at_most(3)]
    own, bare = (list(zip(*lags, strict=True)) for lags in zip(*turns, strict=True))
    row = Row(
        name=f"lag of the loop, 99th percentile of {sites} crawls, by that without archive",
        figure=f"{_ms(own[1])} against {_ms(bare[1])} ms, in the median {_ms(own[0])} against {_ms(bare[0])}",
        ratios=ratios(own[1], bare[1]),
    )
    return Found(rows=[row], notes=[HOW.format(sites=sites, articles=articles)])


def _ms(seconds: Sequence[float]) -> str:
    return f"{1000 * median(seconds):.0f}"


def _lags(server_url: str, sites: Sequence[Site], archive: str) -> Lags:
    """Median and 99th percentile of the lag of one process that crawls all sites into an empty database."""
    given = {f"ASIATONGSIN_{name}": str(value) for name, value in SETTINGS.items()} | {"ASIATONGSIN_ARCHIVE": archive}
    with new_database(server_url) as url, TemporaryDirectory(prefix="asiatongsin-bench-") as data:
        environment = given | {"ASIATONGSIN_DATA": data, "DATABASE_URL": url}
        command = [sys.executable, "-m", "tests.bench.loop_lag", *[site.url for site in sites]]
        lags = json.loads(measured(command, environment).output)
        with psycopg.connect(url) as connection:
            [(stored,)] = connection.execute("SELECT count(DISTINCT site) FROM articles").fetchall()
    if stored != len(sites):
        raise CommandFailed(f"articles of {stored} of {len(sites)} sites were stored")
    return median(lags), quantiles(lags, n=100)[-1]


def main() -> None:
    """Crawls the named sites and prints how late each tick of a timer was, in seconds."""
    process = AsyncCrawlerProcess(get_project_settings())
    for site in sys.argv[1:]:
        process.crawl(AsiatongsinSpider, site=site)
    lags: list[float] = []
    _tick(lags, monotonic())
    process.start()
    print(json.dumps(lags))


def _tick(lags: list[float], due: float) -> None:
    from twisted.internet import reactor  # noqa: PLC0415  which one, the settings say

    late = monotonic()
    lags.append(late - due)
    reactor.callLater(EVERY, _tick, lags, late + EVERY)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
