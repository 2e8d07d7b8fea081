"""What a parser should read from the replica: the truth that tests compare with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TrueRelated:
    """One teaser on an article page that leads to another article."""

    block: str
    """Printed title of the block, such as `관련기사`; its widget class, such as `hdl_003`, where it prints none."""

    position: int
    """Place within the block, from 1."""

    no: int
    """Number of the article it leads to."""

    title: str
    """Title as printed: rankings print `1 `, `2 ` before it."""

    lead: str | None
    """Start of the other article's body, without the piece of an entity the cut left; None where none is printed."""

    image: str | None
    """Path of the thumbnail, without scheme and host; None without one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrueArticle:
    """One article as it stands now. A removed or broken article still has its truth: what it said before."""

    no: int
    """Number of the article."""

    section: str
    """Name of its section, such as `사회`."""

    headline: str
    """Headline, NFC, single spaces."""

    subheadline: str | None
    """Sub-headline; its lines, where there are two, joined by a line feed; None without one."""

    reporter: str | None
    """Person without the title 기자; the byline of the body where the info line names `관리자`; None for a desk."""

    reporter_email: str | None
    """E-mail address of the info line; None without one."""

    published_at: datetime
    """The 등록 line, to the second, Asia/Seoul."""

    modified_at: datetime | None
    """The 수정 line; None where the page prints none."""

    paragraphs: tuple[str, ...]
    """The body as a reader sees it: NFC, single spaces, no blank paragraphs, bylines kept."""

    images: tuple[tuple[str, str | None], ...]
    """Path (without scheme and host) and caption as printed of each photo, in order."""

    related: tuple[TrueRelated, ...]
    """All teasers around the article, in the order of the page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrueReading:
    """One city of the weather strip."""

    city: str
    """Name as printed, such as `강진군`."""

    condition: str | None
    """Word of the icon; None where the strip prints `-` or no word."""

    icon: str
    """Class of the icon, `iw00` to `iw18`."""

    temperature_c: float
    """Degrees Celsius, one decimal."""
