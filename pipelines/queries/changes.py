"""What happened to articles in a time: new, edited, taken down, back, their number given to another one.

A change counts for the time at which the page was fetched that shows it: when it happened is mostly not known. So two
times that follow on each other hold it once, even where it happened in one of them and was found in the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row, kwargs_row
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from asiatongsin.plausible import FIRST_POSSIBLE
from pipelines.queries.compared import size_of_edit
from pipelines.queries.search.conditions import conditions
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.search import Search
from pipelines.queries.sites import known_sites

EVERYTHING = Filters()

LATE = timedelta(days=30)
"""How long before the time an article may have been published that is new in it. What is older was not new on the site:
a first crawl stores all that there ever was."""

TEXTS = ("headline", "subheadline", "body")
PARTS = (*TEXTS, "modified_at")
"""What an edit may change; `modified_at` is the printed time of 수정."""


class Kind(StrEnum):
    """What happened to an article."""

    NEW = "new"
    EDITED = "edited"
    GONE = "gone"
    BACK = "back"
    REPLACED = "replaced"

    @property
    def meaning(self) -> str:
        """For people, behind the name of the article."""
        return _MEANINGS[self]


_MEANINGS = {
    Kind.NEW: "new",
    Kind.EDITED: "edited",
    Kind.GONE: "taken down",
    Kind.BACK: "back after it had been taken down",
    Kind.REPLACED: "its number was given to another article",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One thing that happened to one article."""

    kind: Kind
    """What happened."""

    at: datetime
    """When a crawl found it; of what was taken down, when a second sighting confirmed it."""

    after: datetime | None = None
    """It happened after that; None where that is not known."""

    before: datetime | None = None
    """It happened before that, or then."""

    site: str
    """Host of the site."""

    no: int
    """Number of the article."""

    url: str
    """Canonical address."""

    section: str | None
    """Name of its section."""

    reporter: str | None
    """Who wrote it."""

    published_at: datetime | None
    """Printed time of 등록."""

    headline: str
    """Headline; of an edit the new one."""

    revision: int | None = None
    """Of an edit and of an article that is back: the number of the text that was found."""

    modified_at: datetime | None = None
    """Of an edit: the time of 수정 that the new text prints."""

    headline_before: str | None = None
    """Of an edit: the headline before, where that was another one."""

    parts: tuple[str, ...] = ()
    """Of an edit: which of PARTS were changed."""

    added: int = 0
    """Of an edit: characters of words that are new, white space not counted."""

    removed: int = 0
    """Of an edit: characters of words that are gone."""

    now: str | None = None
    """Of a number that was given to another article: the headline of that one."""


_OF_ARTICLE = SQL("a.site, a.no, a.url, a.section, a.reporter, a.published_at, a.headline")

_NEW = SQL("""
SELECT 'new' AS kind, a.first_seen_at AS at, a.first_seen_at AS before, {of_article} FROM {found} AS a WHERE {within}
UNION ALL
SELECT 'new', a.first_seen_at, a.first_seen_at, {of_article} FROM articles AS a
WHERE a.published_at IS NULL AND {within} AND {conditions}
UNION ALL
SELECT 'new', a.first_seen_at, a.first_seen_at, {of_article} FROM former_articles AS a
WHERE coalesce(a.published_at, a.first_seen_at) >= {published} AND {within} AND {conditions}""")

_PUBLISHED = SQL("(SELECT a.* FROM articles AS a WHERE {conditions})")

# A single sighting may be an error of the site: `gone_at` is set by the second.
_GONE = SQL("""
SELECT 'gone' AS kind, a.gone_at AS at, a.fetched_at AS after, r.first_confirmed_at AS before, {of_article}
FROM articles AS a
LEFT JOIN removed_articles AS r ON r.site = a.site AND r.no = a.no AND r.first_confirmed_at > a.fetched_at
WHERE a.gone_at IS NOT NULL AND {within} AND {conditions}
UNION ALL
SELECT 'gone', a.gone_at, a.fetched_at, NULL, {of_article} FROM former_articles AS a
WHERE a.gone_at IS NOT NULL AND {within} AND {conditions}""")

_REPLACED = SQL("""
SELECT 'replaced' AS kind, a.replaced_at AS at, a.fetched_at AS after, a.replaced_at AS before, {of_article},
    (SELECT r.headline FROM article_revisions AS r
     WHERE r.site = a.site AND r.no = a.no AND r.fetched_at >= a.replaced_at ORDER BY r.revision LIMIT 1) AS now
FROM former_articles AS a WHERE {within} AND {conditions}""")

# Each text with the one before it, but for those of another article.
_TEXTS = SQL("""
SELECT a.site, a.no, a.url, a.section, a.reporter, a.published_at, r.revision, r.fetched_at, r.returned,
    r.headline, r.subheadline, r.body, r.modified_at, r.content_hash <> p.content_hash AS is_edited,
    p.fetched_at AS fetched_before, p.headline AS old_headline, p.subheadline AS old_subheadline, p.body AS old_body,
    p.modified_at AS old_modified_at
FROM article_revisions AS r JOIN articles AS a ON a.site = r.site AND a.no = r.no, LATERAL (
    SELECT * FROM article_revisions AS p WHERE p.site = r.site AND p.no = r.no AND p.revision < r.revision
    ORDER BY p.revision DESC LIMIT 1
) AS p
WHERE r.revision > 1 AND {within} AND NOT EXISTS (
    SELECT FROM former_articles AS f WHERE f.site = r.site AND f.no = r.no
        AND f.replaced_at <= r.fetched_at AND f.replaced_at > p.fetched_at
) AND EXISTS (
    SELECT FROM (VALUES (r.headline, r.subheadline, r.body), (p.headline, p.subheadline, p.body))
        AS t (headline, subheadline, body),
        LATERAL (
            SELECT r.site, a.section, a.reporter, a.published_at, t.headline, t.subheadline, t.body
        ) AS a
    WHERE {conditions}
)""")


