"""Statistics for the query planner of PostgreSQL, in a database that was empty a moment ago.

A connection plans the check of a foreign key once. On an empty table, the index by time seems as good to it as the
primary key. With that plan it goes through all articles of the site for each related story, until autovacuum comes by.
"""

from __future__ import annotations

from psycopg import Connection

ENOUGH_ARTICLES = 40
"""From so many articles on, the planner sees that the primary key is better."""

_IS_UNKNOWN = """
SELECT 1 FROM pg_class WHERE oid = 'article_texts'::regclass AND reltuples < 0
    AND (SELECT count(*) FROM (SELECT FROM article_texts LIMIT %(enough)s) AS a) = %(enough)s"""

_ANALYSE = "ANALYZE article_texts"


def analyze_once(connection: Connection) -> None:
    """Has PostgreSQL count the articles where it never did; then it makes its plans anew.

    It must be the last statement of its transaction: until the end, no other connection can do the same.
    """
    if connection.execute(_IS_UNKNOWN, {"enough": ENOUGH_ARTICLES}).fetchone():
        connection.execute(_ANALYSE)
