"""Statements that a person writes: run here, or in psql, which is opened on the same database.

Unless the person wants to write, both only read. That is a guard against slips, and none against somebody who wants to
change something: who may not, needs a role that has no right to (docs/en/how-to/look.md).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import ClientCursor, Connection, pq

from pipelines.database.connection import Database, is_pooled
from pipelines.database.embedded import own_psql
from pipelines.database.errors import StatementRefused

ZONE = "Asia/Seoul"
"""Times are shown as the site prints them."""

_READ_ONLY = "SET TRANSACTION READ ONLY"
_READ_ONLY_FROM_NOW_ON = "SET default_transaction_read_only = on"

# How times come as text depends on settings of server, role and database.
_AS_USUAL = f"""
SELECT set_config('DateStyle', 'ISO', true), set_config('IntervalStyle', 'postgres', true),
    set_config('TimeZone', '{ZONE}', true)"""

_GUARD = "-c default_transaction_read_only=on"


@dataclass(frozen=True, slots=True)
class Result:
    """What one statement gave."""

    done: str
    """`SELECT 3`, `UPDATE 5`, as PostgreSQL says."""

    head: tuple[str, ...] = ()
    """Names of the columns; empty where the statement gives no rows."""

    rows: Sequence[tuple[Any, ...]] = ()
    """The rows."""


def run(connection: Connection, statements: str, *, may_write: bool) -> list[Result]:
    """Runs statements in one transaction: where one is refused, nothing was changed. StatementRefused says why."""
    try:
        if not (may_write or is_pooled(connection)):  # a COMMIT among the statements ends the transaction
            connection.execute(_READ_ONLY_FROM_NOW_ON)
        with connection.transaction():
            if not may_write:
                connection.execute(_READ_ONLY)
            connection.execute(_AS_USUAL)
            with ClientCursor(connection) as cursor:
                cursor.execute(statements.encode())
                return [*_results(cursor)]
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise
    except psycopg.Error as error:
        raise StatementRefused(_in_words(error)) from None


def _results(cursor: ClientCursor[Any]) -> Iterator[Result]:
    while True:
        rows = cursor.fetchall() if cursor.description else ()
        yield Result(cursor.statusmessage or "", tuple(one.name for one in cursor.description or ()), rows)
        if not cursor.nextset():
            return


def _in_words(error: psycopg.Error) -> str:
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return f"{error.diag.message_primary}: asiatongsin sql only reads; --write lets it change what is stored"
    said = [error.diag.message_primary or str(error), error.diag.message_detail, error.diag.message_hint]
    return "; ".join(filter(None, said))


def psql(database: Database) -> Path | None:
    """The program: for the embedded database the one that it brings along, else the one on the path before that."""
    on_path = shutil.which("psql")
    if on_path and database.url:
        return Path(on_path)
    return own_psql() or (Path(on_path) if on_path else None)


def open_psql(program: Path, connection: Connection, *, may_write: bool) -> int:
    """Opens psql on the database of a connection, until the user leaves it; its exit status. StatementRefused."""
    if not may_write and is_pooled(connection):
        raise StatementRefused("behind a pooler, psql cannot be kept from writing: add --write, or give the statements")
    before = signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C ends a statement in psql, and not this program
    try:
        given = os.environ | environment(connection, may_write=may_write)
        return subprocess.run([program], env=given, check=False).returncode  # noqa: S603  psql itself
    finally:
        signal.signal(signal.SIGINT, before)


def environment(connection: Connection, *, may_write: bool) -> dict[str, str]:
    """The variables that lead psql to the database of a connection: arguments of a program can be read by everybody."""
    names = {one.keyword.decode(): (one.envvar or b"").decode() for one in pq.Conninfo.get_defaults()}
    given = connection.info.get_parameters() | {"password": connection.info.password}
    found = {variable: value for name, value in given.items() if (variable := names.get(name)) and value}
    guard = "" if may_write else _GUARD
    options = " ".join(filter(None, [found.get("PGOPTIONS"), guard]))
    return found | {"PGTZ": ZONE} | ({"PGOPTIONS": options} if options else {})
