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

# The lock must last as long as the crawl, though the connection does nothing meanwhile, and not much longer than a
# machine that lost its power: servers notice that after two hours, unless they are told otherwise.
_STAY = """
SELECT set_config('idle_session_timeout', '0', false), set_config('tcp_keepalives_idle', '20', false),
    set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '3', false)"""
_TRY = "SELECT pg_try_advisory_lock(hashtextextended('asiatongsin crawl ' || %s, 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended('asiatongsin crawl ' || %s, 0))"


class Taken(Exception):
    """Another crawl holds the lock in the database."""


class CrawlLock:
    """Holds a file lock in the data folder and, while one is in reach, a lock in the database.

    Both end with the process that holds them, however it ends: the kernel drops the one, the server the other.
    """

    def __init__(self, data: Path, database: Database, site: str) -> None:
        self.path = data / "locks" / safe_name(site)
        self.site = site
        self.session = Session(database, prepare=self._take)
        self._file: int | None = None
        self._is_warned = False

    def acquire(self) -> bool:
        """Whether the site is ours now; False where another crawl of it is running."""
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
        """Whether it is held in the database as well, as far as anybody knows."""
        return self.session.is_connected

    def keep(self) -> None:
        """Takes it in the database again after the server was restarted, or now that it can be reached at last."""
        with suppress(DatabaseUnusable):  # whoever stores pages there says so
            if not self._is_ours_in_database() and not self._is_warned:
                logger.warning("Another crawl of %s began while no database was in reach; both go on", self.site)
                self._is_warned = True

    def release(self, *, at_once: bool = True) -> None:
        """Lets the next crawl begin: at once, or where the server may not answer, as soon as it sees us gone."""
        if self.session.connection is not None and at_once:
            with suppress(psycopg.Error):
                self.session.connection.execute(_UNLOCK, [self.site])
        self.session.close()
        if self._file is not None:
            os.close(self._file)
        self._file = None

    def _is_ours_in_database(self) -> bool:
        """False where another crawl has it; without an answer the data folder is what crawls can share."""
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
