"""The table `article_texts`: one row per article, its newest captured text. The text before moves to `replaced_texts`.

A visit that finds what the row says already does not write it: `article_checks` notes when and where that page was
fetched. The view `articles` shows both together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString

from psycopg import Connection

from asiatongsin.fields import METADATA_TIME
from asiatongsin.items import Article, PageItems
from asiatongsin.relisted import FAR
from pipelines.database.statements import each, names, only, unnest, without
from pipelines.database.tables import ARTICLE_TEXTS, CAPTURE, FORMER_ARTICLES, REPLACED_TEXTS
from pipelines.exporters.columns import lists, places

PARAGRAPH_BREAK = "\n\n"

TEXT = only(ARTICLE_TEXTS, "headline", "subheadline", "body", "modified_at", "content_hash")
"""What a revision holds of an article."""

_OF_FIRST = only(ARTICLE_TEXTS, "text_archive_file", "text_archive_offset", "text_archive_length")
_GIVEN = without(
    ARTICLE_TEXTS, "revision", "first_seen_at", "gone_at", "returned", "text_fetched_at", "changed_at", *_OF_FIRST
)
_PLACE = only(ARTICLE_TEXTS, "archive_file", "archive_offset", "archive_length", "payload_digest")
_PRINTED = without(_GIVEN, *_PLACE)
_FIELDS = without(_PRINTED, "body")
_REPLACED = without(_GIVEN, "site", "no", "published_at")
_OF_PAGE = {"is_dated_by_metadata": "boolean", "is_visit": "boolean"}
_COMPARED = without(_FIELDS, "site", "no", "published_at", "fetched_at") | only(_PRINTED, "body")
_KNOWN_PLACE = each(_PLACE, "coalesce(t.{0}, CASE WHEN known.fetched_at = t.fetched_at THEN known.{0} END) AS {0}")

_PLACE_OR_KNOWN = each(_PLACE, "coalesce(t.{0}, known.{0})")

_PLACE_OF_FIRST = without(_PLACE, "payload_digest")
_SET_FIRST: LiteralString = """text_{0} = CASE
            WHEN a.content_hash <> excluded.content_hash THEN NULL
            WHEN a.text_fetched_at IS NOT NULL THEN a.text_{0}
            WHEN a.fetched_at <> excluded.fetched_at THEN a.{0}
        END"""

_LOCK = """
SELECT pg_advisory_xact_lock(hashtextextended('asiatongsin articles ' || site, 0)) FROM unnest(%b::text[]) AS site"""

# An older capture, out of a spool that was drained late, never replaces a newer text. A capture from before an article
# was gone, read again, does not bring it back. Where a page prints no time, the list page gives it; an article that is
# fetched by its number keeps the stored time, whatever its metadata say.
# A text moves to `replaced_texts` when another one replaces it, unless that one was read of the same capture.
# Another article under the same number has no paragraph of the one before, and another headline and printed minute, or
# the same headline at a time that is far away.
# A value that is stored already stays where it is: written once more, a long one would be written beside the row anew.
# Where all are, the row stays as it is, unless `article_checks` knows a later visit and will not note this one.
_WRITE: LiteralString = f"""
WITH incoming AS (
    SELECT {names(without(_PRINTED, "published_at"), "t")}, {_KNOWN_PLACE},
        coalesce(CASE WHEN is_dated_by_metadata THEN known.published_at END, t.published_at) AS published_at,
        known.revision AS known_revision, known.content_hash AS known_hash, known.gone_at AS known_gone_at,
        known.fetched_at AS known_fetched_at,
        known.fetched_at <= t.fetched_at AND coalesce(known.text_fetched_at, known.fetched_at) <> t.fetched_at
            AND ({names(TEXT, "known")}) IS DISTINCT FROM ({names(TEXT, "t")}) AS is_replacing,
        coalesce(CASE
            WHEN known.fetched_at = t.fetched_at
                THEN ({names(_PLACE, "known")}) IS NOT DISTINCT FROM ({_PLACE_OR_KNOWN})
            WHEN known.fetched_at < t.fetched_at THEN is_visit AND coalesce(visit.checked_at < t.fetched_at, true)
        END AND known.gone_at IS NULL
            AND (known.published_at = t.published_at OR is_dated_by_metadata AND known.published_at IS NOT NULL
                OR t.published_at IS NULL)
            AND ({names(_COMPARED, "known")}) IS NOT DISTINCT FROM ({names(_COMPARED, "t")}), false) AS is_same
    FROM {unnest(_GIVEN | _OF_PAGE)} LEFT JOIN articles AS known ON known.site = t.site AND known.no = t.no
    LEFT JOIN article_checks AS visit ON visit.site = t.site AND visit.no = t.no
), moved AS (
    INSERT INTO replaced_texts ({names(REPLACED_TEXTS)})
    SELECT {names(REPLACED_TEXTS, "r")} FROM incoming AS i CROSS JOIN LATERAL (
        SELECT * FROM article_revisions AS r WHERE r.site = i.site AND r.no = i.no AND r.revision = i.known_revision
        OFFSET 0
    ) AS r WHERE i.is_replacing
    ON CONFLICT DO NOTHING
), another AS (
    SELECT a.*, i.fetched_at AS replaced_at FROM articles AS a JOIN incoming AS i USING (site, no)
    WHERE NOT i.is_same AND i.known_fetched_at < i.fetched_at
        AND (a.headline <> i.headline OR abs(extract(epoch FROM a.published_at - i.published_at)) > %(far)s)
        AND CASE WHEN a.published_at IS NULL OR i.published_at IS NULL THEN a.body IS NOT NULL AND i.body IS NOT NULL
            ELSE date_trunc('minute', a.published_at) <> date_trunc('minute', i.published_at) END
        AND NOT coalesce(string_to_array(a.body, %(break)s) && string_to_array(i.body, %(break)s), false)
), kept AS (
    INSERT INTO former_articles ({names(FORMER_ARTICLES)}) SELECT {names(FORMER_ARTICLES)} FROM another
    ON CONFLICT DO NOTHING
), written AS (
    INSERT INTO article_texts AS a ({names(_GIVEN)}, first_seen_at)
    SELECT {names(_GIVEN)}, fetched_at FROM incoming
    WHERE NOT is_same AND coalesce(known_fetched_at <= fetched_at, true) ORDER BY site, no
    ON CONFLICT (site, no) DO UPDATE SET
        {each(_REPLACED, "{0} = CASE WHEN a.{0} IS DISTINCT FROM excluded.{0} THEN excluded.{0} ELSE a.{0} END")},
        published_at = CASE WHEN excluded.no IN (SELECT no FROM another WHERE site = excluded.site)
            THEN excluded.published_at ELSE coalesce(excluded.published_at, a.published_at) END,
        first_seen_at = CASE WHEN excluded.no IN (SELECT no FROM another WHERE site = excluded.site)
            THEN excluded.fetched_at ELSE a.first_seen_at END,
        gone_at = CASE WHEN a.gone_at > excluded.fetched_at THEN a.gone_at END,
        returned = a.returned AND (a.content_hash = excluded.content_hash
            OR coalesce(a.text_fetched_at, a.fetched_at) = excluded.fetched_at),
        text_fetched_at = CASE WHEN a.content_hash = excluded.content_hash
            THEN nullif(coalesce(a.text_fetched_at, a.fetched_at), excluded.fetched_at) END,
        {each(_PLACE_OF_FIRST, _SET_FIRST)}
    WHERE a.fetched_at <= excluded.fetched_at
    RETURNING a.site, a.no, a.xmax = 0 AS is_new
)
SELECT i.site, i.no,
    CASE WHEN w.is_new THEN 'new' WHEN i.known_hash = i.content_hash THEN 'unchanged' ELSE 'changed' END,
    CASE WHEN i.known_gone_at < i.fetched_at THEN i.known_gone_at END, o.no IS NOT NULL, i.known_fetched_at
