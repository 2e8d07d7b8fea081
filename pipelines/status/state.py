"""What `scrapy status` knows. `--json` prints just this: a name here is a name there, times are ISO 8601 in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
    """Articles whose text was another one."""

    unreadable: int
    """Pages that arrived and could not be read."""

    spooled: int
    """Pages that waited in the spool at its end."""

    @property
    def seconds(self) -> int | None:
        """How long it took."""
        return round((self.finished_at - self.started_at).total_seconds()) if self.finished_at else None


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A figure of a site's last crawl against those before it."""

    figure: str
    """`seconds`, or a count of the table `crawls`."""

    last: float
    """In the last crawl."""

    median: float
    """In the crawls before."""

    crawls: int
    """How many those are."""


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A field that fell and has not been found again on enough pages."""

    part: str
    """Part of the page: `article`, `strip`, `list 22`."""

    field: str
    """What was looked for."""

    pages: int
    """Pages that should have it, of the last crawl that looked for it."""

    found: int
    """Those that had it."""

    amount: int | None
    """How much of it they had together; None where it is only there or not."""

    usual_share: float | None
    """Share of the pages that had it before it fell; None where nobody looks for it any more."""

    usual_mean: float | None
    """How much of it a page had before it fell; None where nobody counted."""

    crawl: str
    """The last crawl that looked for it."""


@dataclass(frozen=True, kw_only=True)
class SiteState:
    """How one site stands."""

    site: str
    """Host of the site."""

    articles: int
    """Articles that are stored."""

    edited: int
    """Those with more than one revision."""

    gone: int
    """Those that the site has removed."""

    newest_published_at: datetime | None
    """Publication time of the newest."""

    fetched_at: datetime | None
    """When one was fetched last."""

    last_crawl: CrawlRow | None
    """The last crawl of its lists that came to an end."""

    good_at: datetime | None
    """When a crawl of its lists ended well for the last time, and was not stopped before."""

    trend: tuple[Trend, ...]
    """The last crawl against those of the lists before it; empty where these are too few."""

    missing: tuple[Missing, ...]
    """What fell and was not found again since."""

    is_found_again: bool
    """Whether all that fell in the last crawl was found again since, by `scrapy reparse`."""

    strip_since: datetime | None
    """Since when the weather strip has been the same."""

    strip_until: datetime | None
    """When it was seen last."""

    due: int
    """Articles that are due to be visited again."""

    due_since: datetime | None
    """When the first of them was."""

    news_at: datetime | None
    """When a crawl that found a new article began for the last time."""

    longest_quiet_seconds: float | None
    """The longest time without a new article within two months before that; None where not even a week is known."""


@dataclass(frozen=True, kw_only=True)
class RejectedRow:
    """A page that was not read since."""

    site: str
    """Host of the site."""

    url: str
    """Its address."""

    no: int | None
    """Number of the article."""

    fetched_at: datetime
    """When it was asked for."""

    reason: str
    """Why it is no article."""

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
    """Those of them that no running crawl stores: the next one does, or `scrapy export`."""

    refused: int
    """Files with what the database refuses, in the folder `refused`."""


@dataclass(frozen=True, kw_only=True)
class DatabaseState:
    """Where things are stored."""

    name: str
    """The database in words, without its password."""

    version: str | None = None
    """Of the server."""

    size_bytes: int | None = None
    """What the whole database takes on its disk."""

    error: str | None = None
    """Why it cannot be reached; None where it can."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """All of it."""

    at: datetime
    """When it was asked."""

    needs_a_person: tuple[str, ...] = ()
    """What does, in sentences; empty: nothing."""

    files: Files
    """What is on local disk."""

    database: DatabaseState
    """Where things are stored."""

    sites: tuple[SiteState, ...] = ()
    """Each site that was crawled."""

    crawls: tuple[CrawlRow, ...] = ()
    """The last crawls, newest first."""

    rejected: tuple[RejectedRow, ...] = ()
    """The last pages that could not be read, newest first."""
