"""How long it takes from the command to the first request, and what of it is imports."""

from __future__ import annotations

import re
import sys
from collections import Counter
from statistics import median
from tempfile import TemporaryDirectory

from pipelines.terminal.text_table import text_table
from tests.bench.crawl import bare_command
from tests.bench.found import Effort, Found, Goal, Row, ratios
from tests.bench.postgres import server
from tests.bench.process import measured, scrapy
from tests.bench.served import Site, served

ARTICLES = 20
GOAL = Goal(highest=1.3)
MODULES = "import scrapy.crawler, twisted.internet.asyncioreactor"
NEEDS_A_PERSON = (0, 1)

HOW = (
    "Start-up: seconds from the start of a process until its first request reaches the replica. A crawl that finds"
    " nothing new stands against a bare Scrapy spider. All of `scrapy status` stands against a Python that imports"
    " Scrapy and its reactor and ends. Files are in the cache of the system."
)


def run(effort: Effort) -> Found:
    """All four by turns."""
    rounds = [None, *effort.at_most(5)]
    with server() as postgres, served(ARTICLES) as site, TemporaryDirectory(prefix="asiatongsin-bench-") as data:
        given = {"DATABASE_URL": postgres.url, "ASIATONGSIN_DATA": data, "ASIATONGSIN_LOG_LEVEL": "WARNING"}
        times = [_times(site, given) for _ in rounds][1:]  # the first one fetches the articles
        imports = _imports(given, site)
    ours, bare, status, imported = ([one[place] for one in times] for place in range(4))
    rows = [
        Row(
            name="first request of a crawl, by that of a bare spider",
            figure=f"after {median(ours):.2f} against {median(bare):.2f} s",
            ratios=ratios(ours, bare),
            goal=GOAL,
        ),
        Row(
            name="scrapy status, by importing Scrapy",
            figure=f"{median(status):.2f} against {median(imported):.2f} s",
            ratios=ratios(status, imported),
        ),
    ]
    return Found(rows=rows, notes=[HOW, imports])


def _times(site: Site, given: dict[str, str]) -> tuple[float, float, float, float]:
    crawl = measured(scrapy("crawl", "asiatongsin", "-a", f"site={site.url}"), given)
    first = site.asked().first - crawl.began
    with bare_command([f"{site.url}/"]) as command:
        bare = measured(command, {})
    bare_first = site.asked().first - bare.began
    status = measured(scrapy("status"), given, statuses=NEEDS_A_PERSON)
    imported = measured([sys.executable, "-c", MODULES], {})
    return first, bare_first, status.seconds, imported.seconds


def _imports(given: dict[str, str], site: Site) -> str:
    """What the imports of a crawl take, by package."""
    command = [sys.executable, "-X", "importtime", *scrapy("crawl", "asiatongsin", "-a", f"site={site.url}")[1:]]
    taken: Counter[str] = Counter()
    for own, module in re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)", measured(command, given).log):
        taken[module.partition(".")[0]] += int(own)
    rows = [(name, f"{own / 1000:.0f}") for name, own in taken.most_common(10)]
    return text_table(("imports of a crawl", "ms"), [*rows, ("all", f"{taken.total() / 1000:.0f}")])
