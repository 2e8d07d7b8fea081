"""Writes `pipelines/database/schema.sql`, the schema as it is after all migrations: `make schema`.

Out of the catalogs and not with pg_dump, so that it is the same text on every version of PostgreSQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import Connection
from psycopg.rows import class_row, scalar_row

from pipelines.database.migrate import migrate, migrations
from pipelines.database.moves import moves
from pipelines.database.tables import TABLES
from pipelines.database.views import VIEWS
from tests.bench.postgres import server
from tests.conftest import ROOT

FILE = ROOT / "pipelines/database/schema.sql"

HEAD = """\
-- The schema as it is after all migrations, to be read: `asiatongsin migrate` makes it out of schema/*.sql.
-- Written by `make schema`; a test fails where it says something else than the migrations do.
"""

_TABLES = """
SELECT c.oid, c.relname AS name, c.relkind::text AS kind, obj_description(c.oid, 'pg_class') AS comment,
    c.reloptions AS options
FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')"""

_COLUMNS = """
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS is_required,
    a.attidentity <> '' AS is_identity, pg_get_expr(d.adbin, d.adrelid, true) AS default,
    col_description(a.attrelid, a.attnum) AS comment
FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""

# PostgreSQL 18 has a constraint for each NOT NULL.
_CONSTRAINTS = """
SELECT c.conname AS name, c.contype::text AS kind, pg_get_constraintdef(c.oid, true) AS definition,
    ARRAY(
        SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY k.place
    ) AS columns
FROM pg_constraint AS c WHERE c.conrelid = %s AND c.contype <> 'n'
ORDER BY position(c.contype IN 'pufc'), c.conname"""

_FUNCTIONS = """
SELECT pg_get_functiondef(oid), oid::regprocedure::text, obj_description(oid, 'pg_proc')
FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname"""

_TRIGGERS = """
SELECT pg_get_triggerdef(oid, true) FROM pg_trigger WHERE tgrelid = %s AND NOT tgisinternal ORDER BY tgname"""

_INDEXES = """
SELECT pg_get_indexdef(i.indexrelid, 0, true) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid = %s AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)
ORDER BY c.relname"""


FOLLOWS = {"article_revisions": ("FROM articles AS", "FROM article_texts AS")}
"""Views of a table to which a later migration gave another name: what they ask by now."""


@dataclass(frozen=True)
class Table:
    """A table or view of the database."""

    oid: int
    name: str
    kind: str
    comment: str | None
    options: list[str] | None


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    type: str
    is_required: bool
    is_identity: bool
    default: str | None
    comment: str | None


@dataclass(frozen=True)
class Constraint:
    """A key or a check of a table."""

    name: str
    kind: str
    definition: str
    columns: list[str]

    def written(self, table: str) -> str:
        """Without its name where PostgreSQL gives it that name by itself."""
        of_columns = "_".join([table, *self.columns])
        usual = {
            "p": f"{table}_pkey",
            "u": f"{of_columns}_key",
            "f": f"{of_columns}_fkey",
            "c": rf"{of_columns if self.is_of_column else table}_check\d*",
        }[self.kind]
        is_usual = re.fullmatch(usual, self.name)
        return plain(self.definition if is_usual else f"CONSTRAINT {self.name} {self.definition}")

    @property
    def is_of_column(self) -> bool:
        """Whether it stands behind its column."""
        return self.kind == "c" and len(self.columns) == 1


def plain(text: str) -> str:
    """Without the words that say nothing."""
    text = text.replace("timestamp with time zone", "timestamptz").replace(" USING btree", "").replace('"', "")
    return re.sub(r"::text\b(?!\[)", "", text)


def written(connection: Connection) -> str:
    """The schema of a database as SQL."""
    connection.execute("SET search_path TO public; SET intervalstyle TO postgres")
    order = [*TABLES, *VIEWS]
    tables = connection.cursor(row_factory=class_row(Table)).execute(_TABLES).fetchall()
    tables.sort(key=lambda table: (order.index(table.name) if table.name in order else len(order), table.name))
    parts = [*_functions(connection), *("\n".join([*_table(connection, table), ""]) for table in tables)]
    return "\n".join([HEAD, *parts])


def _functions(connection: Connection) -> Iterator[str]:
    """Before the tables, whose indexes use them."""
    for definition, signature, comment in connection.execute(_FUNCTIONS):
        made = definition.replace("CREATE OR REPLACE FUNCTION public.", "CREATE FUNCTION ").rstrip()
        yield f"{made};\nCOMMENT ON FUNCTION {plain(signature)} IS {_literal(comment)};\n"


def _table(connection: Connection, table: Table) -> Iterator[str]:
    columns = connection.cursor(row_factory=class_row(Column)).execute(_COLUMNS, [table.oid]).fetchall()
    yield from _view(table) if table.kind == "v" else _columns(connection, table, columns)
    yield f"COMMENT ON {'VIEW' if table.kind == 'v' else 'TABLE'} {table.name} IS {_literal(table.comment)};"
    yield from (f"COMMENT ON COLUMN {table.name}.{one.name} IS {_literal(one.comment)};" for one in columns)


def _view(view: Table) -> Iterator[str]:
    """As the last migration writes it: the text that PostgreSQL gives differs from version to version."""
    ends = {move.version: move.end for move in moves()}
    scripts = "\n".join(one.script + ends.get(one.version, "") for one in migrations())
    found = re.findall(rf"^CREATE (?:OR REPLACE )?(VIEW {view.name} AS\n[^;]*;)", scripts, re.MULTILINE)
    yield f"CREATE {found[-1].replace(*FOLLOWS.get(view.name, (view.name, view.name)))}"


def _columns(connection: Connection, table: Table, columns: list[Column]) -> Iterator[str]:
    constraints = connection.cursor(row_factory=class_row(Constraint)).execute(_CONSTRAINTS, [table.oid]).fetchall()
    names = max(len(column.name) for column in columns)
    types = max(len(plain(column.type)) for column in columns)
    lines = [
        f"{column.name:{names}}  {plain(column.type):{types}}  {_rules(table, column, constraints)}".rstrip()
        for column in columns
    ]
    lines += [one.written(table.name) for one in constraints if not one.is_of_column]
    options = f" WITH ({', '.join(table.options)})" if table.options else ""
    yield f"CREATE TABLE {table.name} (\n    " + ",\n    ".join(lines) + f"\n){options};"
    for query in (_INDEXES, _TRIGGERS):
        for definition in connection.cursor(row_factory=scalar_row).execute(query, [table.oid]):
            yield f"{plain(definition)};"


def _rules(table: Table, column: Column, constraints: list[Constraint]) -> str:
    """What stands behind the type of a column."""
    rules = ["GENERATED ALWAYS AS IDENTITY"] if column.is_identity else []
    rules += ["NOT NULL"] if column.is_required else []
    rules += [f"DEFAULT {plain(column.default)}"] if column.default is not None else []
    own = [one for one in constraints if one.is_of_column and one.columns == [column.name]]
    return " ".join([*rules, *(one.written(table.name) for one in own)])


def _literal(text: str | None) -> str:
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def main() -> None:
    """Makes a database, brings it up to date and writes down what it holds."""
    with server() as postgres, psycopg.connect(postgres.url, autocommit=True) as connection:
        migrate(connection)
        FILE.write_text(written(connection), encoding="utf-8")
    print(f"{FILE.relative_to(ROOT)} is written")


if __name__ == "__main__":
    main()
