"""What can go wrong with the database, named after what the caller does next.

DatabaseUnreachable        keeps what is to be stored in the spool, and asks again later
└── DatabaseFrozen         the same, and waits no longer for an answer that is on its way
DatabaseUnusable           fetches and writes nothing; the message says what a person has to do:
├── DatabaseMissing        to name a database, or to install the embedded one
├── DatabaseTooNew         to upgrade the program
├── DatabaseForeign        to name another database, or to undo a change of the tables
└── DatabaseEncoding       to make a database that holds every character

`connection.py` raises them where no connection is to be had, `session.py` turns what psycopg raises over one into them.
REFUSALS it leaves as they are: whoever stores a batch sets the page aside that holds the value.
"""

from __future__ import annotations

import psycopg

CANNOT_USE_NOW = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ReadOnlySqlTransaction,
)
"""Troubles of the server or its administration, not of a page: what is to be stored waits."""

REFUSALS = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.errors.CardinalityViolation,  # one row twice in a statement
    psycopg.errors.ProgramLimitExceeded,  # an index entry too large
    psycopg.errors.RaiseException,  # a trigger that the owner of the database added
)
"""What the database says to a value, not to a connection."""


class DatabaseUnreachable(Exception):
    """No connection now: what is to be stored stays in the spool. The message holds no password."""


class DatabaseFrozen(DatabaseUnreachable):
    """It took our connection and says nothing more."""

    def __init__(self) -> None:
        super().__init__("the database took our connection and does not answer")


class DatabaseUnusable(Exception):
    """Nothing can ever be stored in it as things are: nothing is fetched or written. The message says what to do."""


class DatabaseTooNew(DatabaseUnusable):
    """The schema is of a later version of this program."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"the database has schema version {found}, this program knows {known}: upgrade the program"
            " (pip install --upgrade asiatongsin), or name another database in DATABASE_URL"
        )


class DatabaseMissing(DatabaseUnusable):
    """Neither DATABASE_URL nor the embedded database, or an address that is none."""


class DatabaseForeign(DatabaseUnusable):
    """The database holds tables of another program under the names of ours, or ours were changed."""


class DatabaseEncoding(DatabaseUnusable):
    """The database cannot hold every character."""

    def __init__(self, encoding: str | None) -> None:
        super().__init__(
            f"the database has the encoding {encoding} and cannot hold all that pages print: make one with"
            " CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL"
        )
