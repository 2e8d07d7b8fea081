"""The rows that were asked for: one by one as data classes, or all at once as a table of another library."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

T = TypeVar("T")

TIME_ZONE = "Asia/Seoul"
"""Time zone of all times that are handed out."""

ROWS_AT_ONCE = 5000
"""Rows that are made a part of a table together."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TYPES_OF_PANDAS = {"bigint": "Int64", "integer": "Int64", "boolean": "boolean", "double precision": "float64"}


@dataclass(frozen=True)
class Rows(Generic[T]):
    """Rows of one kind. Each use asks the database anew, so what crawls have stored meanwhile is there as well."""

    types: Mapping[str, str]
    """Names of the columns, and their types in PostgreSQL's words."""

    read: Callable[[], Iterator[Sequence[Any]]]
    """Gives the rows."""

    counted: Callable[[], int]
    """Gives their number."""

    of: type[T]
    """The data class of a row."""

    def __iter__(self) -> Iterator[T]:
        """The rows one by one; memory does not grow with their number."""
        for row in self.read():
            yield self.of(**dict(zip(self.types, row, strict=True)))

    def count(self) -> int:
        """Their number. There is no `len()`: `list()` would ask for it first, and the database twice."""
        return self.counted()

    def __repr__(self) -> str:
        return f"<{self.count():,} rows of {self.of.__name__}: iterate over them, or take .df(), .arrow() or .polars()>"

    def df(self) -> pd.DataFrame:
        """All rows as a DataFrame of pandas. ModuleNotFoundError says how to install it."""
        with _extra("pandas"):
            import pandas as pd  # noqa: PLC0415  an extra
        series = {}
        for (name, of_type), values in zip(self.types.items(), self._columns(), strict=True):
            if of_type == "timestamptz":
                micros = pd.Series(_micros(values), dtype="Int64")
                series[name] = micros.astype("datetime64[us]").dt.tz_localize("UTC").dt.tz_convert(TIME_ZONE)
            else:
                series[name] = pd.Series(values, dtype=_TYPES_OF_PANDAS.get(of_type))
        return pd.DataFrame(series)

    def polars(self) -> pl.DataFrame:
        """All rows as a DataFrame of Polars. ModuleNotFoundError says how to install it."""
        with _extra("polars"):
            import polars as pl  # noqa: PLC0415  an extra
        types: dict[str, Any] = {"bigint": pl.Int64, "integer": pl.Int64, "boolean": pl.Boolean}
        types |= {"double precision": pl.Float64, "text[]": pl.List(pl.String)}
        series = []
        for (name, of_type), values in zip(self.types.items(), self._columns(), strict=True):
            if of_type == "timestamptz":
                micros = pl.Series(name, _micros(values), dtype=pl.Int64)
                series.append(micros.cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(TIME_ZONE))
            else:
                series.append(pl.Series(name, values, dtype=types.get(of_type, pl.String)))
        return pl.DataFrame(series)

    def arrow(self) -> pa.Table:
        """All rows as a table of Arrow. ModuleNotFoundError says how to install pyarrow."""
        with _extra("pyarrow", extra="parquet"):
            import pyarrow as pa  # noqa: PLC0415  an extra
        types = {
            "timestamptz": pa.timestamp("us", tz=TIME_ZONE),
            "bigint": pa.int64(),
            "integer": pa.int32(),
            "boolean": pa.bool_(),
            "double precision": pa.float64(),
            "text[]": pa.list_(pa.string()),
        }
        schema = pa.schema([(name, types.get(of_type, pa.string())) for name, of_type in self.types.items()])
        return pa.Table.from_batches(
            [
                pa.record_batch(
                    [pa.array(column, field.type) for column, field in zip(part, schema, strict=True)], schema
                )
                for part in self._parts()
            ],
            schema,
        )

    def _columns(self) -> list[list[Any]]:
        """The values of each column."""
        columns: list[list[Any]] = [[] for _ in self.types]
        for part in self._parts():
            for column, values in zip(columns, part, strict=True):
                column.extend(values)
        return columns

    def _parts(self) -> Iterator[list[tuple[Any, ...]]]:
        """The columns of some rows, and then of the next."""
        rows = self.read()
        while part := list(islice(rows, ROWS_AT_ONCE)):
            yield list(zip(*part, strict=True))


def _micros(times: Sequence[datetime | None]) -> list[int | None]:
    """Microseconds since 1970 in UTC: a form that every version of these libraries reads in the same way."""
    return [None if at is None else _micros_of(at) for at in times]


def _micros_of(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


@contextmanager
def _extra(library: str, *, extra: str | None = None) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != library:
            raise
        raise ModuleNotFoundError(
            f'{library} is not installed: pip install "asiatongsin[{extra or library}]"', name=library
        ) from None
