"""The table `article_checks`: the last visit of each stored article, and when the next one is due.

It also has the time and the place of the newest page where that held nothing but what `article_texts` has already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.database.statements import each, names, only, replaced, unnest, without
from pipelines.database.tables import ARTICLE_CHECKS, CAPTURE
from pipelines.exporters.columns import lists, places

_KEY = only(ARTICLE_CHECKS, "site", "no")
_PAGE = only(ARTICLE_CHECKS, "fetched_at", "archive_file", "archive_offset", "archive_length", "payload_digest")
_OF_VISIT = without(ARTICLE_CHECKS, *_KEY, *_PAGE)
_DATES = without(ARTICLE_CHECKS, "etag", "last_modified", "listed_as", *_PAGE)
_GIVEN = ARTICLE_CHECKS | {"is_read": "boolean"}

# A page that was read has new validators, or none. An answer without a body may bring new ones. Where an answer brings
# none, the validators of the stored page stay. A page that is newer than the row of its article did not change that.
_WRITE: LiteralString = f"""
INSERT INTO article_checks AS c ({names(_DATES)}, etag, last_modified, listed_as, {names(_PAGE)})
SELECT {names(_DATES, "t")},
    CASE WHEN is_read THEN t.etag ELSE coalesce(t.etag, known.etag) END,
    CASE WHEN is_read THEN t.last_modified ELSE coalesce(t.last_modified, known.last_modified) END,
    coalesce(t.listed_as, known.listed_as),
    {each(_PAGE, "CASE WHEN NOT is_read THEN known.{0} WHEN t.fetched_at > a.fetched_at THEN t.{0} END")}
FROM {unnest(_GIVEN)}
JOIN article_texts AS a USING (site, no) LEFT JOIN article_checks AS known USING (site, no)
WHERE greatest(a.fetched_at, known.fetched_at) <= t.checked_at AND t.dated_at IS NOT NULL
ORDER BY site, no
ON CONFLICT (site, no) DO UPDATE SET {replaced(_OF_VISIT | _PAGE)}
WHERE c.checked_at < excluded.checked_at"""

# A page may be stored late, out of a spool: validators of a later answer do not belong to its text.
_FORGET_VALIDATORS: LiteralString = f"""
UPDATE article_checks AS c SET etag = NULL, last_modified = NULL
FROM {unnest(only(_GIVEN, "site", "no", "checked_at", "is_read"))}
JOIN articles AS a ON a.site = t.site AND a.no = t.no AND a.fetched_at = t.checked_at
WHERE c.site = t.site AND c.no = t.no AND c.checked_at > t.checked_at AND t.is_read
    AND (c.etag IS NOT NULL OR c.last_modified IS NOT NULL)"""


def write(connection: Connection, pages: Sequence[PageItems]) -> None:
    """Stores the visits of stored articles; each article is at most once in `pages`."""
    if pages:
        visits = lists([page.check for page in pages if page.check], _OF_VISIT)
        is_read = {"is_read": [page.article is not None for page in pages]}
        values = lists(pages, CAPTURE) | places(pages) | visits | is_read
        written = connection.execute(_WRITE, values).rowcount
        if written < len(pages):  # a later visit is known
            connection.execute(_FORGET_VALIDATORS, values)
