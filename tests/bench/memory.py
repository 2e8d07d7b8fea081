"""The most memory a crawl has, for sites of different sizes."""

from __future__ import annotations

from tests.bench.crawl import Crawled, ours
from tests.bench.found import FLAT, Effort, Found, Goal, Row
from tests.bench.postgres import Server, server
from tests.bench.served import served

SIZES = (1000, 5000, 20_000)
PAGE_BYTES = 17_000
MOST = 250.0

HOW = (
    "Memory: the crawler's own process (VmHWM), without the database. Crawls into an empty database, eight pages at a"
    " time, of a replica whose pages are small (17 kB, all that is read and little around it)."
)


def run(effort: Effort) -> Found:
    """One crawl of each size; the least memory of all is the measure."""
    sizes = [effort.of(size, least=20) for size in SIZES]
    with server() as postgres:
        crawls = {size: _crawl(postgres, size) for size in sizes}
    smallest = crawls[sizes[0]].megabytes
    rows = [
        Row(
            name=f"memory of a crawl of {size:,} articles, by {sizes[0]:,}",
            figure=f"{crawls[size].megabytes:.0f} against {smallest:.0f} MB",
            ratios=(crawls[size].megabytes / smallest,),
            goal=FLAT,
        )
        for size in sizes[1:]
    ]
    most = max(crawl.megabytes for crawl in crawls.values())
    bound = Row(
        name=f"memory of a crawl, by {MOST:.0f} MB",
        figure=f"{most:.0f} MB at most",
        ratios=tuple(crawl.megabytes / MOST for crawl in crawls.values()),
        goal=Goal(highest=1.0),
    )
    return Found(rows=[*rows, bound], notes=[HOW])


def _crawl(postgres: Server, articles: int) -> Crawled:
    with served(articles, PAGE_BYTES) as site:
        return ours(site, postgres, articles)
