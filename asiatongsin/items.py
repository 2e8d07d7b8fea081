"""What travels through the pipelines: one Page in, one PageItems out, each field explained under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, TypeVar

import msgspec

from asiatongsin.article_parts import ArticleImage, ArticleLink
from asiatongsin.capture import Archived, Check, Exchange, Headers, Part, Stored
from asiatongsin.html.element import Element
from asiatongsin.html.parse import Parsed, parse

T = TypeVar("T")

PageKind = Literal["front", "list", "article"]


def as_json(value: object) -> Any:
    """Plain lists, dicts and ISO 8601 times: what an exporter of Scrapy writes for a nested item.

    Scrapy's own encoder prints times without their offset.
    """
    return msgspec.to_builtins(value, builtin_types=())


@dataclass(frozen=True, kw_only=True)
class Page:
    """One downloaded page, unread."""

    url: str
    """Address that answered, after redirects."""

    site: str
    """Host of the site without `www.`, with the port where there is one."""

    base: str
    """Scheme and host that canonical addresses are built on, for example `https://newsasia.kr`."""

    kind: PageKind
    """What was asked for: the front page, a page of a list, or an article."""

    fetched_at: datetime
    """When the answer arrived, aware, UTC."""

    status: int
    """HTTP status of the answer."""

    headers: Headers = ()
    """Headers of the answer."""

    body: bytes
    """The answer itself, content encodings undone."""

    exchanges: tuple[Exchange, ...] = ()
    """What went over the wire for it: redirects, then the answer as it was received."""

    parts: tuple[Part, ...] = ()
    """Further pages of the article."""

    archived: Archived | None = None
    """Where the archive has it; None before it has, or where nothing is archived."""

    no: int | None = None
    """Number of the article that was asked for; None for other pages."""

    section: int | None = None
    """Number of the list that was asked for, 0 for that of all articles; None for a page that only proves its end."""

    stored: Stored | None = None
    """What was known of the article when it was asked for; None where it is new."""

    is_listed: bool = False
    """A list led to the article, in this crawl or an earlier one; else it was tried by its number."""

    is_by_number: bool = False
    """Not met in this crawl: a user named it, an earlier crawl did not get it, or it is asked for as a control."""

    listed_as: str | None = None
    """What a list said of it, as `listed_as()` puts it, where that is not what is stored."""

    listed_at: datetime | None = None
    """Publication time the list page printed for the article (to the minute), Korean time."""

    is_reread: bool = False
    """Read again, out of an archive."""

    def archived_at(self, archived: Archived) -> Page:
        """The same page, with its place in the archive; nothing of it is read a second time."""
        page = replace(self, archived=archived)
        page.__dict__.update({name: self.__dict__[name] for name in ("parsed", "found") if name in self.__dict__})
        return page

    def once(self, reader: Callable[[Page], T]) -> T:
        """What the reader finds on the page: the first who asks has it read, the others are handed what was found."""
        found: dict[Callable[[Page], T], T] = self.__dict__.setdefault("found", {})
        if reader not in found:
            found[reader] = reader(self)
        return found[reader]

    @cached_property
    def parsed(self) -> Parsed:
        """The page as a tree, parsed once, whoever asks first."""
        return parse(self.body)

    @property
    def tree(self) -> Element:
        """The root of the parsed page."""
        return self.parsed.tree


@dataclass(frozen=True, kw_only=True)
class Article:
    """One article as the site printed it."""

    site: str
    """Host of the site without `www.`, with the port where there is one: `newsasia.kr`."""

    no: int
    """Number of the article on its site; together with `site` its identity."""

    url: str
    """Canonical address: `https://newsasia.kr/news/article.html?no=142893`, however a page wrote it."""

    section: str | None = None
    """Name of the section printed above the headline."""

    headline: str
    """Headline."""

    subheadline: str | None = None
    """Sub-headline; several printed lines stay several lines."""

    reporter: str | None = None
    """Person named in the info line, else in the byline of the body, without the title 기자; never a desk."""

    reporter_email: str | None = None
    """E-mail address printed for the reporter or the desk."""

    published_at: datetime | None = None
    """Time of 등록; where a page prints none, of the list page, else of its metadata. Korean time, aware."""

    modified_at: datetime | None = None
    """Time of 수정, Korean time, aware."""

    body: tuple[str, ...] = ()
    """Paragraphs as printed, bylines included, captions not; cells of a table have tabs between. May be empty."""

    images: tuple[ArticleImage, ...] = ()
    """Photos in the order of the page."""

    links: tuple[ArticleLink, ...] = ()
    """Where the text leads, in its order, then files that are offered beside it; each once."""

    language: str | None = None
    """Language the page declares, such as `ko`."""

    content_hash: str
    """SHA-256 of headline, sub-headline and body with white space folded: differs when the text was edited."""

    fetched_at: datetime
    """When the page arrived, aware, UTC."""


@dataclass(frozen=True, kw_only=True)
class WeatherReading:
    """One city of the weather strip."""

    city: str
    """Name as printed: `서울`, `진도(첨찰산)`."""

    condition: str | None = None
    """Sky as a word, for example `맑음`. None where the strip prints no word or `-`: unknown, not clear."""

    icon: str | None = None
    """Class of the icon, for example `iw04`."""

    temperature_c: float | None = None
    """Air temperature in degrees Celsius; None where the strip prints none."""

    station_id: int | None = None
    """Station of the Korea Meteorological Administration with exactly this name, where it is known."""


@dataclass(frozen=True, kw_only=True)
class WeatherSnapshot:
    """The weather strip of a page header. It prints no time of observation: it is dated by its download."""

    site: str
    """Host of the site."""

    page_date: str | None = None
    """Date printed beside the strip, such as `2025.10.05 (일)`: the day of the download."""

    fetched_at: datetime
    """When the page that showed it arrived, aware, UTC."""

    readings: tuple[WeatherReading, ...]
    """The cities in printed order."""

    readings_hash: str = ""
    """SHA-256 of the readings: two strips with the same one are the same weather."""


@dataclass(frozen=True, kw_only=True)
class RelatedStory:
    """One teaser around an article that leads to another article."""

    block: str
    """Printed title of the block (`관련기사`), or its widget class (`hdl_003`) where it prints none."""

    position: int
    """Place within the block, from 1."""

    related_no: int
    """Number of the other article."""

    title: str | None = None
    """Title as printed."""

    lead: str | None = None
    """Start of the other article's body, cut by the site at 600 characters of its source; not a summary."""

    image_url: str | None = None
    """Absolute address of the thumbnail."""


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """Why a page became no article although it should have."""

    reason: str
    """What went wrong, in words."""

    missing: tuple[str, ...] = ()
    """Names of the parts that were not found."""

    raw_path: str | None = None
    """File below the data folder that keeps the raw page."""

    is_transient: bool = False
    """The download failed (server error, time-out): the next crawl tries again."""


