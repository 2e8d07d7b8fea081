"""The names and addresses of all sites."""

from __future__ import annotations

from typing import LiteralString

from psycopg import Connection

# Sites of which nothing is stored have crawls. From name to name by the index, instead of crawl by crawl.
SITES: LiteralString = """
WITH RECURSIVE crawled AS (
    (SELECT site FROM crawls ORDER BY site LIMIT 1)
    UNION ALL
    SELECT (SELECT c.site FROM crawls AS c WHERE c.site > crawled.site ORDER BY c.site LIMIT 1)
    FROM crawled WHERE crawled.site IS NOT NULL
)
SELECT site FROM crawled WHERE site IS NOT NULL UNION SELECT site FROM article_counts WHERE articles > 0"""
"""Each site that was crawled, or of which articles are stored."""

BASE: LiteralString = """
coalesce(
    (SELECT base FROM sites WHERE site = s.site),
    (
        SELECT arguments ->> 'site' FROM crawls
        WHERE site = s.site AND arguments ->> 'site' LIKE 'http%%' ORDER BY number DESC LIMIT 1
    ),
    'https://' || s.site
)"""
"""The address of a site `s.site`: as it was added, else as it was crawled last."""

_BASE: LiteralString = f"SELECT {BASE} FROM (SELECT %s::text AS site) AS s"


def known_sites(connection: Connection) -> list[str]:
    """Each site that was crawled, or of which articles are stored, by name."""
    return sorted(site for (site,) in connection.execute(SITES))


def base_of(connection: Connection, site: str) -> str:
    """The address of a site: scheme, host and port."""
    [(base,)] = connection.execute(_BASE, [site]).fetchall()
    return str(base)
