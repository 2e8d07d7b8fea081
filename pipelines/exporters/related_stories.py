"""The tables of teasers: each text once, and which ones an article shows or has shown.

What an article shows is one row. While it stays the same, nothing is written: `articles` says when it was seen last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import LiteralString, Self

from psycopg import Connection

from asiatongsin.items import PageItems, RelatedStory
from pipelines.database.statements import names, only, replaced, unnest, without
from pipelines.database.tables import CAPTURE, FORMERLY_SHOWN_TEASERS, SHOWN_TEASERS, TEASERS
from pipelines.exporters.columns import Lists, lists

_KEY = only(SHOWN_TEASERS, "site", "no")
_CONTENT = without(FORMERLY_SHOWN_TEASERS, *_KEY, "first_seen_at", "last_seen_at")
_TEXT = without(TEASERS, "site", "related_no", "variant")

# Lists of lists of unequal length are no arrays of PostgreSQL, so each list comes as text.
_INCOMING: LiteralString = f"""
    SELECT {names([*CAPTURE, "fetched_before"])}, {", ".join([f"{name}::{kind}" for name, kind in _CONTENT.items()])}
    FROM {unnest(CAPTURE | {"fetched_before": "timestamptz"} | dict.fromkeys(_CONTENT, "text"))}"""
_IS_SAME: LiteralString = f"({names(_CONTENT, 's')}) IS NOT DISTINCT FROM ({names(_CONTENT, 'i')})"

_DIFFERENT: LiteralString = f"""
WITH incoming AS ({_INCOMING})
SELECT i.site, i.no FROM incoming AS i LEFT JOIN shown_teasers AS s USING (site, no)
WHERE CASE WHEN s.site IS NULL THEN i.related_nos <> '{{}}' ELSE s.last_seen_at IS NOT NULL OR NOT {_IS_SAME} END"""

_ADD_TEASERS: LiteralString = f"""
INSERT INTO teasers ({names(TEASERS)}) SELECT * FROM {unnest(TEASERS)} ON CONFLICT DO NOTHING"""

# A capture that is read again replaces what was read of it before. Of any other, what was shown until then is kept.
_WRITE: LiteralString = f"""
WITH incoming AS ({_INCOMING}), compared AS (
    SELECT i.*, coalesce({_IS_SAME}, false) AS is_same,
        coalesce(s.last_seen_at, i.fetched_before, s.first_seen_at) AS last_seen_at, s.first_seen_at
    FROM incoming AS i LEFT JOIN shown_teasers AS s USING (site, no)
), kept AS (
    INSERT INTO formerly_shown_teasers ({names(FORMERLY_SHOWN_TEASERS)})
    SELECT s.site, s.no, s.first_seen_at, greatest(c.last_seen_at, s.first_seen_at), {names(_CONTENT, "s")}
    FROM compared AS c JOIN shown_teasers AS s USING (site, no)
    WHERE NOT c.is_same AND c.last_seen_at < c.fetched_at
    ON CONFLICT DO NOTHING
)
INSERT INTO shown_teasers ({names(_KEY)}, first_seen_at, {names(_CONTENT)})
SELECT {names(_KEY)},
    coalesce(CASE WHEN is_same OR last_seen_at >= fetched_at THEN first_seen_at END, fetched_at), {names(_CONTENT)}
