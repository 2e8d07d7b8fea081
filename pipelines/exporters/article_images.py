"""The table `article_images`: the photos of the newest captured text."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import LiteralString

from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.database.statements import names, only, replaced, unnest, without
from pipelines.database.tables import ARTICLE_IMAGES
from pipelines.exporters.articles import articles_of
from pipelines.exporters.columns import lists

_ARTICLE = only(ARTICLE_IMAGES, "site", "no")
_IMAGE = without(ARTICLE_IMAGES, *_ARTICLE, "position")

_DELETE_SURPLUS: LiteralString = f"""
DELETE FROM article_images AS i
USING {unnest(_ARTICLE | {"images": "integer"}, "a")}
WHERE i.site = a.site AND i.no = a.no AND i.position > a.images"""

_WRITE: LiteralString = f"""
INSERT INTO article_images AS i ({names(ARTICLE_IMAGES)})
SELECT * FROM {unnest(ARTICLE_IMAGES)}
ON CONFLICT (site, no, position) DO UPDATE SET {replaced(_IMAGE)}
WHERE ({names(_IMAGE, "i")}) IS DISTINCT FROM ({names(_IMAGE, "excluded")})"""


def write(connection: Connection, pages: Sequence[PageItems], new: Set[tuple[str, int | None]]) -> None:
    """Makes the table hold exactly the photos of the articles of these pages.

    The table holds nothing yet of the `new` articles, given by site and number.
    """
    articles = articles_of(pages)
    known = [article for article in articles if (article.site, article.no) not in new]
    if known:
        counts = [len(article.images) for article in known]
        connection.execute(_DELETE_SURPLUS, lists(known, _ARTICLE) | {"images": counts})
    images = [image for article in articles for image in article.images]
    if images:
        owners = [article for article in articles for _ in article.images]
        positions = [position for article in articles for position, _ in enumerate(article.images, start=1)]
        connection.execute(_WRITE, lists(owners, _ARTICLE) | {"position": positions} | lists(images, _IMAGE))
