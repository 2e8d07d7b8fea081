"""What was read again against what is stored: which captures differ, and in which fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from asiatongsin.items import Article, PageItems
from pipelines.exporters.articles import bodies
from pipelines.exporters.columns import columns

NEW, NEWER, EARLIER = "new article", "newer capture", "earlier capture"
REMOVED, UNREADABLE, WEATHER = "removed", "unreadable", "weather"

_TEXT = ("headline", "subheadline", "body", "modified_at")
_PRINTED = (
    "section",
    "headline",
    "subheadline",
    "reporter",
    "reporter_email",
    "published_at",
    "modified_at",
    "language",
)
_FIELDS = (*_PRINTED, "body", "images", "related_stories")

_ARTICLES = """
SELECT a.site, a.no, a.section, a.headline, a.subheadline, a.reporter, a.reporter_email, a.published_at,
    a.modified_at, a.body, a.language, a.content_hash, a.fetched_at, a.first_seen_at,
    coalesce((SELECT jsonb_agg(jsonb_build_array(url, caption) ORDER BY position)
        FROM article_images AS i WHERE i.site = a.site AND i.no = a.no), '[]') AS images,
    coalesce((SELECT jsonb_agg(jsonb_build_array(block, position, related_no, title, lead, image_url)
            ORDER BY block COLLATE "C", position)
        FROM related_stories AS r WHERE r.site = a.site AND r.no = a.no), '[]') AS related_stories
FROM articles AS a JOIN unnest(%s::text[], %s::bigint[]) AS t (site, no) USING (site, no)"""

_REVISIONS = """
SELECT site, no, fetched_at, headline, subheadline, body, modified_at, content_hash
FROM article_revisions JOIN (SELECT DISTINCT * FROM unnest(%s::text[], %s::bigint[]) AS t (site, no)) AS t
    USING (site, no)
ORDER BY fetched_at"""

_REJECTED = """
SELECT site, no, fetched_at FROM rejected_pages
JOIN unnest(%s::text[], %s::bigint[], %s::timestamptz[]) AS t (site, no, fetched_at) USING (site, no, fetched_at)"""

_REMOVED = """
SELECT t.site, t.no, t.fetched_at FROM unnest(%s::text[], %s::bigint[], %s::timestamptz[]) AS t (site, no, fetched_at)
WHERE EXISTS (
    SELECT FROM removed_articles AS r WHERE r.site = t.site AND r.no = t.no
        AND t.fetched_at BETWEEN r.first_seen_at AND r.last_seen_at
) OR EXISTS (SELECT FROM articles AS a WHERE a.site = t.site AND a.no = t.no AND a.fetched_at > t.fetched_at)"""

_STRIPS = """
SELECT t.site, t.no, t.fetched_at FROM unnest(%s::text[], %s::bigint[], %s::timestamptz[], %s::text[])
    AS t (site, no, fetched_at, readings_hash)
WHERE EXISTS (
    SELECT FROM weather_snapshots AS s WHERE s.site = t.site AND s.readings_hash = t.readings_hash
        AND t.fetched_at BETWEEN s.first_fetched_at AND s.last_fetched_at
)"""

_BASES = "SELECT DISTINCT ON (site) site, regexp_replace(url, '^(https?://[^/]+).*', '\\1') FROM articles ORDER BY site"

Key = tuple[str, int, datetime]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One capture that is stored otherwise than it is read now."""

    items: PageItems
    """What is read now, without a part that is stored like that already."""

    kind: str | None = None
    """What it is, where it is not an article whose fields differ."""

    fields: dict[str, tuple[Any, Any]]
    """Fields that differ: what is stored, what is read now."""


def bases(connection: Connection) -> dict[str, str]:
    """Scheme and host that the addresses of each stored site begin with."""
    return dict(connection.execute(_BASES).fetchall())


def differences(connection: Connection, pages: Sequence[PageItems]) -> list[Difference]:
    """The captures among these that are stored otherwise, or not at all."""
    if not pages:
        return []
    stored = Stored(connection, pages)
    return [found for page in pages if (found := stored.difference(page))]