FROM compared ORDER BY site, no
ON CONFLICT (site, no) DO UPDATE SET
    first_seen_at = excluded.first_seen_at, last_seen_at = NULL, {replaced(_CONTENT)}"""

_ADD_LATE: LiteralString = f"""
WITH incoming AS ({_INCOMING})
INSERT INTO formerly_shown_teasers ({names(FORMERLY_SHOWN_TEASERS)})
SELECT DISTINCT ON (site, no, fetched_at) i.site, i.no, i.fetched_at, i.fetched_at, {names(_CONTENT, "i")}
FROM incoming AS i JOIN articles AS a USING (site, no)
WHERE i.fetched_at < a.fetched_at AND NOT EXISTS (
    SELECT FROM shown_teasers AS s WHERE s.site = i.site AND s.no = i.no AND {_IS_SAME}
        AND i.fetched_at BETWEEN s.first_seen_at AND coalesce(s.last_seen_at, a.fetched_at)
) AND NOT EXISTS (
    SELECT FROM formerly_shown_teasers AS s WHERE s.site = i.site AND s.no = i.no AND {_IS_SAME}
        AND i.fetched_at BETWEEN s.first_seen_at AND s.last_seen_at
)
ON CONFLICT (site, no, first_seen_at) DO UPDATE SET {replaced(_CONTENT)}"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows, in the order in which it is stored."""

    page: PageItems
    stories: Sequence[RelatedStory]
    variants: Sequence[int]

    @classmethod
    def on_all(cls, pages: Iterable[PageItems]) -> list[Self]:
        """Of some pages: most show the same teasers, whose variants are reckoned once."""
        variant = cache(_variant)
        return [
            cls(page, stories, [variant(story.title, story.lead, story.image_url) for story in stories])
            for page in pages
            for stories in [sorted(page.related_stories, key=attrgetter("block", "position"))]
        ]

    @property
    def key(self) -> tuple[str, int]:
        """Site and number of the article."""
        return self.page.site, self.page.no or 0

    def content(self) -> tuple[str, str, str | None, str, str]:
        """The columns of `_CONTENT` as PostgreSQL writes arrays."""
        starts: dict[str, int] = {}
        is_whole = True
        for place, story in enumerate(self.stories, start=1):
            start = starts.setdefault(story.block, place)
            is_whole = is_whole and story.position == place - start + 1
        return (
            _array(map(_quoted, starts)),
            _array(starts.values()),
            None if is_whole else _array(story.position for story in self.stories),
            _array([story.related_no for story in self.stories]),
            _array(self.variants),
        )


def write(
    connection: Connection, pages: Sequence[PageItems], before: Mapping[tuple[str, int], datetime | None]
) -> None:
    """Makes the tables say what the articles of these pages show now; each article is at most once in `pages`.

    `before` says of those that are not new when they were fetched last until now.
    """
    shown = Shown.on_all(pages)
    known = [one for one in shown if one.key in before]
    different = set(connection.execute(_DIFFERENT, _values(known, before))) if known else set()
    changed = [one for one in shown if one.key in different or (one.stories and one.key not in before)]
    if changed:
        _add_teasers(connection, changed)
        connection.execute(_WRITE, _values(changed, before))


def write_late(connection: Connection, pages: Iterable[PageItems]) -> None:
    """Adds what articles have shown before they were fetched last, as out of a spool that was drained late."""
    late = Shown.on_all(page for page in pages if page.related_stories)
    if late:
        _add_teasers(connection, late)
        connection.execute(_ADD_LATE, _values(late, {}))


def _add_teasers(connection: Connection, shown: Iterable[Shown]) -> None:
    teasers = {
        (one.page.site, story.related_no, variant): story
        for one in shown
        for story, variant in zip(one.stories, one.variants, strict=True)
    }
    if teasers:
        # In one order everywhere: two exports that add the same teasers must not wait for each other.
        keys = sorted(teasers)
        texts = lists([teasers[key] for key in keys], _TEXT)
        connection.execute(_ADD_TEASERS, dict(zip(TEASERS, map(list, zip(*keys, strict=True)), strict=False)) | texts)


def _values(shown: Sequence[Shown], before: Mapping[tuple[str, int], datetime | None]) -> Lists:
    contents = dict(zip(_CONTENT, map(list, zip(*[one.content() for one in shown], strict=True)), strict=True))
    times = {"fetched_before": [before.get(one.key) for one in shown]}
    return lists([one.page for one in shown], CAPTURE) | times | contents


def variant_of(story: RelatedStory) -> int:
    """What tells a teaser from the others that lead to the same article; `0018_teasers.rows.sql` reckons it as well.

    These 64 bits need to differ among the few of one article only: with ten teasers of each of 10^9 articles, two are
    taken for one with a chance of 1 in 400 million.
    """
    return _variant(story.title, story.lead, story.image_url)


def _variant(title: str | None, lead: str | None, image_url: str | None) -> int:
    text = f"{title or ''}\0{lead or ''}\0{image_url or ''}\0"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
