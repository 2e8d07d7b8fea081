"""Compares what was read again with what is stored: which captures differ, and in which fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.rows import dict_row

from asiatongsin.fields import METADATA_TIME
from asiatongsin.items import Article, PageItems
from pipelines.database.columns import Columns
from pipelines.database.statements import names, only, unnest, without
from pipelines.database.tables import ARTICLE_IMAGES, ARTICLE_LINKS, ARTICLE_TEXTS, CAPTURE, WEATHER_SNAPSHOTS
from pipelines.database.views import ARTICLE_REVISIONS, RELATED_STORIES
from pipelines.exporters.articles import bodies
from pipelines.exporters.columns import lists
from pipelines.exporters.phone_pages import set_aside

NEW, NEWER, EARLIER = "new article", "newer capture", "earlier capture"
REMOVED, UNREADABLE, WEATHER = "removed", "unreadable", "weather"
MENDED = "noted as unreadable or removed, and is neither"

NOT_COMPARED = ("site", "no", "url", "fetched_at", "content_hash")
"""Fields that identify the capture, or follow from its number or its text."""


def _read(columns: Columns) -> dict[LiteralString, LiteralString]:
    """The columns of a table that hold what was read of the article."""
    of_article = {field.name for field in fields(Article)} - set(NOT_COMPARED)
    return only(columns, *[name for name in columns if name in of_article])


_KEY = only(ARTICLE_TEXTS, "site", "no")
_PRINTED = _read(ARTICLE_TEXTS)
_TEXT = _read(ARTICLE_REVISIONS)
_IMAGE = without(ARTICLE_IMAGES, *_KEY, "position")
_LINK = without(ARTICLE_LINKS, *_KEY, "position")
_STORY = without(RELATED_STORIES, *CAPTURE)
_OF_ROW = only(ARTICLE_TEXTS, *CAPTURE, *_PRINTED, "content_hash", "first_seen_at", "archive_file")
_OF_REVISION = only(ARTICLE_REVISIONS, *CAPTURE, *_TEXT, "content_hash")
_STRIP = only(WEATHER_SNAPSHOTS, "page_date", "readings_hash")

_ARTICLES: LiteralString = f"""
SELECT {names(_OF_ROW, "a")},
    coalesce((SELECT jsonb_agg(jsonb_build_array({names(_IMAGE)}) ORDER BY position)
        FROM article_images AS i WHERE i.site = a.site AND i.no = a.no), '[]') AS images,
    coalesce((SELECT jsonb_agg(jsonb_build_array({names(_LINK)}) ORDER BY position)
        FROM article_links AS l WHERE l.site = a.site AND l.no = a.no), '[]') AS links,
    coalesce((SELECT jsonb_agg(jsonb_build_array({names(_STORY)}) ORDER BY block COLLATE "C", position)
        FROM related_stories AS r WHERE r.site = a.site AND r.no = a.no), '[]') AS related_stories
