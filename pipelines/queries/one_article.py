"""One article with all that is stored of it, and each of its texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from pipelines.exporters.articles import PARAGRAPH_BREAK


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An article as it was fetched last."""

    site: str
    """Host of the site."""

    no: int
    """Number of the article."""

    url: str
    """Canonical address."""

    section: str | None
    """Name of its section."""

    headline: str
    subheadline: str | None

    reporter: str | None
    """Who wrote it."""

    published_at: datetime | None
    """Printed time of 등록."""

    modified_at: datetime | None
    """Printed time of 수정."""

    body: str | None
    """Paragraphs, joined by a blank line; None for a photo or video alone."""

    language: str | None
    """Language that the page declares."""

    revision: int
    """How many texts it has had."""

    first_seen_at: datetime
    """When it was fetched first."""

    fetched_at: datetime
    """When it was fetched last."""

    changed_at: datetime | None
    """When something of it was stored last that was not stored before; None: not since this is noted."""

    gone_at: datetime | None
    """When the site was found to have removed it."""

    is_archived: bool
    """Whether a file of the archive holds its page."""


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo of an article."""

    url: str
    caption: str | None


@dataclass(frozen=True, kw_only=True)
class Link:
    """Where an article leads."""

    kind: str
    """attachment, embed or link."""

    url: str

    text: str | None
    """Text of the link."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text that an article had, without its body."""

    revision: int
    """1, 2, …"""

    fetched_at: datetime
    """When this text was fetched first."""

    modified_at: datetime | None
    """Printed time of 수정."""

    headline: str

    characters: int
    """Length of its body."""

    returned: bool
    """The article had been gone before it was fetched with this text."""

    is_another: bool
    """It is of another article than the text before, under the same number."""

    is_archived: bool
    """Whether a file of the archive holds the page with this text."""


@dataclass(frozen=True, kw_only=True)
class WholeText:
    """A text that an article had."""

    revision: int
    """1, 2, …"""

    fetched_at: datetime
    """When this text was fetched first."""

    modified_at: datetime | None
    """Printed time of 수정."""

    headline: str
    subheadline: str | None

    body: str | None
    """Paragraphs, joined by a blank line."""

    @property
    def paragraphs(self) -> list[str]:
        """Headline, sub-headline and body, a line each."""
        above = [self.headline, *(self.subheadline or "").split("\n")]
        return [line for line in [*above, *(self.body or "").split(PARAGRAPH_BREAK)] if line]


@dataclass(frozen=True, kw_only=True)
class Former:
    """An article that had the number before the site gave it to another one."""

    headline: str
    section: str | None
    reporter: str | None

    published_at: datetime | None
    """Printed time of 등록."""

    first_seen_at: datetime
    """When it was fetched first."""

    replaced_at: datetime
    """When the other article was fetched first."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the archive has a page."""

    file: str | None
    """File below the data folder; None where the page was not archived."""

    offset: int | None
    """Byte of the file at which its record begins."""

    length: int | None
    """Bytes of the record."""


_ARTICLE = """
SELECT site, no, url, section, headline, subheadline, reporter, published_at, modified_at, body, language, revision,
    first_seen_at, fetched_at, changed_at, gone_at,
    archive_file IS NOT NULL OR text_archive_file IS NOT NULL AS is_archived
FROM articles WHERE site = %s AND no = %s"""

_PHOTOS = "SELECT url, caption FROM article_images WHERE site = %s AND no = %s ORDER BY position"

_LINKS = "SELECT kind, url, text FROM article_links WHERE site = %s AND no = %s ORDER BY position"

IS_ANOTHER: LiteralString = """
EXISTS (
    SELECT FROM former_articles AS f WHERE f.site = r.site AND f.no = r.no AND f.replaced_at <= r.fetched_at
        AND f.replaced_at > r.fetched_before
)"""
"""Whether a text `r` is of another article than the text before, which was fetched at `r.fetched_before`."""

_TEXTS: LiteralString = f"""
SELECT r.revision, r.fetched_at, r.modified_at, r.headline, coalesce(length(r.body), 0) AS characters, r.returned,
    {IS_ANOTHER} AS is_another, r.archive_file IS NOT NULL AS is_archived
FROM (
    SELECT *, lag(fetched_at) OVER (ORDER BY revision) AS fetched_before
    FROM article_revisions WHERE site = %s AND no = %s
) AS r ORDER BY r.revision"""

_WHOLE_TEXTS = """
SELECT revision, fetched_at, modified_at, headline, subheadline, body FROM article_revisions
WHERE site = %s AND no = %s AND revision = ANY (%s)"""

_FORMER = """
SELECT headline, section, reporter, published_at, first_seen_at, replaced_at FROM former_articles
WHERE site = %s AND no = %s ORDER BY replaced_at DESC"""

# The page that was fetched last or, where that was not archived, the one that showed its text first.
_PLACE = """
SELECT coalesce(archive_file, text_archive_file) AS file,
    CASE WHEN archive_file IS NULL THEN text_archive_offset ELSE archive_offset END AS offset,
    CASE WHEN archive_file IS NULL THEN text_archive_length ELSE archive_length END AS length
FROM articles WHERE site = %s AND no = %s"""

_PLACE_OF_TEXT = """
SELECT archive_file AS file, archive_offset AS offset, archive_length AS length
FROM article_revisions WHERE site = %s AND no = %s AND revision = %s"""


def article(connection: Connection, site: str, no: int) -> Stored | None:
    """The article; None where it is not stored."""
    return connection.cursor(row_factory=class_row(Stored)).execute(_ARTICLE, [site, no]).fetchone()


def photos(connection: Connection, site: str, no: int) -> list[Photo]:
    """Its photos, in the order of the page."""
    return connection.cursor(row_factory=class_row(Photo)).execute(_PHOTOS, [site, no]).fetchall()


def links(connection: Connection, site: str, no: int) -> list[Link]:
    """Where it leads, in the order of the page."""
    return connection.cursor(row_factory=class_row(Link)).execute(_LINKS, [site, no]).fetchall()


def texts(connection: Connection, site: str, no: int) -> list[Text]:
    """All texts that it had, oldest first."""
    return connection.cursor(row_factory=class_row(Text)).execute(_TEXTS, [site, no]).fetchall()


def whole_texts(connection: Connection, site: str, no: int, revisions: list[int]) -> dict[int, WholeText]:
    """Those of these texts that are there, by their numbers."""
    with connection.cursor(row_factory=class_row(WholeText)) as cursor:
        return {one.revision: one for one in cursor.execute(_WHOLE_TEXTS, [site, no, revisions])}


def former_articles(connection: Connection, site: str, no: int) -> list[Former]:
    """The articles that had this number before, the last one first."""
    return connection.cursor(row_factory=class_row(Former)).execute(_FORMER, [site, no]).fetchall()


def archived_page(connection: Connection, site: str, no: int, revision: int | None = None) -> Place | None:
    """Where the archive has the page of an article, or of one of its texts; None where there is none of that number."""
    with connection.cursor(row_factory=class_row(Place)) as cursor:
        if revision is None:
            return cursor.execute(_PLACE, [site, no]).fetchone()
        return cursor.execute(_PLACE_OF_TEXT, [site, no, revision]).fetchone()
