"""The state that `asiatongsin status` shows. `--json` prints these fields by name; times are ISO 8601 in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.queries.fleet import AddedSite
from pipelines.queries.machines import Fleet


@dataclass(frozen=True, kw_only=True)
class CrawlRow:
    """One crawl."""

    id: str
    """Its name in the table `crawls`."""

    site: str
    """Host of the site."""

    arguments: dict[str, str]
    """Spider arguments as given."""

    started_at: datetime
    """When it began."""

    finished_at: datetime | None
    """When it ended; None while it runs, or where it was killed and nobody knows yet."""

    outcome: str | None
    """How it ended: `ok`, `error`, `spooled`, `unreachable` or `drift`; None while it runs."""

    list_pages: int
    """List pages that arrived."""

    article_pages: int
    """Article pages that arrived."""

    new: int
    """Articles that were not stored before."""

    changed: int
    """Articles whose text had changed."""

    unreadable: int
    """Pages that arrived and could not be read."""

    spooled: int
    """Pages that waited in the spool at its end."""

    clock_seconds: float = 0.0
    """How many seconds the clock of its machine was ahead of the site's, where none of its answers agreed."""

    @property
    def clock_ahead_of_site(self) -> timedelta:
        """The same as a length of time."""
        return timedelta(seconds=self.clock_seconds)

    @property
    def seconds(self) -> int | None:
        """How long it took."""
        return round((self.finished_at - self.started_at).total_seconds()) if self.finished_at else None


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A figure of a site's last crawl beside earlier crawls."""

    figure: str
    """`seconds`, or a count of the table `crawls`."""

    last: float
    """The figure in the last crawl."""

    median: float
    """Its median in earlier crawls."""

    crawls: int
    """How many earlier crawls those are."""


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A field that fell and has not been found again on enough pages."""

    part: str
    """Part of the page: `article`, `strip`, `list 22`."""

    field: str
    """What was looked for."""

    pages: int
    """Pages of the last crawl that looked for it, which should have it."""

    found: int
    """Pages that had it."""

    amount: int | None
    """How much of it these had together; None where it is only there or not."""

    usual_share: float | None
    """Share of the pages that had it before it fell; None where nobody looks for it, or nobody knows any more."""

    usual_mean: float | None
    """How much of it a page had before it fell; None where no amount was counted."""

    crawl: str
    """The last crawl that looked for it."""


@dataclass(frozen=True, kw_only=True)
class SiteState:
    """The state of one site."""

    site: str
    """Host of the site."""

    articles: int
    """Articles that are stored."""

    edited: int
    """Articles with more than one revision."""

    gone: int
    """Articles that the site has removed."""

    newest_published_at: datetime | None
    """Publication time of the newest article."""

    fetched_at: datetime | None
    """When an article was fetched last."""

    last_crawl: CrawlRow | None
    """The last crawl of its lists that came to an end."""

    good_at: datetime | None
    """When a crawl of its lists ended well for the last time, and was not stopped before."""

    trend: tuple[Trend, ...]
    """The last crawl beside earlier crawls of lists; empty where there are too few."""

    missing: tuple[Missing, ...]
    """Fields that fell and have not been found again."""

    is_found_again: bool
    """Whether `asiatongsin reparse` has found all fields again that fell in the last crawl."""

    strip_since: datetime | None
    """Since when the weather strip has been the same."""

    strip_until: datetime | None
    """When the weather strip was seen last."""

    due: int
    """Articles that are due to be visited again."""

    due_since: datetime | None
    """Since when the longest due article is due."""

    news_at: datetime | None
    """Start of the last crawl that found a new article."""

    longest_quiet_seconds: float | None
    """The longest time without a new article, in the two months before; None where less than 8 days are known."""


@dataclass(frozen=True, kw_only=True)
class RejectedRow:
    """A page that could not be read, and has not been read since."""

    site: str
    """Host of the site."""

    url: str
    """Address of the page."""

    no: int | None
    """Number of the article."""

    fetched_at: datetime
    """When it was fetched, or failed to be."""

    reason: str
    """Why it could not be read."""

    missing: list[str]
    """What was not found on it."""

    raw_path: str | None
    """File below the data folder that keeps it."""


@dataclass(frozen=True, kw_only=True)
class Files:
    """What is on local disk."""

    data: str
    """The data folder."""

    waiting: int
    """Pages in spools."""

    left: int
    """Pages in spools that no running crawl stores: the next one does, or `asiatongsin drain`."""

    elsewhere: dict[str, int]
    """Pages in spools that belong to other databases, by the addresses of these."""

    refused: int
    """Files in the folder `refused`, with pages that the database refused."""


@dataclass(frozen=True, kw_only=True)
class DatabaseState:
    """The database."""

    name: str
    """The database in words, without its password."""

    version: str | None = None
    """Version of the server."""

    size_bytes: int | None = None
    """Size of the whole database on its disk."""

    error: str | None = None
    """Why it cannot be reached; None where it can."""

    stores_nothing: str | None = None
    """Why this role can store nothing in it; None where it can. For looking it needs less."""

    clock_seconds: float = 0.0
    """How many seconds the clock of this machine is ahead of the database's."""

    @property
    def clock_ahead(self) -> timedelta:
        """The same as a length of time."""
        return timedelta(seconds=self.clock_seconds)


@dataclass(frozen=True, kw_only=True)
class Status:
    """The state of all sites, or of one."""

    at: datetime
    """When these facts were collected."""

    needs_a_person: tuple[str, ...] = ()
    """What needs a person, in sentences; empty where nothing does."""

    files: Files
    """What is on local disk."""

    database: DatabaseState
    """The database."""

    sites: tuple[SiteState, ...] = ()
    """Each site that was crawled."""

    added: tuple[AddedSite, ...] = ()
    """Each site that `asiatongsin sites` knows, late ones first."""

    crawls: tuple[CrawlRow, ...] = ()
    """The last crawls, newest first."""

    rejected: tuple[RejectedRow, ...] = ()
    """The last pages that could not be read, newest first."""

    fleet: Fleet | None = None
    """The fleet; None where no site was added and no worker ever ran."""
