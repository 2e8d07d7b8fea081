"""What the tables and views are, and what their columns mean: out of the comments of the schema."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from psycopg import Connection


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table or view."""

    name: str

    type: str
    """In PostgreSQL's words."""

    meaning: str
    """In English; empty where the schema says nothing."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table or view."""

    name: str
    is_view: bool

    meaning: str
    """What a row is, in English."""

    columns: list[Column]


_TABLES = """
SELECT c.relname, c.relkind = 'v', coalesce(obj_description(c.oid, 'pg_class'), ''),
    a.attname, format_type(a.atttypid, a.atttypmod), coalesce(col_description(a.attrelid, a.attnum), '')
FROM unnest(%s::text[]) WITH ORDINALITY AS t (name, place)
    JOIN pg_class AS c ON c.oid = to_regclass(t.name)
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY t.place, a.attnum"""


def tables(connection: Connection, names: Iterable[str]) -> list[Table]:
    """Those of these tables and views that are there, in the same order."""
    rows = connection.execute(_TABLES, [list(names)]).fetchall()
    return [
        Table(
            name=name,
            is_view=is_view,
            meaning=meaning,
            columns=[Column(name=column, type=type_, meaning=means) for *_, column, type_, means in columns],
        )
        for (name, is_view, meaning), columns in groupby(rows, key=itemgetter(0, 1, 2))
    ]
