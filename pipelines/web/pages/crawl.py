"""One crawl with everything that is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asiatongsin import statistics as names
from asiatongsin.cms import ALL
from pipelines.crawl_record import FieldCoverage
from pipelines.queries import coverage_by_crawl
from pipelines.queries import crawls as stored
from pipelines.queries.crawls import UNENDED, WholeCrawl
from pipelines.queries.rejected import RejectedPage, rejected_between
from pipelines.verdict.decide import decide
from pipelines.verdict.tally import Tally
from pipelines.web.outcomes import MEANINGS
from pipelines.web.page import Asked, NotFound, Page
from pipelines.web.statistic_meanings import Figure, grouped

REJECTED = 50
"""Rejected pages of the crawl that are shown."""


@dataclass(frozen=True, kw_only=True)
class Walked:
    """A list that was walked as far as asked."""

    section: int
    """Its number; 0 is the list of all articles."""

    names: list[str]
    """What the menu calls it; empty where the menu does not lead to it."""


@dataclass(frozen=True, kw_only=True)
class Crawl:
    """What the page shows."""

    crawl: WholeCrawl
    """The crawl."""

    meaning: str
    """What its outcome means."""

    why: list[str]
    """Why it ended so, in sentences; empty where its figures do not tell."""

    walked: list[Walked]
    """Lists that were walked as far as asked."""

    coverage: list[FieldCoverage]
    """How often each field was found, those that fell first."""

    rejected: list[RejectedPage]
    """Pages that came meanwhile and could not be read."""

    @property
    def statistics(self) -> dict[str, list[Figure]]:
        """Its statistics by where they are counted; Scrapy's own under an empty name."""
        return grouped(self.crawl.statistics)


def read(asked: Asked) -> Crawl:
    """Reads what the page shows."""
    id = asked.parts["id"]
    crawl = stored.crawl(asked.connection, id)
    if crawl is None:
        raise NotFound(f"No crawl {id} is stored.")
    until = max(filter(None, (crawl.finished_at, crawl.last_fetched_at)), default=asked.now)
    coverage = coverage_by_crawl.of_crawl(asked.connection, id)
    return Crawl(
        crawl=crawl,
        meaning=MEANINGS[crawl.outcome or UNENDED],
        why=why(crawl, coverage),
        walked=walked(crawl),
        coverage=sorted(coverage, key=lambda one: not one.fell),
        rejected=rejected_between(asked.connection, crawl.site, crawl.started_at, until, REJECTED),
    )


def why(crawl: WholeCrawl, coverage: list[FieldCoverage]) -> list[str]:
    """Why it ended so, judged once more by its figures; empty where they lead to another outcome, or all is well."""
    falls = {
        (one.part, one.field): f"{one.part} {one.field} found on {one.found} of {one.pages} pages"
        for one in coverage
        if one.fell
    }
    verdict = decide(Tally.of(crawl.statistics), waiting=crawl.spooled, falls=falls)
    if not crawl.statistics or verdict.outcome.word != crawl.outcome:
        return []
    parts = verdict.sentence.split("; ")
    counts = f"{crawl.statistics.get(names.pages('list'), 0)} list pages, "
    return [part for part in parts if not part.startswith(counts)]


def walked(crawl: WholeCrawl) -> list[Walked]:
    """The lists that were walked, with the names that the menu of this crawl gave them."""
    menu: dict[int, list[str]] = dict(_menu(crawl.statistics))
    return [Walked(section=one, names=menu.get(one, [])) for one in crawl.walked]


def _menu(statistics: dict[str, Any]) -> list[tuple[int, list[str]]]:
    return [(section, called) for section, called in statistics.get(names.MENU, []) if section != ALL]


CRAWL = Page(path="/crawls/{id}", title="Crawl", template="crawl.html", read=read)
