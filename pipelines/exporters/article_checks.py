"""The table `article_checks`: the last visit of each stored article, and when the next one is due."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.exporters.columns import columns

_FIELDS = ("checked_at", "next_check_at", "dated_at", "etag", "last_modified")

# A page that was read has new validators, or none. An answer without a body may bring new ones, any other has none to
# offer: then those of the stored page stay.
_WRITE = """
INSERT INTO article_checks AS c (site, no, checked_at, next_check_at, dated_at, etag, last_modified)
SELECT site, no, t.checked_at, t.next_check_at, t.dated_at,
    CASE WHEN is_read THEN t.etag ELSE coalesce(t.etag, known.etag) END,
    CASE WHEN is_read THEN t.last_modified ELSE coalesce(t.last_modified, known.last_modified) END
FROM unnest(
    %b::text[], %b::bigint[], %b::timestamptz[], %b::timestamptz[], %b::timestamptz[],
    %b::text[], %b::text[], %b::bool[]
) AS t (site, no, checked_at, next_check_at, dated_at, etag, last_modified, is_read)
JOIN articles AS a USING (site, no) LEFT JOIN article_checks AS known USING (site, no)
WHERE a.fetched_at <= t.checked_at AND t.dated_at IS NOT NULL
ORDER BY site, no
ON CONFLICT (site, no) DO UPDATE SET
    checked_at = excluded.checked_at, next_check_at = excluded.next_check_at, dated_at = excluded.dated_at,
    etag = excluded.etag, last_modified = excluded.last_modified
WHERE c.checked_at < excluded.checked_at"""

# A page that is stored late, out of a spool, has a text that the validators of a later answer do not belong to.
_FORGET_VALIDATORS = """
UPDATE article_checks AS c SET etag = NULL, last_modified = NULL
FROM unnest(%b::text[], %b::bigint[], %b::timestamptz[], %b::bool[]) AS t (site, no, checked_at, is_read)
JOIN articles AS a ON a.site = t.site AND a.no = t.no AND a.fetched_at = t.checked_at
WHERE c.site = t.site AND c.no = t.no AND c.checked_at > t.checked_at AND t.is_read
    AND (c.etag IS NOT NULL OR c.last_modified IS NOT NULL)"""


def write(connection: Connection, pages: Sequence[PageItems]) -> None:
    """Notes the visits of articles that are stored; each article at most once in `pages`."""
    if pages:
        checks = [page.check for page in pages if page.check]
        is_read = [page.article is not None for page in pages]
        keys = columns(pages, ("site", "no"))
        connection.execute(_WRITE, [*keys, *columns(checks, _FIELDS), is_read])
        connection.execute(_FORGET_VALIDATORS, [*keys, *columns(checks, ("checked_at",)), is_read])
