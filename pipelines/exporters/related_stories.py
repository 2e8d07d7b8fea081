"""The table `related_stories`: the teasers around an article when it was fetched last."""

from __future__ import annotations

from collections.abc import Sequence, Set

from psycopg import Connection

from asiatongsin.items import PageItems, RelatedStory
from pipelines.exporters.columns import columns

_FIELDS = ("block", "position", "related_no", "title", "lead", "image_url")

_WRITE = """
INSERT INTO related_stories (site, no, fetched_at, block, position, related_no, title, lead, image_url)
SELECT * FROM unnest(
    %b::text[], %b::bigint[], %b::timestamptz[], %b::text[], %b::int[], %b::bigint[], %b::text[], %b::text[], %b::text[]
)
ON CONFLICT (site, no, block, position) DO UPDATE SET
    related_no = excluded.related_no, title = excluded.title, lead = excluded.lead,
    image_url = excluded.image_url, fetched_at = excluded.fetched_at"""

_DELETE_OTHERS = """
DELETE FROM related_stories AS r
USING unnest(%b::text[], %b::bigint[]) AS p (site, no)
WHERE r.site = p.site AND r.no = p.no AND (r.site, r.no, r.block, r.position) NOT IN (
    SELECT * FROM unnest(%b::text[], %b::bigint[], %b::text[], %b::int[])
)"""


def write(connection: Connection, pages: Sequence[PageItems], new: Set[tuple[str, int | None]]) -> None:
    """Makes the table hold exactly the teasers of these article pages; a list that got shorter gets shorter.

    Of the `new` articles, by site and number, it holds none yet.
    """
    owners, stories = _stories(pages)
    if stories:
        connection.execute(_WRITE, [*columns(owners, ("site", "no", "fetched_at")), *columns(stories, _FIELDS)])
    known = [page for page in pages if (page.site, page.no) not in new]
    if known:
        owners, stories = _stories(known)
        shown = [*columns(owners, ("site", "no")), *columns(stories, ("block", "position"))]
        connection.execute(_DELETE_OTHERS, [*columns(known, ("site", "no")), *shown])


def _stories(pages: Sequence[PageItems]) -> tuple[list[PageItems], list[RelatedStory]]:
    """The stories of all pages, and for each of them its page."""
    owners = [page for page in pages for _ in page.related_stories]
    return owners, [story for page in pages for story in page.related_stories]
