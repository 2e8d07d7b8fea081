"""What PostgreSQL knows of a database that was empty a moment ago.

A connection plans the check of a foreign key once. On an empty table it takes the index by time for as good as the
primary key, and from then on goes through all articles of the site for each related story, until autovacuum comes by.
"""

from __future__ import annotations

from psycopg import Connection

ENOUGH = 40
"""Articles from which on the primary key is seen to be the better one."""

_IS_UNKNOWN = """
SELECT 1 FROM pg_class WHERE oid = 'articles'::regclass AND reltuples < 0
    AND (SELECT count(*) FROM (SELECT FROM articles LIMIT %(enough)s) AS a) = %(enough)s"""

_ANALYSE = "ANALYZE articles"


def note_size(connection: Connection) -> None:
    """Counts the articles of a database where nobody has done so; its plans are made anew then.

    The last statement of its transaction: until the end nobody else may do the same.
    """
    if connection.execute(_IS_UNKNOWN, {"enough": ENOUGH}).fetchone():
        connection.execute(_ANALYSE)
