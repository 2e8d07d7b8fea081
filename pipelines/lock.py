"""One crawl of a site at a time, on this machine and on every machine that shares the database."""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import Connection

from pipelines.database import Database, DatabaseUnreachable

_TRY = "SELECT pg_try_advisory_lock(hashtextextended('asiatongsin crawl ' || %s, 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended('asiatongsin crawl ' || %s, 0))"
_UNSAFE = re.compile(r"[^0-9A-Za-z.-]+")


class CrawlLock:
    """Holds a file lock in the data folder and, while one is in reach, a lock in the database.

    Both end with the process that holds them, however it ends: the kernel drops the one, the server the other.
    """

    def __init__(self, data: Path, database: Database, site: str) -> None:
        self.path = data / "locks" / _UNSAFE.sub("_", site)
        self.database = database
        self.site = site
        self._file: int | None = None
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Whether the site is ours now; False where another crawl of it is running."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            return False
        if self._acquire_in_database():
            return True
        self.release()
        return False

    def release(self) -> None:
        """Lets the next crawl begin."""
        if self._connection is not None:
            # The server frees the lock of a closed connection a moment later; the next crawl may begin now.
            with suppress(psycopg.Error):
                self._connection.execute(_UNLOCK, [self.site])
            self._connection.close()
        if self._file is not None:
            os.close(self._file)
        self._connection = self._file = None

    def _acquire_in_database(self) -> bool:
        try:
            self._connection = self.database.connect()
            row = self._connection.execute(_TRY, [self.site]).fetchone()
        except (DatabaseUnreachable, psycopg.OperationalError):
            return True  # then the data folder is what crawls can share
        return bool(row and row[0])
