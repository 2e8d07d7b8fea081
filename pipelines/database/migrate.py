"""Brings the schema up to date: numbered SQL files, applied in order, each once.

yoyo-migrations would not do. It copies the files of a zipped egg out under a random name, and takes that name for the
identity of the migration: every start would apply all of them again (seen with 9.0.0, 2026-11-23).
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from importlib import resources
from time import sleep
from typing import LiteralString

import psycopg
from psycopg import Connection, sql

from asiatongsin.weather_stations import stations
from pipelines.database import moves
from pipelines.database.errors import DatabaseEmpty, DatabaseForeign, DatabaseTooNew, DatabaseTooOld
from pipelines.database.rights import check_rights, hidden_tables, may_not_change_schema
from pipelines.database.statements import names, replaced, unnest, without
from pipelines.database.tables import TABLES, WEATHER_STATIONS
from pipelines.database.views import VIEWS

logger = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds for others, after the migrations have waited in vain for a lock and others have waited behind them."""

_FILE = re.compile(r"^(\d{4})_(\w+)\.sql$")

_CREATE = """
CREATE TABLE IF NOT EXISTS asiatongsin_migrations (
    version     integer     PRIMARY KEY,
    name        text        NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE asiatongsin_migrations IS 'Which changes of the schema were made.';
COMMENT ON COLUMN asiatongsin_migrations.version IS 'Number of the change.';
COMMENT ON COLUMN asiatongsin_migrations.name IS 'What it did.';
COMMENT ON COLUMN asiatongsin_migrations.applied_at IS 'When it was made.'"""
_EXISTS = "SELECT to_regclass('asiatongsin_migrations') IS NOT NULL"
_NAMES_IN_USE = "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL"
_VERSION = "SELECT coalesce(max(version), 0) FROM asiatongsin_migrations"
_RECORD = "INSERT INTO asiatongsin_migrations (version, name) VALUES (%s, %s)"
_STORED_STATIONS: LiteralString = f"SELECT {names(WEATHER_STATIONS)} FROM weather_stations"
_STATIONS: LiteralString = f"""
INSERT INTO weather_stations ({names(WEATHER_STATIONS)}) SELECT * FROM {unnest(WEATHER_STATIONS)}
ON CONFLICT (station_id) DO UPDATE SET {replaced(without(WEATHER_STATIONS, "station_id"))}"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered SQL file of the package."""

    version: int
    name: str
    script: str


def migrations() -> list[Migration]:
    """All migrations in order, read through importlib.resources: the package may be a zipped egg."""
    found = []
    for file in resources.files("pipelines.database.schema").iterdir():
        if name := _FILE.match(file.name):
            found.append(Migration(int(name[1]), name[2], file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.version)


def schema_version(connection: Connection) -> int:
    """Version of the database; 0 where it is empty."""
    version = 0
    for (exists,) in connection.execute(_EXISTS):
        version = next(row[0] for row in connection.execute(_VERSION)) if exists else 0
    return version


def migrate(connection: Connection) -> list[Migration]:
    """Applies all missing migrations or none, and returns them. Several processes may do so at once.

    Rows that take long to move are left to `moves.Mover`. It waits for other transactions as long as they take.
    DatabaseTooNew where the database knows a later version than this program. DatabaseRights where the role may not.
    """
    known = migrations()
    check_rights(connection)
    if (version := schema_version(connection)) == known[-1].version:
        _update_stations(connection)
        return []
    if version > known[-1].version:
        raise DatabaseTooNew(version, known[-1].version)
    try:
        return _apply_patiently(connection, known)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidSchemaName) as error:
        raise may_not_change_schema(connection, error) from None
    except psycopg.errors.DuplicateTable as error:
        raise _tables_of_others(str(error.diag.message_primary)) from None


def require_schema(connection: Connection, name: str) -> None:
    """Looks whether the schema is the one that this program knows, and changes nothing. `name` names the database.

    DatabaseEmpty, DatabaseTooOld, DatabaseTooNew, DatabaseForeign, DatabaseRights.
    """
    found, known = schema_version(connection), migrations()[-1].version
    if found > known:
        raise DatabaseTooNew(found, known)
    if not found:
        if hidden := hidden_tables(connection):
            raise hidden
        for (table,) in connection.execute(_NAMES_IN_USE, [[*TABLES, *VIEWS]]):
            raise _tables_of_others(f'relation "{table}" already exists')
        raise DatabaseEmpty(name)
    if found < known:
        raise DatabaseTooOld(name, found, known)


def _tables_of_others(which: str) -> DatabaseForeign:
    return DatabaseForeign(
        f"the database holds tables of another program ({which}): name an empty database in DATABASE_URL"
    )


def _apply_patiently(connection: Connection, known: list[Migration]) -> list[Migration]:
    """Tries again and again: while it waits for a lock on a table, nobody else gets one."""
    while True:
        try:
            return _apply(connection, known)
        except psycopg.errors.LockNotAvailable as error:
            logger.warning("The tables cannot be brought up to date yet, others are using them: %s", error)
        sleep(PAUSE)


def _apply(connection: Connection, known: list[Migration]) -> list[Migration]:
    with connection.transaction():
        moves.lock(connection)
        script = psycopg.Cursor(connection)  # one that takes several statements at once
        script.execute(_CREATE)
        current = schema_version(connection)
        if current > known[-1].version:
            raise DatabaseTooNew(current, known[-1].version)
        missing = [migration for migration in known if migration.version > current]
        for migration in missing:
            script.execute(sql.SQL(migration.script))
            connection.execute(_RECORD, [migration.version, migration.name])
            moves.finish_empty(connection, migration.version)
        _update_stations(connection)
    return missing


def _update_stations(connection: Connection) -> None:
    """Stores stations that are new or changed: the list may grow without a change of the schema."""
    known = [tuple(getattr(station, name) for name in WEATHER_STATIONS) for station in stations()]
    if not set(known) <= set(connection.execute(_STORED_STATIONS)):
        lists = map(list, zip(*known, strict=True))
        connection.execute(_STATIONS, dict(zip(WEATHER_STATIONS, lists, strict=True)))
