"""One crawl of a site at a time, and of all sites that share a server: here, and wherever the database is shared."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import Connection

from pipelines.database.connection import Database, is_pooled
from pipelines.database.errors import DatabaseBusy, DatabaseUnreachable, DatabaseUnusable
from pipelines.database.migrate import migrate
from pipelines.database.session import Session
from pipelines.disk import make_private_folder, safe_name
from pipelines.queries.fleet import crawled_of_group

logger = logging.getLogger(__name__)

# The lock must last as long as the crawl, though its connection is idle meanwhile. When a machine loses its power, the
# lock must not outlast it: without these keepalives, servers notice that after two hours.
_STAY = """
SELECT set_config('idle_session_timeout', '0', false), set_config('tcp_keepalives_idle', '20', false),
    set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '3', false)"""
_STAY_OPEN = """
SELECT set_config(name, '0', true) FROM pg_settings
WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')"""
_KEY = "(hashtextextended('asiatongsin ' || %s, 0))"
_TRY: LiteralString = f"SELECT pg_try_advisory_lock{_KEY}"
_TRY_IN_TRANSACTION: LiteralString = f"SELECT pg_try_advisory_xact_lock{_KEY}"
_UNLOCK: LiteralString = f"SELECT pg_advisory_unlock{_KEY}"

_LONGEST_NAME = 300
"""Bytes of a file that are read for the name of a site, which has 253 and a port at most."""


class Taken(Exception):
    """Another crawl holds one of the locks in the database."""


class DatabaseLock:
    """The locks in the database: of the site and of its politeness group. They end with the connection they belong to.

    A pooler may give the server's end of a connection to another client between two statements, and the lock with it.
    Behind one, the locks belong to a transaction that stays open over a second connection.
    """

    def __init__(self, *names: str) -> None:
        self.names = names
        self.taken = ""
        """The one that another crawl has; empty where that is not known."""
        self._held: set[str] = set()
        self._is_pooled = False
        self._transaction: Session | None = None

    @property
    def is_ours(self) -> bool:
        """Whether all are held, as far as is known."""
        return self._held == {*self.names}

    def take(self, connection: Connection, database: Database) -> bool:
        """Tries to take them over a new connection; False where another crawl has one."""
        self._is_pooled, self._held = is_pooled(connection), set()
        if self._is_pooled and self._transaction is None:
            self._transaction = Session(database, prepare=self._open_transaction)
        if not self._is_pooled:
            connection.execute(_STAY)
        return self.keep(connection)

    def keep(self, connection: Connection) -> bool:
        """Takes those that are missing; False where another crawl has one."""
        if self._is_pooled and self._transaction:
            self._held = {*self.names} if _is_open(self._transaction) else set()
        elif self.is_ours:
            connection.execute("SELECT 1")  # fails where the connection broke, and the lock is gone
        else:
            self.taken = _take(connection, _TRY, self.names, self._held)
        return self.is_ours

    def release(self, connection: Connection | None, *, at_once: bool) -> None:
        """Releases them, with `at_once` before the server sees that the connection has ended."""
        with suppress(psycopg.Error):
            if at_once and connection and not self._is_pooled:
                for name in self._held:
                    connection.execute(_UNLOCK, [name])
            if at_once and self._transaction and self._transaction.connection:
                self._transaction.connection.execute("ROLLBACK")
        if self._transaction:
            self._transaction.close()
        self._held = set()

    def _open_transaction(self, connection: Connection) -> None:
        self.taken = open_transaction(connection, *self.names)
        if self.taken:
            connection.execute("ROLLBACK")  # at once: another crawl may want what was taken before
            raise Taken


def open_transaction(connection: Connection, *names: str) -> str:
    """Begins a transaction that holds these locks until it ends; the one that another crawl has, else empty."""
    connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY")
    taken = _take(connection, _TRY_IN_TRANSACTION, names, set())
    _execute_simply(connection, _STAY_OPEN)
    return taken