FROM incoming AS i LEFT JOIN written AS w USING (site, no) LEFT JOIN another AS o USING (site, no)
WHERE i.is_same OR w.no IS NOT NULL"""

_SEEN_EARLIER: LiteralString = f"""
UPDATE article_texts AS a SET first_seen_at = i.fetched_at
FROM (
    SELECT site, no, min(fetched_at) AS fetched_at
    FROM {unnest(CAPTURE)} GROUP BY site, no
) AS i
WHERE a.site = i.site AND a.no = i.no AND a.first_seen_at > i.fetched_at AND NOT EXISTS (
    SELECT FROM former_articles AS f WHERE f.site = i.site AND f.no = i.no AND f.replaced_at > i.fetched_at
)"""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the articles of a batch."""

    new: frozenset[tuple[str, int]]
    """Stored for the first time."""

    changed: frozenset[tuple[str, int]]
    """Stored before with another text."""

    unchanged: frozenset[tuple[str, int]]
    """Stored before with the same text."""

    gone_since: Mapping[tuple[str, int], datetime] = field(default_factory=dict)
    """Articles that have returned, and since when they had been gone."""

    reassigned: frozenset[tuple[str, int]] = frozenset()
    """Those of the changed ones that are other articles than were stored under their numbers."""

    fetched_before: Mapping[tuple[str, int], datetime | None] = field(default_factory=dict)
    """When those that are not new had been fetched last; None where another process has stored the article just now."""

    def __add__(self, other: Written) -> Written:
        """What became of the articles of two batches that have none in common."""
        return Written(
            self.new | other.new,
            self.changed | other.changed,
            self.unchanged | other.unchanged,
            {**self.gone_since, **other.gone_since},
            self.reassigned | other.reassigned,
            {**self.fetched_before, **other.fetched_before},
        )

    @property
    def all(self) -> frozenset[tuple[str, int]]:
        """All written articles; those whose stored text is newer are not among them."""
        return self.new | self.changed | self.unchanged


