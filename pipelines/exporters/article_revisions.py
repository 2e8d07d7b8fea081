"""Every text an article had, in the order in which they were fetched: the view `article_revisions`.

The newest text stands in `article_texts` alone, those before it in the table `replaced_texts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString

from psycopg import Connection

from asiatongsin.items import Article, PageItems
from pipelines.database.statements import each, names, only, replaced, unnest, without
from pipelines.database.tables import ARTICLE_TEXTS, REPLACED_TEXTS
from pipelines.exporters.articles import TEXT, articles_of, bodies
from pipelines.exporters.columns import lists, places

_PLACE = only(REPLACED_TEXTS, "archive_file", "archive_offset", "archive_length")
_DIGEST = only(ARTICLE_TEXTS, "payload_digest")
_CAPTURE = without(REPLACED_TEXTS, "revision", "returned")
_TEXT = without(_CAPTURE, *_PLACE)
_FIELDS = without(_TEXT, "body")
_REPLACED = without(REPLACED_TEXTS, "site", "no", "revision")
_KNOWN_PLACE = each(_PLACE, "coalesce({0}, max({0}) OVER same) AS {0}")

# A capture may come late, out of an old spool, and belong between two stored ones: then the later ones move up. The
# newest text was fetched first and last. A capture that is read again replaces what was read of it before. An article
# that returns after it was gone gets a revision, even where its text is the same. A database that was upgraded may know
# the newest text of an article as its third. The newest text stays where it is, unless another one stands there. What
# `article_checks` notes of its newest page counts as well, and comes into the row of the text.
_NUMBER: LiteralString = f"""articles_of AS (
    SELECT a.site, a.no, coalesce(min(r.revision), min(a.revision)) - 1 AS unknown
    FROM (SELECT DISTINCT site, no FROM incoming) AS i
    JOIN articles AS a USING (site, no) LEFT JOIN replaced_texts AS r USING (site, no)
    GROUP BY a.site, a.no
), captures AS (
    SELECT DISTINCT ON (site, no, fetched_at)
        rank, {names(_TEXT)}, {_KNOWN_PLACE}, bool_or(returned) OVER same AS returned
    FROM (
        SELECT 1 AS rank, {names(_CAPTURE)}, returned FROM incoming
        UNION ALL
        SELECT 2, {names(_CAPTURE, "r")}, r.returned FROM articles_of AS o CROSS JOIN LATERAL (
            SELECT * FROM article_revisions AS r WHERE r.site = o.site AND r.no = o.no OFFSET 0
        ) AS r
        UNION ALL
        SELECT 3, {names(_CAPTURE)}, false FROM articles JOIN articles_of USING (site, no)
    ) AS c WINDOW same AS (PARTITION BY site, no, fetched_at) ORDER BY site, no, fetched_at, rank
), compared AS (
    SELECT *, lag(content_hash) OVER (PARTITION BY site, no ORDER BY fetched_at) AS before FROM captures
), numbered AS (
    SELECT *, unknown + row_number() OVER (PARTITION BY site, no ORDER BY fetched_at) AS revision
    FROM compared JOIN articles_of USING (site, no) WHERE content_hash IS DISTINCT FROM before OR returned
), counted AS (
    SELECT site, no, max(revision) AS revisions FROM numbered GROUP BY site, no
), newest AS (
    SELECT n.* FROM numbered AS n JOIN counted AS c ON c.site = n.site AND c.no = n.no AND c.revisions = n.revision
    JOIN articles AS a ON a.site = n.site AND a.no = n.no
    WHERE ({names(TEXT, "a")}) IS NOT DISTINCT FROM ({names(TEXT, "n")})
), surplus AS (
    DELETE FROM replaced_texts AS r USING counted AS c LEFT JOIN newest AS n USING (site, no)
    WHERE r.site = c.site AND r.no = c.no AND r.revision >= coalesce(n.revision, c.revisions + 1)
), written AS (
    INSERT INTO replaced_texts AS r ({names(REPLACED_TEXTS)})
    SELECT {names(REPLACED_TEXTS)} FROM numbered
    WHERE (site, no, revision) NOT IN (SELECT site, no, revision FROM newest) ORDER BY site, no, revision
    ON CONFLICT (site, no, revision) DO UPDATE SET {replaced(_REPLACED)}
    WHERE ({names(_REPLACED, "r")}) IS DISTINCT FROM ({names(_REPLACED, "excluded")})
)
UPDATE article_texts AS t SET
    fetched_at = a.fetched_at, {each(_PLACE | _DIGEST, "{0} = a.{0}")},
    revision = c.revisions,
    returned = coalesce(n.returned, false),
    text_fetched_at = nullif(n.fetched_at, a.fetched_at),
    {each(_PLACE, "text_{0} = CASE WHEN n.fetched_at <> a.fetched_at THEN n.{0} END")}
FROM counted AS c JOIN articles AS a USING (site, no) LEFT JOIN newest AS n USING (site, no)
WHERE t.site = c.site AND t.no = c.no"""

_WRITE: LiteralString = f"""
WITH incoming AS (
    SELECT DISTINCT ON (site, no, fetched_at) * FROM {unnest(without(REPLACED_TEXTS, "revision"))}
), {_NUMBER}"""

_RENUMBER: LiteralString = f"""
WITH incoming AS (
    SELECT {names(_CAPTURE)}, false AS returned FROM articles
    WHERE site = %(site)s AND no = ANY(%(numbers)s)
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
