"""The names of all sites."""

from __future__ import annotations

from typing import LiteralString

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
