"""One row of each kind as a data class, with the columns that `asiatongsin export` writes. Times are Korean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Article:
    """An article: its newest text."""

    site: str
    no: int
    url: str
    section: str | None
    headline: str
    subheadline: str | None
    reporter: str | None
    published_at: datetime | None
    modified_at: datetime | None
    body: str | None
    """Paragraphs, joined by a blank line; None for a photo or video alone."""

    language: str | None
    content_hash: str
    revision: int
    first_seen_at: datetime
    fetched_at: datetime
    gone_at: datetime | None
    """When the site was found to have removed it."""

    changed_at: datetime | None
    """When something of it was stored last that was not stored before."""

    reporter_email: str | None = None
    """Only where it was asked for: `with_email=True`."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A text that an article had, the newest one as well."""

    site: str
    no: int
    url: str
    revision: int
    fetched_at: datetime
    headline: str
    subheadline: str | None
    body: str | None
    modified_at: datetime | None
    content_hash: str
    returned: bool
    """The article had been gone before it was fetched with this text."""


@dataclass(frozen=True, slots=True)
class RelatedStory:
    """A teaser around an article, which leads to another article."""

    site: str
    no: int
    url: str
    block: str
    position: int
    related_no: int
    title: str | None
    lead: str | None
    image_url: str | None
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """A city in a weather strip, as it was shown from `first_fetched_at` to `last_fetched_at`."""

    site: str
    first_fetched_at: datetime
    last_fetched_at: datetime
    city: str
    condition: str | None
    temperature_c: float | None
    station_id: int | None
    station: str | None
    latitude: float | None
    longitude: float | None
    icon: str | None
    page_date: str | None
    pages: int
    snapshot_id: int
    position: int


@dataclass(frozen=True, slots=True)
class Image:
    """A photo of an article."""

    site: str
    no: int
    article_url: str
    position: int
    url: str
    caption: str | None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that an article offers, such as .hwp or .pdf."""

    site: str
    no: int
    article_url: str
    position: int
    url: str
    text: str | None