FROM articles AS a JOIN {unnest(_KEY)} USING (site, no)"""

_REVISIONS: LiteralString = f"""
SELECT {names(_OF_REVISION, "r")} FROM {unnest(_KEY)} CROSS JOIN LATERAL (
    SELECT * FROM article_revisions AS r WHERE r.site = t.site AND r.no = t.no OFFSET 0
) AS r ORDER BY r.fetched_at"""

_REJECTED: LiteralString = f"""
SELECT site, no, fetched_at, reason FROM rejected_pages JOIN {unnest(CAPTURE)} USING (site, no, fetched_at)"""

_REMOVED: LiteralString = f"""
SELECT t.site, t.no, t.fetched_at FROM {unnest(CAPTURE)}
WHERE EXISTS (
    SELECT FROM removed_articles AS r WHERE r.site = t.site AND r.no = t.no
        AND t.fetched_at BETWEEN r.first_seen_at AND r.last_seen_at
) OR EXISTS (SELECT FROM articles AS a WHERE a.site = t.site AND a.no = t.no AND a.fetched_at > t.fetched_at)"""

_REMOVED_BEFORE: LiteralString = f"""
SELECT t.site, t.no, t.fetched_at FROM removed_articles AS r JOIN {unnest(CAPTURE)} USING (site, no)
WHERE r.last_seen_at <= t.fetched_at"""

# The pages of a strip that stays over midnight print two dates; the first is kept.
_STRIPS: LiteralString = f"""
SELECT t.site, t.no, t.fetched_at FROM {unnest(CAPTURE | _STRIP)}
WHERE EXISTS (
    SELECT FROM weather_snapshots AS s WHERE s.site = t.site AND s.readings_hash = t.readings_hash
        AND t.fetched_at BETWEEN s.first_fetched_at AND s.last_fetched_at
        AND (s.page_date IS NOT NULL OR t.page_date IS NULL)
)"""

# From site to site by the primary key, not through all articles.
_BASES = """
WITH RECURSIVE one AS (
    (SELECT site, url FROM articles ORDER BY site, no LIMIT 1)
    UNION ALL
    SELECT next.site, next.url FROM one, LATERAL (
        SELECT site, url FROM articles WHERE site > one.site ORDER BY site, no LIMIT 1
    ) AS next
)
SELECT site, regexp_replace(url, '^(https?://[^/]+).*', '\\1') FROM one"""

_CLOCKS_AHEAD = """
SELECT id, (extract(epoch FROM clock_ahead) * 1000000)::bigint FROM crawls WHERE clock_ahead IS NOT NULL"""

CaptureKey = tuple[str, int, datetime]
Fields = dict[str, tuple[Any, Any]]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A capture that is stored otherwise than it is read now."""

    items: PageItems
    """What is read now, without the weather where that is stored already."""

    kind: str | None = None
    """What differs, where it is not a field of a stored article, for example `newer capture`."""

    fields: Fields
    """The fields that differ, each with what is stored and what is read now."""


def bases(connection: Connection) -> dict[str, str]:
    """Scheme and host that the addresses of each stored site begin with."""
    return dict(connection.execute(_BASES).fetchall())


def clocks_ahead(connection: Connection) -> dict[str, timedelta]:
    """The crawls whose times were set back, and by how much."""
    return {crawl: timedelta(microseconds=ahead) for crawl, ahead in connection.execute(_CLOCKS_AHEAD)}


def differences(connection: Connection, pages: Sequence[PageItems]) -> list[Difference]:
    """The captures among these that are stored otherwise, or not at all."""
    if not pages:
        return []
    once = set_aside(connection, list({(page.site, page.no, page.fetched_at): page for page in pages}.values()))
    stored = StoredRows(connection, once)
    return [found for page in once if (found := stored.difference(page))]


