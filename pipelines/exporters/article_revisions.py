"""The table `article_revisions`: every text an article had, in the order in which the texts were fetched."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.exporters.articles import articles_of, bodies
from pipelines.exporters.columns import columns, places

_FIELDS = ("site", "no", "fetched_at", "headline", "subheadline", "modified_at", "content_hash")

# A capture may come late, out of an old spool, and belong between two that are stored: then the later ones move up.
# The newest text counts as fetched when it was fetched last. The same capture read again takes the place of what was
# read first. A database that was upgraded may know the newest text of an article as its third.
_WRITE = """
WITH incoming AS (
    SELECT DISTINCT ON (site, no, fetched_at) * FROM unnest(
        %s::text[], %s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[],
        %s::text[], %s::bigint[], %s::bigint[]
    ) AS t (
        site, no, fetched_at, headline, subheadline, modified_at, content_hash, body,
        archive_file, archive_offset, archive_length
    )
), articles_of AS (
    SELECT i.site, i.no, coalesce(min(r.revision), 1) - 1 AS unknown
    FROM (SELECT DISTINCT site, no FROM incoming) AS i LEFT JOIN article_revisions AS r USING (site, no)
    GROUP BY i.site, i.no
), captures AS (
    SELECT DISTINCT ON (site, no, fetched_at) * FROM (
        SELECT 1 AS rank, * FROM incoming
        UNION ALL
        SELECT 2, site, no, fetched_at, headline, subheadline, modified_at, content_hash, body,
            archive_file, archive_offset, archive_length
        FROM article_revisions JOIN articles_of USING (site, no)
        UNION ALL
        SELECT 3, site, no, fetched_at, headline, subheadline, modified_at, content_hash, body,
            archive_file, archive_offset, archive_length
        FROM articles JOIN articles_of USING (site, no)
    ) AS c ORDER BY site, no, fetched_at, rank
), compared AS (
    SELECT *, lag(content_hash) OVER (PARTITION BY site, no ORDER BY fetched_at) AS before FROM captures
), numbered AS (
    SELECT *, unknown + row_number() OVER (PARTITION BY site, no ORDER BY fetched_at) AS revision
    FROM compared JOIN articles_of USING (site, no) WHERE content_hash IS DISTINCT FROM before
), counted AS (
    SELECT site, no, max(revision) AS revisions FROM numbered GROUP BY site, no
), surplus AS (
    DELETE FROM article_revisions AS r USING counted AS c
    WHERE r.site = c.site AND r.no = c.no AND r.revision > c.revisions
), written AS (
    INSERT INTO article_revisions AS r
        (site, no, revision, fetched_at, headline, subheadline, modified_at, content_hash, body,
        archive_file, archive_offset, archive_length)
    SELECT site, no, revision, fetched_at, headline, subheadline, modified_at, content_hash, body,
        archive_file, archive_offset, archive_length
    FROM numbered ORDER BY site, no, revision
    ON CONFLICT (site, no, revision) DO UPDATE SET
        fetched_at = excluded.fetched_at, headline = excluded.headline, subheadline = excluded.subheadline,
        modified_at = excluded.modified_at, content_hash = excluded.content_hash, body = excluded.body,
        archive_file = excluded.archive_file, archive_offset = excluded.archive_offset,
        archive_length = excluded.archive_length
    WHERE (r.fetched_at, r.content_hash, r.headline, r.subheadline, r.body, r.modified_at, r.archive_file)
        IS DISTINCT FROM (excluded.fetched_at, excluded.content_hash, excluded.headline, excluded.subheadline,
            excluded.body, excluded.modified_at, excluded.archive_file)
)
UPDATE articles AS a SET revision = c.revisions FROM counted AS c
WHERE a.site = c.site AND a.no = c.no AND a.revision <> c.revisions"""


def write(connection: Connection, pages: Sequence[PageItems]) -> None:
    """Adds the texts of these captures, any number of one article, where they differ from the one before.

    The article must be in `articles`; its number of the newest revision follows.
    """
    if pages:
        captures = articles_of(pages)
        connection.execute(_WRITE, [*columns(captures, _FIELDS), bodies(captures), *places(pages)])
