"""The table `removed_articles`: numbers that answered as removed, whether they were ever stored or not."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.exporters.columns import columns

_WRITE = """
INSERT INTO removed_articles AS r (site, no, form, first_seen_at, last_seen_at)
SELECT site, no, form, fetched_at, fetched_at
FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::timestamptz[]) AS t (site, no, form, fetched_at)
WHERE NOT EXISTS (
    SELECT FROM articles AS a WHERE a.site = t.site AND a.no = t.no AND a.fetched_at > t.fetched_at
)
ORDER BY site, no
ON CONFLICT (site, no) DO UPDATE SET
    form = CASE WHEN excluded.last_seen_at >= r.last_seen_at THEN excluded.form ELSE r.form END,
    first_seen_at = least(r.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(r.last_seen_at, excluded.last_seen_at),
    sightings = r.sightings + 1"""

_FORGET = """
DELETE FROM removed_articles AS r
USING unnest(%s::text[], %s::bigint[], %s::timestamptz[]) AS p (site, no, fetched_at)
WHERE r.site = p.site AND r.no = p.no AND r.last_seen_at < p.fetched_at"""


# One sighting may be a slip of the site.
_GONE = """
UPDATE articles AS a SET gone_at = r.last_seen_at
FROM removed_articles AS r, unnest(%s::text[], %s::bigint[]) AS p (site, no)
WHERE a.site = p.site AND a.no = p.no AND r.site = p.site AND r.no = p.no AND a.gone_at IS NULL
    AND r.sightings >= 2 AND r.last_seen_at - r.first_seen_at >= interval '1 day' AND a.fetched_at < r.last_seen_at"""


def write(connection: Connection, removed: Sequence[PageItems], read: Sequence[PageItems]) -> None:
    """Notes what was found removed, and forgets what was read later; each number at most once in either.

    An article that is found removed twice, a day or more apart, is gone; its text stays.
    """
    if removed:
        connection.execute(_WRITE, columns(removed, ("site", "no", "removed", "fetched_at")))
        connection.execute(_GONE, columns(removed, ("site", "no")))
    if read:
        connection.execute(_FORGET, columns(read, ("site", "no", "fetched_at")))
