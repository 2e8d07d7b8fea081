"""Parquet: columns with their types, and what they mean as metadata. pyarrow is imported where it is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any, BinaryIO

import psycopg
from psycopg import Connection
from psycopg.sql import SQL

from asiatongsin.errors import ArgumentError
from pipelines.datasets.columns import values
from pipelines.datasets.lines import Tell
from pipelines.queries.records.records import Column, Wanted, select
from pipelines.queries.search.search import quick

ROWS_OF_GROUP = 5000
CHARACTERS_OF_GROUP = 20_000_000
"""A group ends before it has more rows, or more text, than this."""

_COPY = SQL("COPY ({}) TO STDOUT (FORMAT binary)")


def check() -> None:
    """ArgumentError where pyarrow is not installed."""
    if find_spec("pyarrow") is None:
        raise ArgumentError(
            "Parquet needs pyarrow: pip install 'asiatongsin[parquet]', or pip install pyarrow in the environment"
            " of this command (pipx inject asiatongsin pyarrow)"
        )


def write_parquet(
    connection: Connection, wanted: Wanted, columns: Sequence[Column], file: BinaryIO, tell: Tell, note: str
) -> int:
    """Writes groups of ROWS_OF_GROUP rows, times in UTC, `note` in the metadata; returns the number of rows."""
    import pyarrow  # noqa: PLC0415  an extra
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415

    number = 0
    schema = _schema(columns, {"kind": wanted.kind.name, "note": note})
    statement = _COPY.format(select(connection, wanted, values(columns, lambda column: column.value)))
    with (
        ParquetWriter(file, schema, compression="zstd") as writer,
        quick(connection),
        psycopg.Cursor(connection).copy(statement) as copy,
    ):
        copy.set_types([column.type for column in columns])
        for group in groups(copy.rows()):
            arrays = map(pyarrow.array, zip(*group, strict=True), schema.types)
            writer.write_table(pyarrow.Table.from_arrays(list(arrays), schema=schema))
            tell(len(group))
            number += len(group)
    return number


def groups(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows in lists of bounded length and size."""
    group: list[tuple[Any, ...]] = []
    size = 0
    for row in rows:
        group.append(row)
        size += sum(len(value) for value in row if isinstance(value, str))
        if len(group) == ROWS_OF_GROUP or size > CHARACTERS_OF_GROUP:
            yield group
            group, size = [], 0
    if group:
        yield group


def _schema(columns: Sequence[Column], notes: dict[str, str]) -> Any:
    import pyarrow  # noqa: PLC0415

    types = {
        "text": pyarrow.string(),
        "bigint": pyarrow.int64(),
        "integer": pyarrow.int32(),
        "boolean": pyarrow.bool_(),
        "double precision": pyarrow.float64(),
        "timestamptz": pyarrow.timestamp("us", tz="UTC"),
    }
    fields = [
        pyarrow.field(column.name, types[column.type], metadata={"comment": column.meaning}) for column in columns
    ]
    return pyarrow.schema(fields, metadata=notes)
