"""Work on the database over a connection, and the one place where what psycopg raises becomes an error of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TypeVar

import psycopg
from psycopg import Connection
from scrapy.settings import BaseSettings

from pipelines.database.connection import Database
from pipelines.database.errors import CANNOT_USE_NOW, REFUSALS, DatabaseForeign, DatabaseFrozen, DatabaseUnreachable
from pipelines.database.migrate import Migration, migrate
from pipelines.threads import start_in_thread, wait_while_progressing

T = TypeVar("T")


def translated(error: psycopg.Error, name: str = "") -> Exception:
    """DatabaseUnreachable or DatabaseForeign, with the name of the database; one of REFUSALS stays as it is."""
    said = " ".join(str(error).split())
    sentence = f"{name}: {said}" if name else said
    if isinstance(error, REFUSALS) and not isinstance(error, CANNOT_USE_NOW):
        return error
    if isinstance(error, psycopg.ProgrammingError) and not isinstance(error, CANNOT_USE_NOW):
        return DatabaseForeign(
            f"{sentence}: the tables are not as this program made them; undo the change,"
            " or name another database in DATABASE_URL"
        )
    return DatabaseUnreachable(sentence)


def answered(work: Callable[[], T], silence_max: float, progress: Callable[[], int] = lambda: 0) -> T:
    """What the work returns, done in a thread; DatabaseFrozen after so many seconds without any progress."""
    done = start_in_thread(work)
    if not wait_while_progressing(done, progress, silence_max):
        raise DatabaseFrozen
    return done.result()


@contextmanager
def connected(settings: BaseSettings) -> Iterator[tuple[Database, Connection, list[Migration]]]:
    """The database, a connection, and what had to be migrated. DatabaseUnreachable, DatabaseUnusable."""
    try:
        database = Database.from_settings(settings)
        with database.connect() as connection:
            yield database, connection, migrate(connection)
    except psycopg.Error as error:
        raise translated(error) from None


class Session:
    """A connection that is opened when it is needed, and once more when it turns out to be broken.

    `prepare` is done with each new connection before anything else is.
    """

    def __init__(self, database: Database, prepare: Callable[[Connection], object] = migrate) -> None:
        self.database = database
        self.connection: Connection | None = None
        self._prepare = prepare

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection, as far as anybody knows."""
        return self.connection is not None

    def run(self, work: Callable[[Connection], T]) -> T:
        """What the work returns; where a connection that was open broke, it is done once more over a new one.

        DatabaseUnreachable, DatabaseUnusable; one of REFUSALS where the database refuses a value.
        """
        was_open = self.is_connected
        try:
            return work(self._open())
        except psycopg.Error as error:
            trouble = translated(error, self.database.name)
        if isinstance(trouble, DatabaseUnreachable):
            self.close()
            if was_open:
                return self.run(work)
        raise trouble

    def close(self) -> None:
        """Gives the connection back."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _open(self) -> Connection:
        if self.connection is None or self.connection.closed:
            self.close()
            with ExitStack() as undo:
                connection = undo.enter_context(closing(self.database.connect()))
                self._prepare(connection)
                undo.pop_all()
            self.connection = connection
        return self.connection
