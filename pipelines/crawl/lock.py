"""One crawl of a site at a time, on this machine and on every machine that shares the database."""

from __future__ import annotations

import fcntl
import logging
import os
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import Connection

from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.database.session import Session
from pipelines.disk import make_private_folder, safe_name

logger = logging.getLogger(__name__)

# The lock must last as long as the crawl, though its connection is idle meanwhile. When a machine loses its power, the
# lock must not outlast it: without these keepalives, servers notice that after two hours.
_STAY = """
SELECT set_config('idle_session_timeout', '0', false), set_config('tcp_keepalives_idle', '20', false),
    set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '3', false)"""
_TRY = "SELECT pg_try_advisory_lock(hashtextextended('asiatongsin crawl ' || %s, 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended('asiatongsin crawl ' || %s, 0))"


class Taken(Exception):
    """Another crawl holds the lock in the database."""


class CrawlLock:
    """A file lock in the data folder and, where a database can be reached, a lock there.

    Both end with the process that holds them, however it ends: the kernel drops one, the server the other.
    """

    def __init__(self, data: Path, database: Database, site: str) -> None:
        self.path = data / "locks" / safe_name(site)
        self.site = site
        self.session = Session(database, prepare=self._take)
        self._file: int | None = None
        self._is_warned = False

    def acquire(self) -> bool:
        """Takes the lock; False where another crawl of the site is running."""
        make_private_folder(self.path.parent)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            return False
        if self._is_ours_in_database():
            return True
        self.release()
        return False

    @property
    def is_held_everywhere(self) -> bool:
        """Whether the lock is held in the database as well; a broken connection shows only in its next use."""
        return self.session.is_connected

    def keep(self) -> None:
        """Takes the lock in the database where it is missing, as after a restart of the server."""
        with suppress(DatabaseUnusable):  # whoever stores pages there says so
            if not self._is_ours_in_database() and not self._is_warned:
                logger.warning("Another crawl of %s began while no database was in reach; both go on", self.site)
                self._is_warned = True

    def release(self, *, at_once: bool = True) -> None:
        """Releases the lock. Without `at_once`, the server is not asked and releases it when the connection ends."""
        if self.session.connection is not None and at_once:
            with suppress(psycopg.Error):
                self.session.connection.execute(_UNLOCK, [self.site])
        self.session.close()
        if self._file is not None:
            os.close(self._file)
        self._file = None

    def _is_ours_in_database(self) -> bool:
        """False where another crawl holds the lock in the database; True where no database answers."""
        try:
            self.session.run(lambda connection: connection.execute("SELECT 1"))
        except DatabaseUnreachable:
            return True
        except Taken:
            return False
        return True

    def _take(self, connection: Connection) -> None:
        connection.execute(_STAY)
        row = connection.execute(_TRY, [self.site]).fetchone()
        if not (row and row[0]):
            raise Taken
