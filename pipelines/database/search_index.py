"""The index that finds articles by their terms: built and mended while crawls go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import wait
from dataclasses import dataclass
from enum import Enum

import psycopg
from psycopg import Connection
from psycopg.rows import class_row

from pipelines.database.connection import is_pooled
from pipelines.database.errors import DatabaseRights
from pipelines.threads import start_in_thread

SECONDS_BETWEEN_LOOKS = 0.5

_IS_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('articles_by_terms')"
_SIZE = "SELECT pg_relation_size(to_regclass('articles_by_terms'))"
_OWNER = "SELECT pg_get_userbyid(relowner)::text FROM pg_class WHERE oid = to_regclass('article_texts')"
_MEMORY = "SET maintenance_work_mem = '256MB'"
_DROP = "DROP INDEX CONCURRENTLY IF EXISTS articles_by_terms"
_BUILD = """
CREATE INDEX CONCURRENTLY articles_by_terms ON article_texts
USING gin (article_terms(site, section, reporter, published_at, headline, subheadline, body))
WITH (gin_pending_list_limit = 512)"""
_NO_STATISTICS = "ALTER INDEX articles_by_terms ALTER COLUMN 1 SET STATISTICS 0"
_PROGRESS = """
SELECT phase, coalesce(blocks_done, 0) AS done, coalesce(blocks_total, 0) AS total
FROM pg_stat_progress_create_index WHERE relid = to_regclass('article_texts')"""


class State(Enum):
    """How the index stands."""

    MISSING = "missing"
    BROKEN = "was begun and not finished"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the building is."""

    phase: str
    """What PostgreSQL does, in its words."""

    done: int
    total: int
    """Blocks of the table in this phase; 0 in phases that read none."""


class IsBeingBuilt(Exception):
    """Another process builds the index at this moment."""


def state(connection: Connection) -> State:
    """How the index stands; while it is being built it is not whole."""
    for (is_valid,) in connection.execute(_IS_VALID):
        return State.WHOLE if is_valid else State.BROKEN
    return State.MISSING


def size(connection: Connection) -> int:
    """Bytes that the index takes."""
    return sum(number or 0 for (number,) in connection.execute(_SIZE))


def build(connection: Connection, watching: Connection, tell: Callable[[Progress], object]) -> State:
    """Builds the index unless it is whole; returns how it stood. IsBeingBuilt, DatabaseRights.

    Crawls may go on meanwhile. `watching` is another connection in autocommit mode, which tells how far the building
    is. In a transaction it would be waited for, and this for it.
    """
    if next(_progress(watching), None):
        raise IsBeingBuilt
    if (before := state(connection)) is State.WHOLE:
        return before
    building = start_in_thread(_build, connection)
    try:
        while wait([building], timeout=SECONDS_BETWEEN_LOOKS).not_done:
            for progress in _progress(watching):
                tell(progress)
        building.result()
    except KeyboardInterrupt:
        connection.cancel()
        raise
    except psycopg.errors.DuplicateTable:
        raise IsBeingBuilt from None
    except psycopg.errors.InsufficientPrivilege as error:
        raise _needs_owner(watching, error) from None
    return before


def _build(connection: Connection) -> None:
    if not is_pooled(connection):  # else the setting would be left to other clients
        connection.execute(_MEMORY)
    connection.execute(_DROP)
    connection.execute(_BUILD)
    connection.execute(_NO_STATISTICS)


def _progress(watching: Connection) -> Iterator[Progress]:
    with watching.cursor(row_factory=class_row(Progress)) as cursor:
        yield from cursor.execute(_PROGRESS)


def _needs_owner(connection: Connection, error: psycopg.Error) -> DatabaseRights:
    [(owner,)] = connection.execute(_OWNER).fetchall()
    return DatabaseRights(
        error.diag.message_primary or "", f"run `asiatongsin index` as {owner}, the owner of the tables; once is enough"
    )
