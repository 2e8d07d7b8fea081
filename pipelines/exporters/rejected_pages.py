"""The table `rejected_pages`: what should have become an article or a list and did not."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection

from asiatongsin import __version__
from asiatongsin.items import PageItems
from pipelines.exporters.columns import columns, places

_WRITE = """
INSERT INTO rejected_pages (
    site, no, url, fetched_at, archive_file, archive_offset, archive_length,
    reason, raw_path, is_transient, missing, version
)
SELECT
    site, no, url, fetched_at, archive_file, archive_offset, archive_length,
    reason, raw_path, is_transient, string_to_array(missing, ','), %s
FROM unnest(
    %b::text[], %b::bigint[], %b::text[], %b::timestamptz[], %b::text[], %b::bigint[], %b::bigint[],
    %b::text[], %b::text[], %b::bool[], %b::text[]
) AS t (
    site, no, url, fetched_at, archive_file, archive_offset, archive_length,
    reason, raw_path, is_transient, missing
)"""

_FORGET = """
DELETE FROM rejected_pages AS r
USING unnest(%b::text[], %b::bigint[], %b::timestamptz[]) AS p (site, no, fetched_at)
WHERE r.site = p.site AND r.no = p.no AND r.fetched_at = p.fetched_at"""


def forget(connection: Connection, reread: Sequence[PageItems]) -> None:
    """Takes away what was noted of the very same captures before they were read again."""
    if reread:
        connection.execute(_FORGET, columns(reread, ("site", "no", "fetched_at")))


def write(connection: Connection, pages: Sequence[PageItems]) -> None:
    """Adds the pages among these that were rejected."""
    rejected = [page for page in pages if page.rejected]
    rejections = [page.rejected for page in rejected if page.rejected]
    if rejected:
        missing = [",".join(rejection.missing) for rejection in rejections]
        origins = columns(rejected, ("site", "no", "url", "fetched_at"))
        reasons = columns(rejections, ("reason", "raw_path", "is_transient"))
        connection.execute(_WRITE, [__version__, *origins, *places(rejected), *reasons, missing])
