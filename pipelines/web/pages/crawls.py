"""How the crawls went: outcomes day by day, and one crawl after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from asiatongsin.moments import first_moment
from pipelines.datasets.lines import Sink
from pipelines.queries import crawls as stored
from pipelines.queries.crawls import CrawlRow, DayOfCrawls
from pipelines.queries.sites import known_sites
from pipelines.web.asking import chosen_site
from pipelines.web.needs import needs
from pipelines.web.outcomes import CHOICES, MEANINGS
from pipelines.web.page import Asked, Page, write_table

SHOWN, DAYS = 50, 30
"""Crawls on one page, and days in the plot."""

HEAD = (
    "id",
    "site",
    "kind",
    "started_at",
    "seconds",
    "outcome",
    "list_pages",
    "article_pages",
    "new",
    "changed",
    "unchanged",
    "unreadable",
    "spooled",
)


@dataclass(frozen=True, kw_only=True)
class Crawls:
    """What the page shows."""

    needs: tuple[str, ...]
    """What needs a person; empty where nothing does."""

    sites: list[str]
    """All sites that were crawled."""

    days: list[DayOfCrawls]
    """The last days, whether a crawl began on them or not."""

    crawls: list[CrawlRow]
    """Crawls, newest first."""

    older: str | None
    """The crawl before which the next page begins; None: this is the last one."""

    meanings: Mapping[str, str]
    """What each outcome means."""


def read(asked: Asked) -> Crawls:
    """Reads what the page shows. ArgumentError."""
    known = known_sites(asked.connection)
    site, outcome = chosen_site(asked, known), chosen_outcome(asked)
    found = stored.crawls(asked.connection, site, outcome, asked.query.text("before"), SHOWN + 1)
    return Crawls(
        needs=needs(asked),
        sites=known,
        days=days(asked, site),
        crawls=found[:SHOWN],
        older=found[SHOWN - 1].id if len(found) > SHOWN else None,
        meanings=MEANINGS,
    )


def chosen_outcome(asked: Asked) -> str:
    """The outcome that is asked for; empty: any."""
    return asked.query.choice("outcome", CHOICES)


def days(asked: Asked, site: str) -> list[DayOfCrawls]:
    """The last days up to today."""
    first = asked.now.date() - timedelta(days=DAYS - 1)
    known = {one.day: one for one in stored.days(asked.connection, site, first_moment(first))}
    all_days = (first + timedelta(days=number) for number in range(DAYS))
    return [known.get(day) or DayOfCrawls(day=day, ok=0, not_ok=0, unended=0) for day in all_days]


def write(asked: Asked, file: Sink) -> None:
    """All crawls that are asked for, newest first."""
    write_table(file, HEAD, ([getattr(one, name) for name in HEAD] for one in _all(asked)))


def _all(asked: Asked) -> Iterator[CrawlRow]:
    site, outcome = chosen_site(asked, known_sites(asked.connection)), chosen_outcome(asked)
    before: str | None = asked.query.text("before")
    while before is not None:
        found = stored.crawls(asked.connection, site, outcome, before, 1000)
        yield from found
        before = found[-1].id if found else None


CRAWLS = Page(path="/crawls", title="Crawls", template="crawls.html", read=read, csv=write)
