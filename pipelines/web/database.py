"""Connections of the page to the database: over none of them anything can be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, LifoQueue
from typing import TypeVar

import psycopg
from psycopg import Connection
from scrapy.settings import BaseSettings

from pipelines.database.connection import Database
from pipelines.database.session import Session

T = TypeVar("T")

MOST_MILLISECONDS = 2**31 - 1
"""That PostgreSQL takes."""

_ONLY_READS = """
SELECT set_config('transaction_read_only', 'on', true), set_config('statement_timeout', %s, true)"""


class TooLong(Exception):
    """The database stopped a question that took longer than it may."""

    def __init__(self, seconds: float, setting: str) -> None:
        super().__init__(
            f"the answer took the database more than {seconds:g} seconds, and was stopped. Ask for a shorter time, for"
            f" one site or for fewer words; {setting} lets it take longer"
        )


class AllBusy(Exception):
    """As many answers are being made as there may be at once."""

    def __init__(self) -> None:
        super().__init__("other downloads are being made: try again when one of them has ended")


class Reader:
    """Asks the database, over at most so many connections at once."""

    def __init__(self, settings: BaseSettings, timeout: str, connections: int, patience: float | None = None) -> None:
        """`timeout` is the setting of the longest question; `patience` the seconds to wait for a connection."""
        self._settings = settings
        self._timeout = timeout
        self._seconds = settings.getfloat(timeout)
        self._patience = patience
        self._idle: LifoQueue[Session | None] = LifoQueue()
        for _ in range(connections):
            self._idle.put(None)

    def run(self, work: Callable[[Connection], T]) -> T:
        """The result of the work, which may run twice where the connection had broken since it was last used.

        TooLong, AllBusy, DatabaseUnreachable, DatabaseUnusable.
        """
        with self._session() as session:
            return session.run(lambda connection: self._read(connection, work))

    def close(self) -> None:
        """Closes the connections that nobody uses."""
        while True:
            try:
                session = self._idle.get_nowait()
            except Empty:
                return
            if session:
                session.close()

    @contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            session = self._idle.get(block=self._patience != 0, timeout=self._patience)
        except Empty:
            raise AllBusy from None
        try:
            session = session or Session.only_looking(Database.from_settings(self._settings))
            yield session
        finally:
            self._idle.put(session)

    def _read(self, connection: Connection, work: Callable[[Connection], T]) -> T:
        with connection.transaction():
            milliseconds = min(max(self._seconds * 1000, 1), MOST_MILLISECONDS)  # 0 would be: as long as it takes
            connection.execute(_ONLY_READS, [f"{milliseconds:.0f}ms"])
            try:
                return work(connection)
            except psycopg.errors.QueryCanceled:
                raise TooLong(self._seconds, self._timeout) from None


def settings_of_page(settings: BaseSettings) -> BaseSettings:
    """The settings, with the database of the page for that of the program."""
    found = settings.copy()
    if found["WEB_DATABASE_URL"]:
        found.set("DATABASE_URL", found["WEB_DATABASE_URL"], priority="cmdline")
    return found
