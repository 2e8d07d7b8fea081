"""The record of a crawl: its arguments and how it went. It becomes one row of `crawls`."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, IntEnum
from typing import Any, Final, Self

from asiatongsin import __version__
from asiatongsin import statistics as names
from asiatongsin.known import WalkedList

FieldKey = tuple[str, str]
"""A field of a page: the part and the name, for example `("article", "headline")`."""

LISTS: Final = "lists"
ARTICLES: Final = "articles"
REPARSE: Final = "reparse"
"""Kinds of crawls: it walks lists, fetches single articles (`no=`), or reads archived pages again."""

WHOLE_SITE = "all"
"""Scope of a crawl without the arguments `sections` and `full`."""


JOB_OF_FLEET: Final = "fleet-"
"""What the job of a crawl begins with that a worker of a fleet has started."""


def is_of_fleet(job: str | None) -> bool:
    """Whether a worker of a fleet has started the crawl with this job."""
    return bool(job and job.startswith(JOB_OF_FLEET))


class ExitStatus(IntEnum):
    """Exit statuses of the commands that crawl or store, each with its meaning."""

    DONE = 0, "done: all is stored"
    FAULT = 1, "an error, which the last line names"
    USAGE = 2, "wrong usage, or a database or disk that cannot be used: nothing was fetched"
    SPOOLED = 3, "the database did not answer: pages wait in the spool"
    UNREACHABLE = 4, "the site could not be reached, or refused the crawl"
    DRIFT = 5, "the layout of the site changed: pages could not be read, or a field is missing"
    OVERLAPPING = 6, "another crawl of this site is running: nothing was fetched"

    meaning: str

    def __new__(cls, status: int, meaning: str) -> Self:
        member = int.__new__(cls, status)
        member._value_ = status
        member.meaning = meaning
        return member


NEEDS_A_PERSON = 1
"""Exit status of `asiatongsin status` where something needs a person, for example a database that cannot be reached."""


class Outcome(Enum):
    """How a crawl ended: the word in `crawls.outcome` and the exit status of the command."""

    OK = ("ok", ExitStatus.DONE)
    ERROR = ("error", ExitStatus.FAULT)
    SPOOLED = ("spooled", ExitStatus.SPOOLED)
    UNREACHABLE = ("unreachable", ExitStatus.UNREACHABLE)
    DRIFT = ("drift", ExitStatus.DRIFT)

    @property
    def word(self) -> str:
        return self.value[0]

    @property
    def status(self) -> ExitStatus:
        return self.value[1]


_WENT_WELL = {Outcome.OK.word, Outcome.DRIFT.word, Outcome.SPOOLED.word}


@dataclass(frozen=True, kw_only=True)
class FieldCoverage:
    """How often a crawl found a field in its own place on the pages."""

    part: str
    """Part of the page: `article`, `strip`, `front` or `list 22`, the list of a section; 0 for that of all articles."""

    field: str
    """Name of the field."""

    pages: int
    """Pages that should have the part."""

    found: int
    """Pages on which the field was found."""

    amount: int | None = None
    """How much of it was found: characters, cities, blocks, teasers. None where it is only there or not."""

    fell: bool = False
    """The crawl found less of it than it should have."""

    @property
    def share(self) -> float:
        """Share of the pages on which it was found."""
        return self.found / self.pages if self.pages else 0.0

    @property
    def mean(self) -> float | None:
        """How much of it a page with the field has; None where no amount is counted, or no page has the field."""
        return self.amount / self.found if self.found and self.amount is not None else None


@dataclass(frozen=True, kw_only=True)
class CoverageBounds:
    """Settings of a crawl by which its coverage is judged."""

    drop: float
    """The setting COVERAGE_DROP."""

    ignored: tuple[str, ...] = ()
    """The setting COVERAGE_IGNORE."""


@dataclass(frozen=True, kw_only=True)
class CrawlRecord:
    """One crawl. The record lies beside the spooled pages until it is stored, so that every crawl gets its row."""

    id: str
    """Start time and a random part: `20261123T175123Z-9f3a1c`; also the name of the spool folder."""

    site: str
    """Host of the site."""

    arguments: dict[str, str] = field(default_factory=dict)
    """Spider arguments as given."""

    job: str | None = None
    """Job id of scrapyd, or of the queue of a fleet, where one of them started the crawl."""

    started_at: datetime
    """When the crawl began, aware, UTC."""

    finished_at: datetime | None = None
    """When it ended; None while it runs."""

    outcome: str | None = None
    """How it ended; None while it runs."""

    walked: tuple[int, ...] = ()
    """Lists that were walked as far as asked: section numbers, 0 for the list of all articles."""

    since: datetime | None = None
    """Articles published before were not asked for, and may be missing from the walked lists; aware."""

    lists: tuple[WalkedList, ...] = ()
    """What it found out about these lists."""

    list_pages: int = 0
    """List pages that arrived."""

    article_pages: int = 0
    """Article pages that arrived."""

    unreadable: int = 0
    """Pages that arrived and could not be read."""

    spooled: int = 0
    """Pages that waited in the spool at the end."""

    gone_after: timedelta | None = None
    """How far apart two checks must be to make a removed article gone; None where those of this crawl do not count."""

    coverage: tuple[FieldCoverage, ...] = ()
    """How often each field was found on its pages."""

    to_compare: CoverageBounds | None = None
    """Bounds for comparing the coverage with earlier crawls when it is stored; None: done, or not needed."""

    version: str = __version__
    """Version of this program."""

    statistics: dict[str, Any] = field(default_factory=dict)
    """All statistics of Scrapy and of the pipelines."""

    @property
    def kind(self) -> str:
        """`lists`, `articles` or `reparse`."""
        if "reparse" in self.arguments:
            return REPARSE
        return ARTICLES if "no" in self.arguments else LISTS

    @property
    def scope(self) -> str:
        """What the crawl was to walk: `all`, or for example `sections=22,34 full`. Crawls of one scope are compared."""
        sections = [f"sections={self.arguments['sections']}"] if "sections" in self.arguments else []
        return " ".join(sections + ["full"] * ("full" in self.arguments)) or WHOLE_SITE

    @property
    def is_comparable(self) -> bool:
        """Whether later crawls are compared with this one: it walked lists, and neither site nor program failed."""
        return self.kind == LISTS and self.outcome in _WENT_WELL

    @property
    def proves_lists(self) -> bool:
        """Whether the crawl shows what the lists hold: it is comparable, and nobody stopped it early."""
        return self.is_comparable and self.statistics.get(names.FINISH_REASON) == names.FINISHED

    @classmethod
    def begin(cls, site: str, given: dict[str, str], since: datetime | None = None) -> CrawlRecord:
        """The record of a crawl that starts now."""
        now = datetime.now(UTC)
        arguments = {name: value for name, value in given.items() if not name.startswith("_")}
        identity = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        return cls(id=identity, site=site, arguments=arguments, job=given.get("_job"), started_at=now, since=since)