def lock(connection: Connection, sites: Iterable[str]) -> None:
    """Lets no other transaction store pages of these sites before this one ends.

    Else two that replace the same text would each move the one before it, and neither the other's.
    """
    connection.execute(_LOCK, [sorted(set(sites))])


def write(connection: Connection, pages: Sequence[PageItems]) -> Written:
    """Writes the articles of these pages, each article at most once in `pages`, in one statement."""
    by_kind: dict[str, set[tuple[str, int]]] = {"new": set(), "changed": set(), "unchanged": set()}
    gone_since: dict[tuple[str, int], datetime] = {}
    reassigned: set[tuple[str, int]] = set()
    fetched_before: dict[tuple[str, int], datetime | None] = {}
    articles = articles_of(pages)
    if articles:
        texts = lists(articles, _FIELDS) | {"body": bodies(articles)}
        dated = {"is_dated_by_metadata": [METADATA_TIME in page.fallbacks for page in pages]}
        visits = {"is_visit": [page.check is not None and page.check.dated_at is not None for page in pages]}
        values = texts | places(pages) | dated | visits | {"break": PARAGRAPH_BREAK, "far": FAR.total_seconds()}
        for site, no, kind, gone_at, is_another, before in connection.execute(_WRITE, values):
            by_kind[kind].add((site, no))
            if gone_at:
                gone_since[site, no] = gone_at
            if is_another:
                reassigned.add((site, no))
            if kind != "new":
                fetched_before[site, no] = before
    kinds = {kind: frozenset(keys) for kind, keys in by_kind.items()}
    return Written(**kinds, gone_since=gone_since, reassigned=frozenset(reassigned), fetched_before=fetched_before)


def articles_of(pages: Iterable[PageItems]) -> list[Article]:
    """The articles of pages that each have one."""
    return [page.article for page in pages if page.article]


def bodies(articles: Iterable[Article]) -> list[str | None]:
    """The text of each article as one string, as it is stored."""
    return [PARAGRAPH_BREAK.join(article.body) or None for article in articles]


def note_first_sight(connection: Connection, articles: Sequence[Article]) -> None:
    """Sets `first_seen_at` back where an older capture comes late, or together with a newer one."""
    if articles:
        connection.execute(_SEEN_EARLIER, lists(articles, CAPTURE))
