"""How many articles were published: per day, and per day and section, reporter or site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import LiteralString

from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier, Literal

from pipelines.queries.search.search import quick

GROUPS = ("section", "reporter", "site")
"""Columns by which articles are counted."""

ROWS_AT_ONCE = 5000

# Sites are named one by one, so that the index on site and time holds all that is asked for.
_PER_DAY = """
SELECT (published_at AT TIME ZONE INTERVAL '+09:00')::date AS day, count(*) FROM article_texts
WHERE site = ANY (%s) AND published_at BETWEEN %s AND %s GROUP BY day ORDER BY day"""

_PER_GROUP = SQL("""
SELECT (published_at AT TIME ZONE INTERVAL '+09:00')::date AS day, {group} AS name, count(*) FROM article_texts
WHERE site = ANY ({sites}) AND published_at BETWEEN {first} AND {last}
GROUP BY day, name ORDER BY day DESC, count(*) DESC, name""")

_SPAN: LiteralString = """
SELECT min((SELECT min(published_at) FROM article_texts WHERE site = s.site)),
    max((SELECT max(published_at) FROM article_texts WHERE site = s.site)) FROM unnest(%s::text[]) AS s (site)"""

_NAMES: LiteralString = """
SELECT DISTINCT section, reporter FROM unnest(%s::text[]) AS s (site), LATERAL (
    SELECT section, reporter FROM article_texts WHERE site = s.site AND published_at IS NOT NULL
    ORDER BY published_at DESC LIMIT %s
) AS newest"""


def span(connection: Connection, sites: Sequence[str]) -> tuple[datetime | None, datetime | None]:
    """When the first and the last article of these sites were published; None without any."""
    [(first, last)] = connection.execute(_SPAN, [list(sites)]).fetchall()
    return first, last


def per_day(connection: Connection, sites: Sequence[str], first: datetime, last: datetime) -> dict[date, int]:
    """The number of articles of these sites on each day of Korean time that has some, from `first` to `last`."""
    with quick(connection):
        return dict(connection.execute(_PER_DAY, [list(sites), first, last]).fetchall())


def per_group(
    connection: Connection, group: LiteralString, sites: Sequence[str], first: datetime, last: datetime
) -> Iterator[tuple[date, str | None, int]]:
    """Day, name and number for one of GROUPS, the last day first; None: articles without such a name.

    They come one by one, so that memory does not grow with the time.
    """
    with quick(connection), connection.cursor("volume") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        yield from cursor.execute(_groups(group, sites, first, last))


def printed_names(connection: Connection, sites: Sequence[str], newest: int) -> tuple[list[str], list[str]]:
    """Sections and reporters of so many newest articles of each of these sites, by name."""
    found = connection.execute(_NAMES, [list(sites), newest]).fetchall()
    sections, reporters = ({row[column] for row in found if row[column]} for column in (0, 1))
    return sorted(sections), sorted(reporters)


def _groups(group: LiteralString, sites: Sequence[str], first: datetime, last: datetime) -> Composed:
    return _PER_GROUP.format(
        group=Identifier(group), sites=Literal(list(sites)), first=Literal(first), last=Literal(last)
    )
