"""Work over a connection to the database. Here alone the errors of psycopg become errors of this program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from threading import RLock
from typing import Self, TypeVar

import psycopg
from psycopg import Connection
from scrapy.settings import BaseSettings

from pipelines.database.connection import Database
from pipelines.database.errors import (
    CANNOT_USE_NOW,
    REFUSALS,
    DatabaseBusy,
    DatabaseEmpty,
    DatabaseForeign,
    DatabaseFrozen,
    DatabasePooler,
    DatabaseRights,
    DatabaseUnreachable,
)
from pipelines.database.migrate import Migration, migrate, require_schema
from pipelines.database.refusal import NO_CONNECTION_LEFT, NO_TRANSACTIONS, code_of_pooler
from pipelines.database.rights import READ, USED, grant_tables
from pipelines.threads import start_in_thread, wait_while_progressing

T = TypeVar("T")

OF_POOLER = {NO_CONNECTION_LEFT: DatabaseBusy, NO_TRANSACTIONS: DatabasePooler}
"""What a pooler says only as a statement is executed."""


def translate_error(error: psycopg.Error, name: str = "", rights: Sequence[str] = USED) -> Exception:
    """The error of psycopg as DatabaseUnreachable, DatabaseRights or DatabaseForeign, with the name of the database.

    One of REFUSALS stays as it is. `rights` are those that the role needs on the tables.
    """
    text = " ".join(str(error).split())
    sentence = f"{name}: {text}" if name else text
    if (code := code_of_pooler(text)) in OF_POOLER:
        return OF_POOLER[code](sentence)
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return DatabaseRights(sentence, grant_tables("public", "the role of DATABASE_URL", rights))
    if isinstance(error, REFUSALS) and not isinstance(error, CANNOT_USE_NOW):
        return error
    if isinstance(error, psycopg.ProgrammingError) and not isinstance(error, CANNOT_USE_NOW):
        return DatabaseForeign(
            f"{sentence}: the tables are not as this program made them; undo the change,"
            " or name another database in DATABASE_URL"
        )
    return DatabaseUnreachable(sentence)


def run_while_progressing(work: Callable[[], T], silence_max: float, progress: Callable[[], int] = lambda: 0) -> T:
    """Does the work in a thread and returns its result.

    DatabaseFrozen where `progress` stands still for `silence_max` seconds.
    """
    done = start_in_thread(work)
    if not wait_while_progressing(done, progress, silence_max):
        raise DatabaseFrozen
    return done.result()


@contextmanager
def translated(name: str = "", rights: Sequence[str] = USED) -> Iterator[None]:
    """Raises errors of psycopg as `translate_error` has them."""
    try:
        yield
    except psycopg.Error as error:
        raise translate_error(error, name, rights) from None


@contextmanager
def connected(settings: BaseSettings) -> Iterator[tuple[Database, Connection, list[Migration]]]:
    """The database, a connection, and the migrations that were applied. DatabaseUnreachable, DatabaseUnusable."""
    database = Database.from_settings(settings)
    with translated(), database.connect() as connection:
        yield database, connection, migrate(connection)


@contextmanager
def looking(settings: BaseSettings, *, may_be_empty: bool = False) -> Iterator[tuple[Database, Connection]]:
    """The database and a connection to it, for commands that only look: no table is made or changed.

    DatabaseUnreachable, DatabaseUnusable: an older schema is not upgraded, and an embedded database is not made.
    """
    database = Database.from_settings(settings)
    if not database.is_made:
        raise DatabaseEmpty(database.name)
    with translated(rights=READ), database.connect() as connection:
        with suppress(*[DatabaseEmpty] * may_be_empty):
            require_schema(connection, database.name)
        yield database, connection


@contextmanager
def opened(settings: BaseSettings, *, only_looks: bool) -> Iterator[tuple[Database, Connection]]:
    """The database and a connection, for commands that write or only look as the user says."""
    if only_looks:
        with looking(settings) as found:
            yield found
    else:
        with connected(settings) as (database, connection, _):
            yield database, connection


class Session:
    """A connection that is opened when it is first needed, and once more where it broke.

    `prepare` is called first with each new connection. Threads may share a session: each waits for its turn. `rights`
    are those that the role needs on the tables.
    """

    def __init__(
        self,
        database: Database,
        prepare: Callable[[Connection], object] = migrate,
        rights: Sequence[str] = USED,
    ) -> None:
        self.database = database
        self.connection: Connection | None = None
        self._prepare = prepare
        self._rights = rights
        self._one_at_a_time = RLock()

    @classmethod
    def only_looking(cls, database: Database) -> Self:
        """A session that makes no table, changes none, and makes no embedded database. DatabaseEmpty."""
        if not database.is_made:
            raise DatabaseEmpty(database.name)
        return cls(database, prepare=partial(require_schema, name=database.name), rights=READ)

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection; that it broke shows only in its next use."""
        return self.connection is not None

    def run(self, work: Callable[[Connection], T]) -> T:
        """Does the work and returns its result. Where an open connection broke, it is done once more over a new one.

        DatabaseUnreachable, DatabaseUnusable; one of REFUSALS where the database refuses a value.
        """
        with self._one_at_a_time:
            was_open = self.is_connected
            try:
                return work(self._open())
            except psycopg.Error as error:
                trouble = translate_error(error, self.database.name, self._rights)
            if isinstance(trouble, DatabaseUnreachable):
                self.close()
                if was_open:
                    return self.run(work)
            raise trouble

    def close(self) -> None:
        """Closes the connection."""
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
