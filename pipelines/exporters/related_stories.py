"""The table `related_stories`: the teasers around an article when it was fetched last."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import LiteralString

from psycopg import Connection

from asiatongsin.items import PageItems, RelatedStory
from pipelines.database.statements import names, only, replaced, unnest, without
from pipelines.database.tables import CAPTURE, RELATED_STORIES
from pipelines.exporters.columns import lists

_KEY = only(RELATED_STORIES, "site", "no", "block", "position")
_STORY = without(RELATED_STORIES, *CAPTURE)

_WRITE: LiteralString = f"""
INSERT INTO related_stories ({names(RELATED_STORIES)}) SELECT * FROM {unnest(RELATED_STORIES)}
ON CONFLICT (site, no, block, position) DO UPDATE SET {replaced(without(RELATED_STORIES, *_KEY))}"""

_DELETE_OTHERS: LiteralString = f"""
DELETE FROM related_stories AS r
USING unnest(%(sites)b::text[], %(numbers)b::bigint[]) AS p (site, no)
WHERE r.site = p.site AND r.no = p.no AND ({names(_KEY, "r")}) NOT IN (SELECT * FROM {unnest(_KEY)})"""


def write(connection: Connection, pages: Sequence[PageItems], new: Set[tuple[str, int | None]]) -> None:
    """Makes the table hold exactly the teasers of these article pages, also where there are fewer than before.

    The table holds nothing yet of the `new` articles, given by site and number.
    """
    owners, stories = _stories(pages)
    if stories:
        connection.execute(_WRITE, lists(owners, CAPTURE) | lists(stories, _STORY))
    known = [page for page in pages if (page.site, page.no) not in new]
    if known:
        owners, stories = _stories(known)
        shown = lists(owners, ("site", "no")) | lists(stories, ("block", "position"))
        of_pages = {"sites": [page.site for page in known], "numbers": [page.no for page in known]}
        connection.execute(_DELETE_OTHERS, shown | of_pages)


def _stories(pages: Sequence[PageItems]) -> tuple[list[PageItems], list[RelatedStory]]:
    """The stories of all pages, and for each of them its page."""
    owners = [page for page in pages for _ in page.related_stories]
    return owners, [story for page in pages for story in page.related_stories]