class Stored:
    """What is stored of some pages, asked for in a fixed number of queries."""

    def __init__(self, connection: Connection, pages: Sequence[PageItems]) -> None:
        keys = [list(column) for column in zip(*{(page.site, page.no) for page in pages}, strict=True)]
        with connection.cursor(row_factory=dict_row) as cursor:
            self.articles = {(row["site"], row["no"]): row for row in cursor.execute(_ARTICLES, keys)}
            self.revisions: dict[tuple[str, int], list[dict[str, Any]]] = {}
            for row in cursor.execute(_REVISIONS, keys):
                self.revisions.setdefault((row["site"], row["no"]), []).append(row)
        at = columns(pages, ("site", "no", "fetched_at"))
        self.rejected: set[Key] = set(connection.execute(_REJECTED, at))
        self.removed: set[Key] = set(connection.execute(_REMOVED, at))
        showing = [page for page in pages if page.weather]
        hashes = [page.weather.readings_hash for page in showing if page.weather]
        strips = [*columns(showing, ("site", "no", "fetched_at")), hashes]
        self.strips: set[Key] = set(connection.execute(_STRIPS, strips))

    def difference(self, page: PageItems) -> Difference | None:
        """How a page differs; None where all of it is stored as it is."""
        key = (page.site, page.no or 0, page.fetched_at)
        has_strip = page.weather is not None and key not in self.strips
        kind, fields = self._of_page(page, key)
        if has_strip:
            fields = fields | {WEATHER: (None, page.weather)}
        elif page.weather is not None:
            page = replace(page, weather=None)
        return Difference(items=page, kind=kind, fields=fields) if kind or fields else None

    def _of_page(self, page: PageItems, key: Key) -> tuple[str | None, dict[str, tuple[Any, Any]]]:
        if page.article:
            return self._of_article(page, page.article)
        if page.removed:
            return None if key in self.removed else REMOVED, {}
        return None if key in self.rejected else UNREADABLE, {}

    def _of_article(self, page: PageItems, article: Article) -> tuple[str | None, dict[str, tuple[Any, Any]]]:
        row = self.articles.get((article.site, article.no))
        if row is None or article.fetched_at > row["fetched_at"]:
            return NEWER if row else NEW, {}
        if article.fetched_at == row["fetched_at"]:
            return None, _different(row, _values(page, article), _FIELDS)
        before = self._revision_of(article)
        if before is None or article.fetched_at < row["first_seen_at"]:
            return EARLIER, {}
        if before["fetched_at"] < article.fetched_at and before["content_hash"] == article.content_hash:
            return None, {}
        return None, _different(before, _values(page, article), _TEXT)

    def _revision_of(self, article: Article) -> dict[str, Any] | None:
        """The text the article had when it was fetched, as far as is known."""
        revisions = self.revisions.get((article.site, article.no), [])
        return next((one for one in reversed(revisions) if one["fetched_at"] <= article.fetched_at), None)


def _different(stored: dict[str, Any], read: dict[str, Any], fields: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    """The fields that differ. A time of publication that the page does not print is kept by the exporter."""
    differing = [field for field in fields if stored[field] != read[field]]
    if read["published_at"] is None and "published_at" in differing:
        differing.remove("published_at")
    if not differing and stored["content_hash"] != read["content_hash"]:
        differing = ["content_hash"]
    return {field: (stored[field], read[field]) for field in differing}


def _values(page: PageItems, article: Article) -> dict[str, Any]:
    """The fields of an article as the queries give them."""
    stories = sorted(page.related_stories, key=lambda story: (story.block.encode(), story.position))
    values = {field: getattr(article, field) for field in ("content_hash", *_PRINTED)}
    return values | {
        "body": bodies([article])[0],
        "images": [[image.url, image.caption] for image in article.images],
        "related_stories": [
            [one.block, one.position, one.related_no, one.title, one.lead, one.image_url] for one in stories
        ],
    }
