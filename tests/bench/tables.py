"""The rows of stored pages, written in other ways than ours: one by one, or by COPY into bare tables.

They are the rows of version 17 of the schema, which the goals were set for: each teaser stands in all pages' rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection, sql

from pipelines.database.migrate import migrations
from pipelines.database.tables import ARTICLE_CHECKS, ARTICLE_TEXTS, FORMER_ARTICLES, TABLES
from pipelines.database.views import VIEWS

KEYS = {
    "articles": ("site", "no"),
    "article_revisions": ("site", "no", "revision"),
    "article_images": ("site", "no", "position"),
    "related_stories": ("site", "no", "block", "position"),
    "article_checks": ("site", "no"),
}
"""The tables that have rows for each page, and their keys."""

COLUMNS = {name: list((TABLES | VIEWS)[name]) for name in KEYS} | {
    "articles": [column for column in ARTICLE_TEXTS if column in FORMER_ARTICLES],
    "article_checks": ["site", "no", *(column for column in ARTICLE_CHECKS if column not in ARTICLE_TEXTS)],
}
"""Their columns at that time: `articles` said nothing yet of the page that showed its text first, nor `article_checks`
of later ones that show it."""

LAST_OF_ROWS = 17
"""The last version of the schema that had these tables."""

BARE = "bare"
"""Schema of tables without keys, checks and indexes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """What a table holds."""

    columns: Sequence[str]
    rows: Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Tables:
    """What all of them hold."""

    by_name: Mapping[str, Table]

    def of_first(self, articles: int) -> Tables:
        """The rows of so many articles."""
        chosen = {row[:2] for row in self.by_name["articles"].rows[:articles]}
        return Tables(
            {
                name: Table(columns=table.columns, rows=[row for row in table.rows if row[:2] in chosen])
                for name, table in self.by_name.items()
            }
        )


def stored(connection: Connection) -> Tables:
    """What is stored, site and number of the article first."""
    return Tables({name: _stored(connection, name) for name in KEYS})


def _stored(connection: Connection, name: str) -> Table:
    columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS[name]))
    cursor = connection.execute(sql.SQL("SELECT {} FROM {}").format(columns, sql.Identifier(name)))
    return Table(columns=[column.name for column in cursor.description or ()], rows=cursor.fetchall())


def make_tables(connection: Connection) -> None:
    """The tables for `one_by_one`, with their keys, checks and indexes."""
    for migration in migrations():
        if migration.version <= LAST_OF_ROWS:
            psycopg.Cursor(connection).execute(sql.SQL(migration.script))


def make_bare(connection: Connection) -> None:
    """The tables for `copied`."""
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(BARE)))
    for name in KEYS:
        given = sql.Identifier(BARE, name), sql.Identifier(name)
        connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {} WITH NO DATA").format(*given))


def one_by_one(connection: Connection, tables: Tables, *, is_fresh: bool) -> None:
    """Each row in a statement and a transaction of its own, over a connection in autocommit mode."""
    for name, table in tables.by_name.items():
        statement = _insert(name, table) if is_fresh else _insert(name, table) + _or_update(name, table)
        for row in table.rows:
            connection.execute(statement, row)


def copied(connection: Connection, tables: Tables) -> None:
    """All rows in one transaction."""
    with connection.transaction(), connection.cursor() as cursor:
        for name, table in tables.by_name.items():
            columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
            with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(BARE, name), columns)) as copy:
                for row in table.rows:
                    copy.write_row(row)


def _insert(name: str, table: Table) -> sql.Composed:
    values = sql.SQL(", ").join(sql.Placeholder() * len(table.columns))
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(name), columns, values)


def _or_update(name: str, table: Table) -> sql.Composed:
    keys = sql.SQL(", ").join(map(sql.Identifier, KEYS[name]))
    others = [sql.Identifier(column) for column in table.columns if column not in KEYS[name]]
    changes = sql.SQL(", ").join(sql.SQL("{} = excluded.{}").format(one, one) for one in others)
    return sql.SQL(" ON CONFLICT ({}) DO UPDATE SET {}").format(keys, changes)