_ORDER = {kind: place for place, kind in enumerate(Kind)}


_UNSEEN = SQL("""
SELECT s.site FROM unnest({sites}::text[]) AS s (site) WHERE NOT EXISTS (
    SELECT FROM crawls AS c WHERE c.site = s.site
        AND greatest(c.started_at, c.finished_at, c.last_fetched_at) >= {since} AND c.started_at <= {until}
) ORDER BY s.site""")


def changes(
    connection: Connection,
    since: datetime,
    until: datetime,
    filters: Filters = EVERYTHING,
    *,
    only: Collection[Kind] = tuple(Kind),
    minimum: int = 1,
) -> list[Change]:
    """What crawls found from `since` to `until`, the newest first; over a connection in autocommit mode."""
    return sorted(each(connection, since, until, filters, only, minimum), key=place, reverse=True)


def place(change: Change) -> tuple[datetime, int, str, int]:
    """The order of changes, the newest last."""
    return change.at, change.no, change.site, _ORDER[change.kind]


def each(
    connection: Connection,
    since: datetime,
    until: datetime,
    filters: Filters,
    only: Collection[Kind],
    minimum: int,
) -> Iterator[Change]:
    """The same in no order and one by one, since there may be many; the connection is taken until the last of them.

    Edits of fewer than `minimum` characters, added and removed ones together, are left out. Words of `filters` find an
    edit where they find the text before it or the one after it.
    """
    asked = _Asked(connection, since, until, filters)
    for kind, rows in ((Kind.NEW, asked.new), (Kind.GONE, asked.gone), (Kind.REPLACED, asked.replaced)):
        if kind in only:
            yield from rows()
    if not {Kind.EDITED, Kind.GONE, Kind.BACK}.isdisjoint(only):
        of_texts = (change for text in asked.texts() for change in _of_text(text))
        yield from (change for change in of_texts if change.kind in only and _is_worth(change, minimum))


def unseen(connection: Connection, since: datetime, until: datetime, filters: Filters = EVERYTHING) -> list[str]:
    """The sites of which there was no crawl in that time, so that nothing can have been found."""
    asked = _Asked(connection, since, until, filters)
    values = {"sites": list(asked.filters.sites), "since": since, "until": until}
    return [site for (site,) in connection.execute(_UNSEEN.format(**{k: Literal(v) for k, v in values.items()}))]


class _Asked:
    """The statements of one question."""

    def __init__(self, connection: Connection, since: datetime, until: datetime, filters: Filters) -> None:
        self.connection = connection
        self.since, self.until = max(since, FIRST_POSSIBLE), until
        sites = filters.sites or tuple(known_sites(connection))
        self.filters = replace(filters, sites=sites)

    def new(self) -> Iterator[Change]:
        filters = replace(self.filters, since=self.since - LATE)
        search = Search(self.connection, filters)
        with search.quick():
            # The index of words is no help where all articles of a time are meant: that of times is.
            found = search.found() if filters.words else _PUBLISHED.format(conditions=conditions(filters))
            yield from self._changes(_NEW, "first_seen_at", found=found, published=Literal(self.since - LATE))

    def gone(self) -> Iterator[Change]:
        return self._changes(_GONE, "gone_at")

    def replaced(self) -> Iterator[Change]:
        return self._changes(_REPLACED, "replaced_at")

    def texts(self) -> Iterator[dict[str, Any]]:
        """Texts that were found in the time, each with the one before it; one by one, since there may be many."""
        statement = _TEXTS.format(within=self._within("r", "fetched_at"), conditions=conditions(self.filters))
        with self.connection.cursor(row_factory=dict_row) as cursor:
            yield from cursor.stream(statement)

    def _changes(self, statement: SQL, time: str, **parts: Composable) -> Iterator[Change]:
        within, asked = self._within("a", time), conditions(self.filters)
        with self.connection.cursor(row_factory=kwargs_row(_change)) as cursor:
            given = {"of_article": _OF_ARTICLE, "within": within, "conditions": asked} | parts
            yield from cursor.stream(statement.format(**given))

    def _within(self, *column: str) -> Composed:
        time, first, last = Identifier(*column), Literal(self.since), Literal(self.until)
        return SQL("{} >= {} AND {} <= {}").format(time, first, time, last)


def _change(*, kind: str, **values: Any) -> Change:
    return Change(kind=Kind(kind), **values)


def _of_text(text: dict[str, Any]) -> Iterator[Change]:
    """What a text says that was found after another one."""
    same = {name: text[name] for name in ("site", "no", "url", "section", "reporter", "published_at", "headline")}
    found = {"at": text["fetched_at"], "after": text["fetched_before"], "before": text["fetched_at"]}
    if text["returned"]:
        yield Change(kind=Kind.GONE, **same, **found)
        yield Change(kind=Kind.BACK, **same, **found, revision=text["revision"])
    if text["is_edited"]:
        size = size_of_edit(*("\n".join(text[of + name] or "" for name in TEXTS) for of in ("old_", "")))
        yield Change(
            kind=Kind.EDITED,
            **same,
            **found,
            revision=text["revision"],
            modified_at=text["modified_at"],
            headline_before=text["old_headline"] if text["old_headline"] != text["headline"] else None,
            parts=tuple(part for part in PARTS if text[part] != text[f"old_{part}"]),
            added=size.added,
            removed=size.removed,
        )


def _is_worth(change: Change, minimum: int) -> bool:
    return change.kind is not Kind.EDITED or change.added + change.removed >= minimum
