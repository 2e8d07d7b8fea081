"""The table `article_revisions`: every text an article had, in the order in which the texts were fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from psycopg import Connection

from asiatongsin.items import Article, PageItems
from pipelines.exporters.articles import articles_of, bodies
from pipelines.exporters.columns import columns, places

_FIELDS = ("site", "no", "fetched_at", "headline", "subheadline", "modified_at", "content_hash")

# A capture may come late, out of an old spool, and belong between two that are stored: then the later ones move up.
# The newest text counts as fetched when it was fetched last. The same capture read again takes the place of what was
# read first. An article that was gone and is there again has a revision from then on, be it of the same text. A
# database that was upgraded may know the newest text of an article as its third.
_WRITE = """
WITH incoming AS (
    SELECT DISTINCT ON (site, no, fetched_at) * FROM unnest(
        %b::text[], %b::bigint[], %b::timestamptz[], %b::text[], %b::text[], %b::timestamptz[], %b::text[], %b::text[],
        %b::text[], %b::bigint[], %b::bigint[], %b::bool[]
    ) AS t (
        site, no, fetched_at, headline, subheadline, modified_at, content_hash, body,
        archive_file, archive_offset, archive_length, returned
    )
), articles_of AS (
    SELECT i.site, i.no, coalesce(min(r.revision), 1) - 1 AS unknown
    FROM (SELECT DISTINCT site, no FROM incoming) AS i LEFT JOIN article_revisions AS r USING (site, no)
    GROUP BY i.site, i.no
), captures AS (
    SELECT DISTINCT ON (site, no, fetched_at)
        rank, site, no, fetched_at, headline, subheadline, modified_at, content_hash, body,
        coalesce(archive_file, max(archive_file) OVER same) AS archive_file,
        coalesce(archive_offset, max(archive_offset) OVER same) AS archive_offset,
        coalesce(archive_length, max(archive_length) OVER same) AS archive_length,
        bool_or(returned) OVER same AS is_return
    FROM (
        SELECT 1 AS rank, * FROM incoming
        UNION ALL
        SELECT 2, site, no, fetched_at, headline, subheadline, modified_at, content_hash, body,
            archive_file, archive_offset, archive_length, returned
        FROM article_revisions JOIN articles_of USING (site, no)
        UNION ALL
        SELECT 3, site, no, fetched_at, headline, subheadline, modified_at, content_hash, body,
            archive_file, archive_offset, archive_length, false
        FROM articles JOIN articles_of USING (site, no)
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
    INSERT INTO article_revisions AS r
        (site, no, revision, fetched_at, headline, subheadline, modified_at, content_hash, body,
        archive_file, archive_offset, archive_length, returned)
    SELECT site, no, revision, fetched_at, headline, subheadline, modified_at, content_hash, body,
        archive_file, archive_offset, archive_length, is_return
    FROM numbered ORDER BY site, no, revision
    ON CONFLICT (site, no, revision) DO UPDATE SET
        fetched_at = excluded.fetched_at, headline = excluded.headline, subheadline = excluded.subheadline,
        modified_at = excluded.modified_at, content_hash = excluded.content_hash, body = excluded.body,
        archive_file = excluded.archive_file, archive_offset = excluded.archive_offset,
        archive_length = excluded.archive_length, returned = excluded.returned
    WHERE (r.fetched_at, r.content_hash, r.headline, r.subheadline, r.body, r.modified_at, r.archive_file, r.returned)
        IS DISTINCT FROM (excluded.fetched_at, excluded.content_hash, excluded.headline, excluded.subheadline,
            excluded.body, excluded.modified_at, excluded.archive_file, excluded.returned)
)
UPDATE articles AS a SET revision = c.revisions FROM counted AS c
WHERE a.site = c.site AND a.no = c.no AND a.revision <> c.revisions"""


def write(connection: Connection, pages: Sequence[PageItems], back: Mapping[tuple[str, int], datetime]) -> None:
    """Adds the texts of these captures, any number of one article, where they differ from the one before.

    The article must be in `articles`; its number of the newest revision follows. `back` says of articles that are
    there again since when they had been gone: their first capture since is a revision in any case.
    """
    if pages:
        captures = articles_of(pages)
        is_return = [article.fetched_at == _return(article, captures, back) for article in captures]
        connection.execute(_WRITE, [*columns(captures, _FIELDS), bodies(captures), *places(pages), is_return])


def _return(article: Article, captures: Sequence[Article], back: Mapping[tuple[str, int], datetime]) -> datetime | None:
    """When the article was fetched first after it had been gone."""
    gone_at = back.get((article.site, article.no))
    if gone_at is None:
        return None
    same = (one.fetched_at for one in captures if (one.site, one.no) == (article.site, article.no))
    return min(fetched_at for fetched_at in same if fetched_at > gone_at)
