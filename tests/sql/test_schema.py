"""`schema.sql` and the columns in `tables.py`: what they say is what the migrations make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from pipelines.database import tables, views
from pipelines.database.tables import TABLES
from pipelines.database.views import VIEWS
from tests.conftest import new_database
from tests.schema import FILE, plain, written
from tests.stored import rows

COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped"""

CATALOG = {
    "relations": """
        SELECT relname, relkind, relpersistence, relrowsecurity, reloptions
        FROM pg_class WHERE relnamespace = 'public'::regnamespace""",
    "columns": """
        SELECT c.relname, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
            a.attgenerated, a.attcollation, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "comments": """
        SELECT c.relname, d.objsubid, d.description FROM pg_description AS d JOIN pg_class AS c ON c.oid = d.objoid
        WHERE d.classoid = 'pg_class'::regclass AND c.relnamespace = 'public'::regnamespace""",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "types": "SELECT typname, typtype FROM pg_type WHERE typnamespace = 'public'::regnamespace",
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}
"""What a schema is made of, in the words of the catalogs."""


@pytest.fixture
def read_alone(server: str) -> Iterator[Connection]:
    """A connection to a database that was made by schema.sql and nothing else."""
    with new_database(server) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FILE.read_text(encoding="utf-8").encode())
        yield connection


def test_the_file_says_what_the_migrations_make(connection: Connection) -> None:
    assert FILE.read_text(encoding="utf-8") == written(connection), "run: make schema"


def catalog(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {part: sorted(rows(connection, query), key=repr) for part, query in CATALOG.items()}


def test_the_file_alone_makes_the_same_database(connection: Connection, read_alone: Connection) -> None:
    assert catalog(read_alone) == catalog(connection)


def test_the_table_of_columns_says_what_the_migrations_make(connection: Connection) -> None:
    found = {(table, name, plain(of_type)) for table, name, of_type in rows(connection, COLUMNS)}
    listed = {
        (table, name, of_type) for table, columns in (TABLES | VIEWS).items() for name, of_type in columns.items()
    }
    assert listed - found == set(), "in tables.py or views.py alone"
    assert found - listed == set(), "missing in tables.py or views.py"


def test_the_table_of_columns_names_each_table_like_the_database() -> None:
    assert {name: getattr(tables, name.upper()) for name in TABLES} == TABLES
    assert {name: getattr(views, name.upper()) for name in VIEWS} == VIEWS


def test_what_tells_a_capture_is_the_same_in_every_table() -> None:
    holders = [columns for columns in TABLES.values() if tables.CAPTURE.keys() <= columns.keys()]
    assert len(holders) >= 4
    assert [columns for columns in holders if not tables.CAPTURE.items() <= columns.items()] == []


def test_tells_a_name_that_postgresql_would_not_give(connection: Connection) -> None:
    connection.execute("ALTER TABLE article_texts ADD CONSTRAINT told CHECK (no < 5), ADD CHECK (no < 6)")
    connection.execute("CREATE TABLE zoo (animal text DEFAULT 'it''s') ")
    text = written(connection)
    assert "NOT NULL CHECK (no > 0) CHECK (no < 6) CONSTRAINT told CHECK (no < 5)," in text
    assert "CREATE TABLE zoo (\n    animal  text  DEFAULT 'it''s'\n);\nCOMMENT ON TABLE zoo IS NULL;" in text
