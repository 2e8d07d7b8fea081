"""One crawl of a site at a time, on this machine and on every machine that shares the database."""

from __future__ import annotations

import fcntl
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import Connection

from pipelines.database.connection import Database, is_pooled
from pipelines.database.errors import DatabaseBusy, DatabaseUnreachable, DatabaseUnusable
from pipelines.database.migrate import migrate
from pipelines.database.session import Session
from pipelines.disk import make_private_folder, safe_name

logger = logging.getLogger(__name__)

# The lock must last as long as the crawl, though its connection is idle meanwhile. When a machine loses its power, the
# lock must not outlast it: without these keepalives, servers notice that after two hours.
_STAY = """
SELECT set_config('idle_session_timeout', '0', false), set_config('tcp_keepalives_idle', '20', false),
    set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '3', false)"""
_STAY_OPEN = """
SELECT set_config(name, '0', true) FROM pg_settings
WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')"""
_KEY = "(hashtextextended('asiatongsin crawl ' || %s, 0))"
_TRY: LiteralString = f"SELECT pg_try_advisory_lock{_KEY}"
_TRY_IN_TRANSACTION: LiteralString = f"SELECT pg_try_advisory_xact_lock{_KEY}"
_UNLOCK: LiteralString = f"SELECT pg_advisory_unlock{_KEY}"


class Taken(Exception):
    """Another crawl holds the lock in the database."""


class DatabaseLock:
    """The lock in the database; it ends with the connection that it belongs to.

    A pooler may give the server's end of a connection to another client between two statements, and the lock with it.
    Behind one, the lock belongs to a transaction that stays open over a second connection.
    """

    def __init__(self, site: str) -> None:
        self.site = site
        self.is_ours = False
        """Whether it is held, as far as is known."""
        self._is_pooled = False
        self._transaction: Session | None = None

    def take(self, connection: Connection, database: Database) -> bool:
        """Tries to take it over a new connection; False where another crawl has it."""
        self._is_pooled, self.is_ours = is_pooled(connection), False
        if self._is_pooled and self._transaction is None:
            self._transaction = Session(database, prepare=self._open_transaction)
        if not self._is_pooled:
            connection.execute(_STAY)
        return self.keep(connection)

    def keep(self, connection: Connection) -> bool:
        """Takes it where it is missing; False where another crawl has it."""
        if self._is_pooled and self._transaction:
            self.is_ours = _is_open(self._transaction)
        elif self.is_ours:
            connection.execute("SELECT 1")  # fails where the connection broke, and the lock is gone
        else:
            self.is_ours = connection.execute(_TRY, [self.site]).fetchone() == (True,)
        return self.is_ours

    def release(self, connection: Connection | None, *, at_once: bool) -> None:
        """Releases it, with `at_once` before the server sees that the connection has ended."""
        with suppress(psycopg.Error):
            if at_once and self.is_ours and connection and not self._is_pooled:
                connection.execute(_UNLOCK, [self.site])
            if at_once and self._transaction and self._transaction.connection:
                self._transaction.connection.execute("ROLLBACK")
        if self._transaction:
            self._transaction.close()
        self.is_ours = False

    def _open_transaction(self, connection: Connection) -> None:
        if not open_transaction(connection, self.site):
            raise Taken


def open_transaction(connection: Connection, site: str) -> bool:
    """Begins a transaction that holds the lock until it ends; False where another crawl has the lock."""
    connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY")
    is_ours = connection.execute(_TRY_IN_TRANSACTION, [site]).fetchone() == (True,)
    _execute_simply(connection, _STAY_OPEN)
    return is_ours


def _is_open(transaction: Session) -> bool:
    try:
        transaction.run(lambda connection: _execute_simply(connection, "SELECT 1"))
    except Taken:
        return False
    return True


def _execute_simply(connection: Connection, statement: LiteralString) -> None:
    """By the simple protocol. With the extended one, the snapshot would stay, and keep the rows of all from vacuum."""
    psycopg.Cursor(connection).execute(statement)


class CrawlLock:
    """A file lock in the data folder and, where a database can be reached, a lock there.

    Both end with the process that holds them, however it ends: the kernel drops one, the server the other.
    """

    def __init__(self, data: Path, database: Database, site: str) -> None:
        self.path = data / "locks" / safe_name(site)
        self.site = site
        self.session = Session(database, prepare=self._prepare)
        """The connection that all of the crawl uses; the lock is taken whenever it is opened."""
        self._in_database = DatabaseLock(site)
        self._file: int | None = None
        self._has_begun = False
        self._is_warned = False

    def acquire(self) -> bool:
        """Takes the lock; False where another crawl of the site is running. DatabaseBusy, DatabaseUnusable."""
        make_private_folder(self.path.parent)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.session.run(self._in_database.keep)
        except (BlockingIOError, Taken):
            self.release()
            return False
        except DatabaseBusy:
            raise
        except DatabaseUnreachable:
            pass  # the lock is taken as soon as a database can be reached
        self._has_begun = True
        return True

    @property
    def is_held_everywhere(self) -> bool:
        """Whether the lock is held in the database as well; a broken connection shows only in its next use."""
        return self.session.is_connected and self._in_database.is_ours

    def keep(self) -> None:
        """Takes the lock in the database where it is missing, as after a restart of the server."""
        with suppress(DatabaseUnreachable, DatabaseUnusable):  # whoever stores pages there says so
            if not self.session.run(self._in_database.keep) and not self._is_warned:
                logger.warning("Another crawl of %s began while no database was in reach; both go on", self.site)
                self._is_warned = True

    def release(self, *, at_once: bool = True) -> None:
        """Releases the lock. Without `at_once`, the server is not asked and releases it when the connection ends."""
        self._in_database.release(self.session.connection, at_once=at_once)
        self.session.close()
        if self._file is not None:
            os.close(self._file)
        self._file = None
        self._has_begun = False

    def _prepare(self, connection: Connection) -> None:
        if not self._in_database.take(connection, self.session.database) and not self._has_begun:
            raise Taken
        migrate(connection)
