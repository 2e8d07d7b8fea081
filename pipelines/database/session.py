"""How the commands come to a database that is up to date, or say in a sentence why they do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import Connection
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from asiatongsin.printable import printable
from pipelines.database.connection import CANNOT_USE_NOW, Database, DatabaseUnreachable, DatabaseUnusable
from pipelines.database.migrate import Migration, migrate


@contextmanager
def connected(settings: BaseSettings) -> Iterator[tuple[Database, Connection, list[Migration]]]:
    """The database, a connection, and what had to be migrated. UsageError where the database cannot be used.

    DatabaseUnreachable is left to the command: to some it is news, not an error.
    """
    try:
        database = Database.from_settings(settings)
        with database.connect() as connection:
            yield database, connection, migrate(connection)
    except psycopg.ProgrammingError as error:
        if isinstance(error, CANNOT_USE_NOW):
            raise DatabaseUnreachable(" ".join(str(error).split())) from None
        told = f"{' '.join(str(error).split())}: the tables are not as this program made them; undo the change"
        raise UsageError(printable(told), print_help=False) from None
    except DatabaseUnusable as error:
        raise UsageError(printable(str(error)), print_help=False) from None
    except CANNOT_USE_NOW as error:
        raise DatabaseUnreachable(" ".join(str(error).split())) from None
