"""The table `related_stories`: the teasers around an article when it was fetched last."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection

from asiatongsin.items import PageItems
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


def write(connection: Connection, pages: Sequence[PageItems]) -> None:
    """Makes the table hold exactly the teasers of these article pages; a list that got shorter gets shorter."""
    if not pages:
        return
    owners = [page for page in pages for _ in page.related_stories]
    stories = [story for page in pages for story in page.related_stories]
    if stories:
        connection.execute(_WRITE, [*columns(owners, ("site", "no", "fetched_at")), *columns(stories, _FIELDS)])
    shown = [*columns(owners, ("site", "no")), *columns(stories, ("block", "position"))]
    connection.execute(_DELETE_OTHERS, [*columns(pages, ("site", "no")), *shown])
