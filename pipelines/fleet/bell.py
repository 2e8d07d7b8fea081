"""Tells a worker at once that something came into the queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import psycopg
from psycopg import Connection

from pipelines.database.connection import Database, is_pooled
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.fleet.queue import CHANNEL


class Bell:
    """A connection that only listens. Behind a pooler, which cannot pass on what others notify, there is none."""

    def __init__(self, database: Database, ring: Callable[[], None]) -> None:
        self.database = database
        self.is_deaf = False
        """Whether nobody can tell: then the worker has to look by itself."""
        self._ring = ring
        self._connection: Connection | None = None
        self._watched = -1

    def open(self) -> Connection | None:
        """Connects where that is needed; returns a new connection. It blocks, so it is called in a thread."""
        if self._connection or self.is_deaf:
            return None
        try:
            connection = self.database.connect()
            if is_pooled(connection):
                self.is_deaf = True
                connection.close()
                return None
            connection.execute(f"LISTEN {CHANNEL}")
        except (DatabaseUnreachable, DatabaseUnusable, psycopg.Error):
            return None  # until the next turn, which tells of the database itself
        return connection

    def watch(self, connection: Connection) -> None:
        """Rings from now on."""
        self._connection, self._watched = connection, connection.fileno()
        asyncio.get_running_loop().add_reader(self._watched, self._heard)

    def close(self) -> None:
        """Closes the connection."""
        if self._connection:
            asyncio.get_running_loop().remove_reader(self._watched)
            self._connection.close()
            self._connection = None

    def _heard(self) -> None:
        try:
            for _ in self._connection.notifies(timeout=0) if self._connection else ():
                pass
        except psycopg.Error:
            self.close()
        if self._connection and self._connection.closed:
            self.close()
        self._ring()