def _take(connection: Connection, statement: LiteralString, names: Sequence[str], held: set[str]) -> str:
    """Adds to `held` what can be taken, up to the first that another crawl has; the name of that, else empty."""
    for name in names:
        if name not in held:
            if connection.execute(statement, [name]).fetchone() != (True,):
                return name
            held.add(name)
    return ""


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
    """File locks in the data folder and, where a database can be reached, locks there: of the site and its group.

    All end with the process that holds them, however it ends: the kernel drops those, the server these.
    """

    def __init__(self, data: Path, database: Database, site: str, group: str = "") -> None:
        self.site, self.group = site, group
        self.obstacle = f"another crawl of {site} is running"
        """Why it could not be taken."""
        self.session = Session(database, prepare=self._prepare)
        """The connection that all of the crawl uses; the lock is taken whenever it is opened."""
        names = [f"crawl {site}", *([f"group {group}"] if group else [])]
        self._in_database = DatabaseLock(*names)
        self._files = [FileLock(data / "locks" / safe_name(site))]
        if group:  # its name may be Korean, of which `safe_name` leaves nothing
            self._files.append(FileLock(data / "locks" / f"group_{sha256(group.encode()).hexdigest()[:16]}"))
        self._has_begun = False
        self._is_warned = False

    def acquire(self) -> bool:
        """Takes the lock; False where another crawl of the site, or its group, is running: `obstacle` says which.

        DatabaseBusy, DatabaseUnusable.
        """
        try:
            for file in self._files:
                file.take(self.site)
            self.session.run(self._in_database.keep)
        except FileTaken as error:
            if error.lock is not self._files[0]:
                self._note(error.by)
        except Taken:
            pass
        except DatabaseBusy:
            raise
        except DatabaseUnreachable:
            self._has_begun = True  # the lock is taken as soon as a database can be reached
        else:
            self._has_begun = True
        if not self._has_begun:
            self.release()
        return self._has_begun

    @property
    def is_held_everywhere(self) -> bool:
        """Whether the lock is held in the database as well; a broken connection shows only in its next use."""
        return self.session.is_connected and self._in_database.is_ours

    def keep(self) -> None:
        """Takes the lock in the database where it is missing, as after a restart of the server."""
        with suppress(DatabaseUnreachable, DatabaseUnusable):  # whoever stores pages there says so
            if not self.session.run(self._in_database.keep) and not self._is_warned:
                what = self.group and self._in_database.taken.startswith("group ")
                of = f"the politeness group {self.group}" if what else self.site
                logger.warning("Another crawl of %s began while no database was in reach; both go on", of)
                self._is_warned = True

    def release(self, *, at_once: bool = True) -> None:
        """Releases the lock. Without `at_once`, the server is not asked and releases it when the connection ends."""
        self._in_database.release(self.session.connection, at_once=at_once)
        self.session.close()
        for file in self._files:
            file.release()
        self._has_begun = False

    def _prepare(self, connection: Connection) -> None:
        if not self._in_database.take(connection, self.session.database) and not self._has_begun:
            if self._in_database.taken.startswith("group "):
                self._note(crawled_of_group(connection, self.group, but=self.site))
            self._in_database.release(connection, at_once=True)
            raise Taken
        migrate(connection)

    def _note(self, other: str) -> None:
        """Says which site of the group is crawled, where another than this one is."""
        if other != self.site:
            which = other or "another site"
            self.obstacle = f"{which} is being crawled, which shares a server with {self.site} (group {self.group})"


class FileTaken(Exception):
    """Another crawl holds the file."""

    def __init__(self, lock: FileLock, by: str) -> None:
        super().__init__(by)
        self.lock = lock
        self.by = by
        """The site that is crawled; empty where that is not known."""


class FileLock:
    """A lock on this machine: a file, in which stands the site that is crawled."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self, site: str) -> None:
        """FileTaken where another crawl has it; OSError."""
        make_private_folder(self.path.parent)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            by = os.pread(self._file, _LONGEST_NAME, 0).decode(errors="replace")
            self.release()
            raise FileTaken(self, by) from None
        with suppress(OSError):  # on a full disk it is a lock all the same
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, site.encode(), 0)

    def release(self) -> None:
        """Releases it; the file stays."""
        if self._file is not None:
            os.close(self._file)
        self._file = None
