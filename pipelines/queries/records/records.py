"""Records of one kind that fulfil filters: their columns, the statement that selects them, and the rows one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from asiatongsin.addresses import ADDRESS, NO_EMAIL
from asiatongsin.errors import ArgumentError
from pipelines.queries.names import check_names, check_weather_names
from pipelines.queries.records.kinds import ARTICLE_KIND, Field, Kind
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.search import Search, quick

ROWS_AT_ONCE = 100
"""Rows that are fetched together: of usual texts, some hundred kilobytes."""

EVERYTHING = Filters()

_MEANINGS = """
SELECT t.name, a.attname, coalesce(col_description(a.attrelid, a.attnum), '')
FROM unnest(%s::text[]) AS t (name) JOIN pg_attribute AS a ON a.attrelid = to_regclass(t.name) AND a.attnum > 0"""

_COUNT = SQL("SELECT count(*) FROM {source} WHERE {where}")
_SELECT = SQL("SELECT {columns} FROM {source} WHERE {where} ORDER BY {order}")
_NEWEST_FIRST = ("a.published_at DESC NULLS LAST", "a.no DESC", "a.site DESC")


class Span(NamedTuple):
    """A stretch of time, in which something was stored that was not stored before."""

    after: datetime | None
    """Behind this moment; None: since ever."""

    until: datetime
    """At this moment or before."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of what is handed out."""

    name: str
    type: str
    """In PostgreSQL's words: text, bigint, integer, boolean, double precision, timestamptz."""

    meaning: str
    """One sentence or two."""

    value: Composable = field(repr=False, compare=False)
    """Its value, as a part of SQL."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which records are wanted; ArgumentError where they have nothing of what they shall be chosen by."""

    kind: Kind = ARTICLE_KIND
    filters: Filters = EVERYTHING
    """Those of the articles that the records belong to. Weather is chosen by site and time alone."""

    numbers: tuple[int, ...] | None = None
    """Numbers of articles: any of them. None: all."""

    cities: tuple[str, ...] = ()
    """Names of cities, Korean as printed or English: any of them. Weather only."""

    changed: Span | None = None
    """Only what is new or changed in this time, with all that belongs to the same article."""

    is_newest_first: bool = False
    """Articles only: in the order of publication, the newest first; else by site and number."""

    with_email: bool = False
    """Without it there is no column of the reporter's e-mail address, and texts have NO_EMAIL in the place of each."""

    def __post_init__(self) -> None:
        filters = self.filters
        if self.cities and self.kind.is_of_articles:
            raise ArgumentError(f"{self.kind.name} have no city: only weather is chosen by city")
        if not self.kind.is_of_articles and (filters.words or filters.sections or filters.reporters):
            raise ArgumentError("weather is chosen by site, city, since and until, not by words, section or reporter")

        if self.is_newest_first and self.kind is not ARTICLE_KIND:
            raise ArgumentError(f"{self.kind.name} are not published: only articles come newest first")

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its columns, and where they come from."""
        return self.kind.given(with_email=self.with_email)


def columns(connection: Connection, wanted: Wanted) -> list[Column]:
    """The columns in their order. What they mean, the database itself explains."""
    tables = sorted({field.table for field in wanted.fields})
    meanings = {(table, name): meaning for table, name, meaning in connection.execute(_MEANINGS, [tables])}
    return [
        Column(
            name=field.name,
            type=field.type,
            meaning=meanings[field.table, field.column],
            value=expression(field, wanted),
        )
        for field in wanted.fields
    ]


def select(connection: Connection, wanted: Wanted, values: Mapping[str, Composable] | None = None) -> Composed:
    """The statement that selects the records in a fixed order; all values stand in it, so COPY takes it as well.

    `values` are other columns, by their names, made out of `Column.value`.
    """
    values = values or {field.name: expression(field, wanted) for field in wanted.fields}
    return _SELECT.format(
        columns=SQL(", ").join(SQL("{} AS {}").format(value, Identifier(name)) for name, value in values.items()),
        source=_source(connection, wanted),
        where=_where(wanted),
        order=SQL(", ").join(map(SQL, _NEWEST_FIRST if wanted.is_newest_first else wanted.kind.order)),
    )


def rows(connection: Connection, wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    """The records one by one, as values of Python; memory does not grow with their number."""
    statement = select(connection, wanted)
    with quick(connection), connection.cursor("records") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        yield from cursor.execute(statement, binary=True)


def count(connection: Connection, wanted: Wanted) -> int:
    """How many records there are."""
    statement = _COUNT.format(source=_source(connection, wanted), where=_where(wanted))
    with quick(connection):
        return sum(number for (number,) in connection.execute(statement))


def check(connection: Connection, wanted: Wanted) -> None:
    """ArgumentError where nothing stored has a name by which the records are chosen."""
    if wanted.kind.is_of_articles:
        check_names(connection, wanted.filters)
    else:
        check_weather_names(connection, wanted.filters.sites, wanted.cities)


def expression(field: Field, wanted: Wanted) -> Composed:
    """The value of a column as it is handed out."""
    value = SQL("{}.{}").format(Identifier(field.alias), Identifier(field.column))
    if field.is_written and not wanted.with_email:
        value = SQL("CASE WHEN strpos({0}, '@') > 0 THEN regexp_replace({0}, {1}, {2}, 'g') ELSE {0} END").format(
            value, Literal(ADDRESS), Literal(NO_EMAIL)
        )
    return SQL("({})::{}").format(value, SQL(field.type))


def _changed(wanted: Wanted) -> Iterator[Composable]:
    if span := wanted.changed:
        behind = SQL("{0}.changed_at > {1} AND {0}.changed_at <= {2}")
        ever = SQL("coalesce({0}.changed_at, '-infinity') <= {2}")
        parts = [
            (behind if span.after else ever).format(Identifier(alias), Literal(span.after), Literal(span.until))
            for alias in wanted.kind.changed
        ]
        yield SQL("({})").format(SQL(" OR ").join(parts))


def _source(connection: Connection, wanted: Wanted) -> Composed:
    found = Search(connection, wanted.filters, may_cut=False).found() if wanted.kind.is_of_articles else SQL("")
    return SQL(wanted.kind.source).format(found=found)


def _where(wanted: Wanted) -> Composed:
    conditions: list[Composable] = [SQL(wanted.kind.where), *_changed(wanted), *_of_weather(wanted)]
    if wanted.numbers is not None:
        conditions.append(SQL("a.no = ANY ({})").format(Literal(list(wanted.numbers))))
    return SQL(" AND ").join(conditions)


def _of_weather(wanted: Wanted) -> Iterator[Composable]:
    """Conditions on the strip and its cities; a strip was shown from its first page to its last."""
    if wanted.kind.is_of_articles:
        return
    filters = wanted.filters
    if filters.sites:
        yield SQL("s.site = ANY ({})").format(Literal(list(filters.sites)))
    if filters.since:
        yield SQL("s.last_fetched_at >= {}").format(Literal(filters.since))
    if filters.until:
        yield SQL("s.first_fetched_at <= {}").format(Literal(filters.until))
    if wanted.cities:
        yield SQL("(r.city = ANY ({0}) OR w.name_en = ANY ({0}))").format(Literal(list(wanted.cities)))
