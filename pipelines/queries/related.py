"""Which articles of a site lead to which, by the blocks of stories around them, and when that was seen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.sql import SQL, Composed


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A page of an article that shows, or has shown, another one."""

    no: int
    """Number of the article whose page showed the other one."""

    related_no: int
    """Number of the other one."""

    block: str
    """Printed title of the block, or its widget class."""

    first_seen_at: datetime
    """When a page was first fetched that showed it."""

    last_seen_at: datetime
    """When a page was last fetched that showed it."""

    is_shown: bool
    """The page showed it when it was fetched last."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """What is known of an article that a page leads to."""

    no: int

    headline: str | None
    """Headline; of an article that is not stored, what a page printed for it. None where it printed nothing."""

    is_stored: bool
    """Its text is stored."""


# The view related_story_history would take the teasers of the whole site apart.
_EDGES = SQL("""
SELECT s.no, t.related_no, s.blocks[width_bucket(t.place::integer, s.starts)] AS block,
    min(s.first_seen_at) AS first_seen_at, max(s.last_seen_at) AS last_seen_at, bool_or(s.is_shown) AS is_shown
FROM (
    SELECT n.no, n.first_seen_at, coalesce(n.last_seen_at, a.fetched_at) AS last_seen_at, n.blocks, n.starts,
        n.related_nos, true AS is_shown
    FROM shown_teasers AS n JOIN articles AS a ON a.site = n.site AND a.no = n.no
    WHERE n.site = %(site)s AND {of_n}
    UNION ALL
    SELECT n.no, n.first_seen_at, n.last_seen_at, n.blocks, n.starts, n.related_nos, false
    FROM formerly_shown_teasers AS n WHERE n.site = %(site)s AND {of_n}
) AS s
CROSS JOIN LATERAL unnest(s.related_nos) WITH ORDINALITY AS t (related_no, place)
WHERE {of_t} AND t.related_no <> s.no
GROUP BY 1, 2, 3 ORDER BY is_shown DESC, last_seen_at DESC, 1 DESC, 2 DESC, 3 LIMIT %(most)s""")

_FROM = _EDGES.format(of_n=SQL("n.no = ANY (%(numbers)s)"), of_t=SQL("true"))
_TO = _EDGES.format(of_n=SQL("n.related_nos && %(numbers)s::bigint[]"), of_t=SQL("t.related_no = ANY (%(numbers)s)"))

_NAMED = """
SELECT n.no, coalesce(a.headline, (
    SELECT title FROM teasers AS t WHERE t.site = %(site)s AND t.related_no = n.no AND title IS NOT NULL
    ORDER BY variant LIMIT 1
)) AS headline, a.no IS NOT NULL AS is_stored
FROM unnest(%(numbers)s::bigint[]) AS n (no) LEFT JOIN article_texts AS a ON a.site = %(site)s AND a.no = n.no
ORDER BY n.no"""


def edges_from(connection: Connection, site: str, numbers: Collection[int], most: int) -> list[Edge]:
    """What the pages of these articles lead to: first what they still show, then what they showed last."""
    return _edges(connection, _FROM, site, numbers, most)


def edges_to(connection: Connection, site: str, numbers: Collection[int], most: int) -> list[Edge]:
    """Which pages lead to these articles, in the same order; no index helps, so all pages of the site are looked at."""
    return _edges(connection, _TO, site, numbers, most)


def named(connection: Connection, site: str, numbers: Collection[int]) -> list[Named]:
    """What these articles are called."""
    with connection.cursor(row_factory=class_row(Named)) as cursor:
        return cursor.execute(_NAMED, {"site": site, "numbers": list(numbers)}).fetchall()


def _edges(connection: Connection, statement: Composed, site: str, numbers: Collection[int], most: int) -> list[Edge]:
    if not numbers:
        return []
    given = {"site": site, "numbers": list(numbers), "most": most}
    with connection.cursor(row_factory=class_row(Edge)) as cursor:
        return cursor.execute(statement, given).fetchall()
