"""The table `removed_articles`: numbers that answered as removed, whether they were ever stored or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.crawl_record import CrawlRecord
from pipelines.database.crawl_tables import REMOVED_ARTICLES
from pipelines.database.statements import only, unnest
from pipelines.database.tables import CAPTURE
from pipelines.exporters import articles
from pipelines.exporters.columns import lists

_SIGHTING = CAPTURE | only(REMOVED_ARTICLES, "form", "listed")

_WRITE: LiteralString = f"""
INSERT INTO removed_articles AS r (site, no, form, first_seen_at, last_seen_at, listed, last_crawl, sightings)
SELECT site, no, (array_agg(form ORDER BY fetched_at DESC))[1], min(fetched_at), max(fetched_at), bool_or(listed),
    %(crawl)s, count(*)
FROM {unnest(_SIGHTING)}
WHERE NOT EXISTS (
    SELECT FROM articles AS a WHERE a.site = t.site AND a.no = t.no AND a.fetched_at > t.fetched_at
)
GROUP BY site, no ORDER BY site, no
ON CONFLICT (site, no) DO UPDATE SET
    form = CASE WHEN excluded.last_seen_at >= r.last_seen_at THEN excluded.form ELSE r.form END,
    last_crawl = CASE WHEN excluded.last_seen_at >= r.last_seen_at THEN excluded.last_crawl ELSE r.last_crawl END,
    listed = r.listed OR excluded.listed,
    first_seen_at = least(r.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(r.last_seen_at, excluded.last_seen_at),
    sightings = r.sightings + excluded.sightings"""

_FORGET: LiteralString = f"""
DELETE FROM removed_articles AS r USING {unnest(CAPTURE, "p")}
WHERE r.site = p.site AND r.no = p.no AND r.last_seen_at <= p.fetched_at"""

# Where the article was fetched after the first sighting, it was there: the count of sightings begins anew.
_CONFIRM = """
UPDATE removed_articles AS r SET
    first_confirmed_at = CASE
        WHEN r.first_confirmed_at > coalesce(a.fetched_at, '-infinity') THEN r.first_confirmed_at
        ELSE r.last_seen_at
    END,
    last_confirmed_at = r.last_seen_at
FROM removed_articles AS same LEFT JOIN articles AS a USING (site, no)
WHERE r.site = same.site AND r.no = same.no AND r.site = %(site)s AND r.last_crawl = %(crawl)s"""

# A single sighting may be an error of the site.
_GONE = """
UPDATE article_texts AS t SET gone_at = r.last_confirmed_at
FROM removed_articles AS r JOIN articles AS a USING (site, no)
WHERE r.site = %(site)s AND r.last_crawl = %(crawl)s AND t.site = r.site AND t.no = r.no AND t.gone_at IS NULL
    AND r.last_confirmed_at - r.first_confirmed_at >= %(gone_after)s AND a.fetched_at < r.first_confirmed_at"""


def write(connection: Connection, removed: Sequence[PageItems], read: Sequence[PageItems], crawl: str) -> None:
    """Adds sightings of removed articles. Removes articles that were read later; each is at most once in `read`."""
    if removed:
        found = {"form": [page.removed for page in removed], "listed": [page.is_listed for page in removed]}
        connection.execute(_WRITE, lists(removed, CAPTURE) | found | {"crawl": crawl})
    if read:
        connection.execute(_FORGET, lists(read, CAPTURE))


def confirm(connection: Connection, record: CrawlRecord) -> None:
    """Confirms the sightings of a crawl that ended well. Two confirmed ones, far enough apart, make an article gone.

    Example: with GONE_AFTER=1d, sightings on Monday and Tuesday. The text stays; the same record may come again.
    """
    if record.finished_at and record.gone_after is not None:
        articles.lock(connection, [record.site])  # a visit that is being stored counts as well
        values = {"site": record.site, "crawl": record.id, "gone_after": record.gone_after}
        connection.execute(_CONFIRM, values)
        connection.execute(_GONE, values)
