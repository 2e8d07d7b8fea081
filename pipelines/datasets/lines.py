"""CSV and JSON lines: PostgreSQL makes the lines, and memory holds one of them at a time."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from typing import Protocol

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Composable, Literal

from asiatongsin.spreadsheets import FORMULA_BEGINS
from pipelines.datasets.columns import korean_time, values
from pipelines.queries.records.records import Column, Wanted, select
from pipelines.queries.search.search import quick


class Sink(Protocol):
    """What takes bytes: a file, standard output, or the answer to a browser."""

    def write(self, data: bytes | bytearray | memoryview, /) -> object:
        """Takes them."""


Tell = Callable[[int], object]
"""Is told of rows that were written."""

_CSV = SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')")
_JSON = SQL("COPY (SELECT row_to_json(t)::text FROM ({}) AS t) TO STDOUT (FORMAT binary)")

_DISARMED = SQL("CASE WHEN left({0}, 1) = ANY ({1}) THEN '''' || {0} ELSE {0} END")
"""The same as `asiatongsin.spreadsheets.disarmed`."""


def write_csv(connection: Connection, wanted: Wanted, columns: Sequence[Column], file: Sink, tell: Tell) -> int:
    """Writes a table with a head, as Excel opens it; returns the number of rows."""
    file.write(codecs.BOM_UTF8)
    cursor = psycopg.Cursor(connection)
    statement = _CSV.format(select(connection, wanted, values(columns, _cell)))
    with quick(connection), cursor.copy(statement) as copy:
        for line in copy:
            file.write(line)
            tell(1)
    return cursor.rowcount


def write_json(connection: Connection, wanted: Wanted, columns: Sequence[Column], file: Sink, tell: Tell) -> int:
    """Writes one JSON object per line; returns the number of rows."""
    number = 0
    statement = _JSON.format(select(connection, wanted, values(columns, _value)))
    # As text, COPY would write each backslash twice.
    with quick(connection), psycopg.Cursor(connection).copy(statement) as copy:
        copy.set_types(["text"])
        for (line,) in copy.rows():
            file.write(line.encode() + b"\n")
            tell(1)
            number += 1
    return number


def _cell(column: Column) -> Composable:
    if column.type == "text":
        return _DISARMED.format(column.value, Literal(list(FORMULA_BEGINS)))
    return SQL("({})::text").format(column.value) if column.type == "boolean" else _value(column)


def _value(column: Column) -> Composable:
    return korean_time(column.value) if column.type == "timestamptz" else column.value
