"""What a database holds, as tests ask for it."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.sql import Composed


def rows(connection: Connection, query: str | Composed, *values: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query, values).fetchall()


def value(connection: Connection, query: str | Composed, *values: Any) -> Any:
    """The only value that a query finds; ValueError where it finds several, or none."""
    [(found,)] = rows(connection, query, *values)
    return found


def count(connection: Connection, table: str) -> int:
    return int(value(connection, f"SELECT count(*) FROM {table}"))


def numbers(connection: Connection, table: str = "articles") -> list[int]:
    """Numbers of the articles in a table, in ascending order."""
    return [no for (no,) in connection.execute(f"SELECT no FROM {table} ORDER BY no")]


def outcomes(connection: Connection) -> list[str | None]:
    """How the crawls ended, in the order in which they began; None: not yet."""
    return [outcome for (outcome,) in connection.execute("SELECT outcome FROM crawls ORDER BY started_at")]