class StoredRows:
    """What is stored of some pages, read in a fixed number of queries."""

    def __init__(self, connection: Connection, pages: Sequence[PageItems]) -> None:
        keys = lists({(page.site, page.no): page for page in pages}.values(), _KEY)
        with connection.cursor(row_factory=dict_row) as cursor:
            self.articles = {(row["site"], row["no"]): row for row in cursor.execute(_ARTICLES, keys)}
            self.revisions: dict[tuple[str, int], list[dict[str, Any]]] = {}
            for row in cursor.execute(_REVISIONS, keys):
                self.revisions.setdefault((row["site"], row["no"]), []).append(row)
        at = lists(pages, CAPTURE)
        rejected = connection.execute(_REJECTED, at)
        self.rejected = {(site, no, fetched_at): reason for site, no, fetched_at, reason in rejected}
        self.removed: set[CaptureKey] = set(connection.execute(_REMOVED, at))
        self.removed_before: set[CaptureKey] = set(connection.execute(_REMOVED_BEFORE, at))
        showing = [page for page in pages if page.weather]
        strips = lists(showing, CAPTURE) | lists([page.weather for page in showing], _STRIP)
        self.strips: set[CaptureKey] = set(connection.execute(_STRIPS, strips))

    def difference(self, page: PageItems) -> Difference | None:
        """How a page differs from what is stored; None where it does not."""
        key = (page.site, page.no or 0, page.fetched_at)
        kind, fields = self._of_page(page, key)
        if page.weather is not None and key not in self.strips:
            fields = fields | {WEATHER: (None, page.weather)}
            # Of a capture that was never stored, the strip is added and replaces none.
            page = replace(page, is_reread=self._is_known(page, key) and kind not in {NEW, NEWER, EARLIER})
        else:
            page = replace(page, weather=None)
        return Difference(items=page, kind=kind, fields=fields) if kind or fields else None

    def _is_known(self, page: PageItems, key: CaptureKey) -> bool:
        """Whether this very capture was stored before."""
        row = self.articles.get(key[:2])
        times = [one["fetched_at"] for one in self.revisions.get(key[:2], [])] + ([row["fetched_at"]] if row else [])
        return page.archived is not None or page.fetched_at in times or key in self.rejected

    def _of_page(self, page: PageItems, key: CaptureKey) -> tuple[str | None, Fields]:
        if page.article:
            kind, fields = self._of_article(page, page.article)
            is_mended = key in self.rejected or key in self.removed_before
            return kind or (MENDED if is_mended else None), fields
        if page.removed:
            return None if key in self.removed and key not in self.rejected else REMOVED, {}
        if key not in self.rejected:
            return UNREADABLE, {}
        stored, read = self.rejected[key], page.rejected.reason if page.rejected else None
        return None, {} if stored == read else {"reason": (stored, read)}

    def _of_article(self, page: PageItems, article: Article) -> tuple[str | None, Fields]:
        row = self.articles.get((article.site, article.no))
        if row is None or article.fetched_at > row["fetched_at"]:
            return NEWER if row else NEW, {}
        if article.fetched_at == row["fetched_at"]:
            has_place = page.archived is not None and row["archive_file"] is None
            place: Fields = {"archive_file": (None, page.archived.file)} if page.archived and has_place else {}
            read = _values(page, article)
            if METADATA_TIME in page.fallbacks and row["published_at"]:
                read["published_at"] = None  # the stored time stands before it
            return None, _different(row, read, [*_PRINTED, "images", "links", "related_stories"]) | place
        before = self._revision_of(article)
        if before is None or article.fetched_at < row["first_seen_at"]:
            return EARLIER, {}
        if before["fetched_at"] < article.fetched_at and before["content_hash"] == article.content_hash:
            return None, {}
        return None, _different(before, _values(page, article), _TEXT)

    def _revision_of(self, article: Article) -> dict[str, Any] | None:
        """The stored text that the article had at the time of this capture; None where there is none."""
        revisions = self.revisions.get((article.site, article.no), [])
        return next((one for one in reversed(revisions) if one["fetched_at"] <= article.fetched_at), None)


def _different(stored: dict[str, Any], read: dict[str, Any], columns: Iterable[str]) -> Fields:
    """The fields that differ; not a time of publication that the page does not print, since the exporter keeps it."""
    differing = [field for field in columns if stored[field] != read[field]]
    if read["published_at"] is None and "published_at" in differing:
        differing.remove("published_at")
    if not differing and stored["content_hash"] != read["content_hash"]:
        differing = ["content_hash"]
    return {field: (stored[field], read[field]) for field in differing}


def _values(page: PageItems, article: Article) -> dict[str, Any]:
    """The fields of an article, in the form in which the queries return them."""
    stories = sorted(page.related_stories, key=lambda story: (story.block.encode(), story.position))
    return _row(article, ["content_hash", *_PRINTED]) | {
        "body": bodies([article])[0],
        "images": [list(_row(image, _IMAGE).values()) for image in article.images],
        "links": [list(_row(link, _LINK).values()) for link in article.links],
        "related_stories": [list(_row(story, _STORY).values()) for story in stories],
    }


def _row(item: object, columns: Iterable[str]) -> dict[str, Any]:
    return {column: getattr(item, column) for column in columns}