@dataclass(frozen=True, kw_only=True)
class PageItems:
    """All that was read from one page; it travels, is spooled and is stored as one."""

    site: str
    """Host of the site."""

    url: str
    """Address that answered."""

    kind: PageKind
    """`front`, `list` or `article`."""

    no: int | None = None
    """Number of the article that was asked for."""

    fetched_at: datetime = field(metadata={"serializer": as_json})
    """When the page arrived, aware, UTC."""

    article: Article | None = field(default=None, metadata={"serializer": as_json})
    """The article; None for other pages and for articles that are removed or rejected."""

    weather: WeatherSnapshot | None = field(default=None, metadata={"serializer": as_json})
    """The weather strip of the page header."""

    related_stories: tuple[RelatedStory, ...] = field(default=(), metadata={"serializer": as_json})
    """Teasers outside article and body."""

    archived: Archived | None = field(default=None, metadata={"serializer": as_json})
    """Where the archive has the page; None where it is not archived."""

    is_reread: bool = False
    """Read again, out of an archive: what was stored of the page is replaced, not added to."""

    check: Check | None = field(default=None, metadata={"serializer": as_json})
    """The visit of the article, for its next date."""

    unmodified: bool = False
    """The server said that the page is still the stored one (status 304): there was nothing to read."""

    is_listed: bool = False
    """A list led to the article, in this crawl or an earlier one; else it was tried by its number."""

    fallbacks: tuple[str, ...] = ()
    """Fields of the article that were not in their own place on the page; METADATA_TIME as well."""

    removed: str | None = None
    """Form in which the site said that the article is gone: `404`, `410`, `alert`, `front page`, `empty body`."""

    rejected: Rejection | None = field(default=None, metadata={"serializer": as_json})
    """Set where the page could not be read."""
