"""The table `article_images`: the photos of the newest captured text."""

from __future__ import annotations

from collections.abc import Sequence, Set

from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.exporters.articles import articles_of
from pipelines.exporters.columns import columns

_DELETE_SURPLUS = """
DELETE FROM article_images AS i
USING unnest(%b::text[], %b::bigint[], %b::int[]) AS a (site, no, images)
WHERE i.site = a.site AND i.no = a.no AND i.position > a.images"""

_WRITE = """
INSERT INTO article_images AS i (site, no, position, url, caption)
SELECT * FROM unnest(%b::text[], %b::bigint[], %b::int[], %b::text[], %b::text[])
ON CONFLICT (site, no, position) DO UPDATE SET url = excluded.url, caption = excluded.caption
WHERE (i.url, i.caption) IS DISTINCT FROM (excluded.url, excluded.caption)"""


def write(connection: Connection, pages: Sequence[PageItems], new: Set[tuple[str, int | None]]) -> None:
    """Makes the table hold exactly the photos of the articles of these pages.

    Of the `new` articles, by site and number, it holds none yet.
    """
    articles = articles_of(pages)
    known = [article for article in articles if (article.site, article.no) not in new]
    if known:
        counts = [len(article.images) for article in known]
        connection.execute(_DELETE_SURPLUS, [*columns(known, ("site", "no")), counts])
    rows = [
        (article.site, article.no, position, image.url, image.caption)
        for article in articles
        for position, image in enumerate(article.images, start=1)
    ]
    if rows:
        connection.execute(_WRITE, [list(column) for column in zip(*rows, strict=True)])
