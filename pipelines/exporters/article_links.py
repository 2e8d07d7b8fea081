"""The table `article_links`: attachments, embeds and links of the newest captured text."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import LiteralString

from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.database.statements import names, only, replaced, unnest, without
from pipelines.database.tables import ARTICLE_LINKS
from pipelines.exporters.articles import articles_of
from pipelines.exporters.columns import lists

_ARTICLE = only(ARTICLE_LINKS, "site", "no")
_LINK = without(ARTICLE_LINKS, *_ARTICLE, "position")

_DELETE_SURPLUS: LiteralString = f"""
DELETE FROM article_links AS l
USING {unnest(_ARTICLE | {"links": "integer"}, "a")}
WHERE l.site = a.site AND l.no = a.no AND l.position > a.links"""

_WRITE: LiteralString = f"""
INSERT INTO article_links AS l ({names(ARTICLE_LINKS)})
SELECT * FROM {unnest(ARTICLE_LINKS)}
ON CONFLICT (site, no, position) DO UPDATE SET {replaced(_LINK)}
WHERE ({names(_LINK, "l")}) IS DISTINCT FROM ({names(_LINK, "excluded")})"""


def write(connection: Connection, pages: Sequence[PageItems], new: Set[tuple[str, int | None]]) -> None:
    """Makes the table hold exactly the links of the articles of these pages.

    The table holds nothing yet of the `new` articles, given by site and number.
    """
    articles = articles_of(pages)
    known = [article for article in articles if (article.site, article.no) not in new]
    if known:
        counts = [len(article.links) for article in known]
        connection.execute(_DELETE_SURPLUS, lists(known, _ARTICLE) | {"links": counts})
    links = [link for article in articles for link in article.links]
    if links:
        owners = [article for article in articles for _ in article.links]
        positions = [position for article in articles for position, _ in enumerate(article.links, start=1)]
        connection.execute(_WRITE, lists(owners, _ARTICLE) | {"position": positions} | lists(links, _LINK))
