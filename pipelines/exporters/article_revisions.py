"""The table `article_revisions`: every text an article had, in the order in which the texts were fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString

from psycopg import Connection

from asiatongsin.items import Article, PageItems
from pipelines.database.statements import each, names, only, replaced, unnest, without
from pipelines.database.tables import ARTICLE_REVISIONS
from pipelines.exporters.articles import articles_of, bodies
from pipelines.exporters.columns import lists, places

_PLACE = only(ARTICLE_REVISIONS, "archive_file", "archive_offset", "archive_length")
_CAPTURE = without(ARTICLE_REVISIONS, "revision", "returned")
_TEXT = without(_CAPTURE, *_PLACE)
_FIELDS = without(_TEXT, "body")
_NUMBERED = without(ARTICLE_REVISIONS, "returned")
_REPLACED = without(ARTICLE_REVISIONS, "site", "no", "revision")
_KNOWN_PLACE = each(_PLACE, "coalesce({0}, max({0}) OVER same) AS {0}")

# A capture may come late, out of an old spool, and belong between two stored ones: then the later ones move up. The
# newest text counts as fetched when it was fetched last. A capture that is read again replaces what was read of it
# before. An article that returns after it was gone gets a revision, even where its text is the same. A database that
# was upgraded may know the newest text of an article as its third.
_NUMBER: LiteralString = f"""articles_of AS (
    SELECT i.site, i.no, coalesce(min(r.revision), 1) - 1 AS unknown
    FROM (SELECT DISTINCT site, no FROM incoming) AS i LEFT JOIN article_revisions AS r USING (site, no)
    GROUP BY i.site, i.no
), captures AS (
    SELECT DISTINCT ON (site, no, fetched_at)
        rank, {names(_TEXT)}, {_KNOWN_PLACE}, bool_or(returned) OVER same AS is_return
    FROM (
        SELECT 1 AS rank, {names(_CAPTURE)}, returned FROM incoming
        UNION ALL
        SELECT 2, {names(_CAPTURE)}, returned FROM article_revisions JOIN articles_of USING (site, no)
        UNION ALL
        SELECT 3, {names(_CAPTURE)}, false FROM articles JOIN articles_of USING (site, no)
    ) AS c WINDOW same AS (PARTITION BY site, no, fetched_at) ORDER BY site, no, fetched_at, rank
), compared AS (
    SELECT *, lag(content_hash) OVER (PARTITION BY site, no ORDER BY fetched_at) AS before FROM captures
), numbered AS (
    SELECT *, unknown + row_number() OVER (PARTITION BY site, no ORDER BY fetched_at) AS revision
    FROM compared JOIN articles_of USING (site, no) WHERE content_hash IS DISTINCT FROM before OR is_return
), counted AS (
    SELECT site, no, max(revision) AS revisions FROM numbered GROUP BY site, no
), surplus AS (
    DELETE FROM article_revisions AS r USING counted AS c
    WHERE r.site = c.site AND r.no = c.no AND r.revision > c.revisions
), written AS (
    INSERT INTO article_revisions AS r ({names(_NUMBERED)}, returned)
    SELECT {names(_NUMBERED)}, is_return FROM numbered ORDER BY site, no, revision
    ON CONFLICT (site, no, revision) DO UPDATE SET {replaced(_REPLACED)}
    WHERE ({names(_REPLACED, "r")}) IS DISTINCT FROM ({names(_REPLACED, "excluded")})
)
UPDATE articles AS a SET revision = c.revisions FROM counted AS c
WHERE a.site = c.site AND a.no = c.no AND a.revision <> c.revisions"""

_WRITE: LiteralString = f"""
WITH incoming AS (
    SELECT DISTINCT ON (site, no, fetched_at) * FROM {unnest(without(ARTICLE_REVISIONS, "revision"))}
), {_NUMBER}"""

_RENUMBER: LiteralString = f"""
WITH incoming AS (
    SELECT DISTINCT ON (site, no) {names(_CAPTURE)}, returned FROM article_revisions
    WHERE site = %(site)s AND no = ANY(%(numbers)s) ORDER BY site, no
), {_NUMBER}"""


def write(connection: Connection, pages: Sequence[PageItems], gone_since: Mapping[tuple[str, int], datetime]) -> None:
    """Adds the text of each capture where it differs from the text before; an article may have several captures.

    The article must be in `articles`, where the number of its newest revision is set. `gone_since` names articles that
    have returned, and since when they had been gone: their first capture since then is a revision in any case.
    """
    if pages:
        captures = articles_of(pages)
        returned = [article.fetched_at == _return(article, captures, gone_since) for article in captures]
        texts = lists(captures, _FIELDS) | {"body": bodies(captures)}
        connection.execute(_WRITE, texts | places(pages) | {"returned": returned})


def renumber(connection: Connection, site: str, numbers: Sequence[int]) -> None:
    """Brings the revisions of articles into the order of their times, after these were changed."""
    connection.execute(_RENUMBER, {"site": site, "numbers": list(numbers)})


def _return(
    article: Article, captures: Sequence[Article], gone_since: Mapping[tuple[str, int], datetime]
) -> datetime | None:
    """When the article was fetched first after it had been gone."""
    gone_at = gone_since.get((article.site, article.no))
    if gone_at is None:
        return None
    same = (one.fetched_at for one in captures if (one.site, one.no) == (article.site, article.no))
    return min(fetched_at for fetched_at in same if fetched_at > gone_at)
