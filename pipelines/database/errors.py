"""What can go wrong with the database. Each error is named, and below explained, by what the caller does next.

DatabaseUnreachable        keeps pages in the spool, and tries again later
├── DatabaseFrozen         the same, and waits no longer for the answer
└── DatabaseBusy           the same; a crawl that begins waits for a connection, and does not fetch without one
DatabaseUnusable           fetches and writes nothing; the message says what a person has to do:
├── DatabaseMissing        to name a database, to make it, or to install the embedded one
├── DatabasePooler         to let the pooler hand out whole transactions
├── DatabaseRights         to grant the role what it lacks
├── DatabaseTooNew         to upgrade the program
├── DatabaseTooOld         to upgrade the database, since a command that only looks does not
├── DatabaseEmpty          to crawl first, since a command that only looks makes no tables
├── DatabaseForeign        to name another database, or to undo a change of the tables
├── DatabaseEncoding       to make a database that holds every character
└── ClocksDiffer           to set the clock that is wrong
StatementRefused           mends the statement that it has written

`connection.py` raises them where there is no connection; `session.py` makes them of the errors of psycopg. Errors in
REFUSALS stay as they are: whoever stores a batch sets aside the page that holds the value.
"""

from __future__ import annotations

from datetime import datetime

import psycopg

CANNOT_USE_NOW = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ReadOnlySqlTransaction,
)
"""Errors of the server or its administration, not of a page: pages wait in the spool."""

REFUSALS = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.errors.CardinalityViolation,  # one row twice in a statement
    psycopg.errors.ProgramLimitExceeded,  # an index entry too large
    psycopg.errors.RaiseException,  # a trigger that the owner of the database added
    UnicodeEncodeError,  # half of a surrogate pair, which has no form in UTF-8
)
"""Errors of a value, not of a connection: the database refuses one page, and takes others."""


class DatabaseUnreachable(Exception):
    """There is no connection now: pages stay in the spool. The message holds no password."""


class DatabaseFrozen(DatabaseUnreachable):
    """The database took the connection and does not answer."""

    def __init__(self) -> None:
        super().__init__("the database took our connection and does not answer")


class DatabaseBusy(DatabaseUnreachable):
    """The server, or a pooler before it, has no connection left for us."""

    def __init__(self, refusal: str) -> None:
        super().__init__(
            f"{refusal}: no connection is left; raise the limit of the role, the database, the server or the pooler,"
            " or run fewer crawls at once"
        )


class DatabaseUnusable(Exception):
    """The database can store nothing until a person acts: nothing is fetched. The message says what to do."""


class DatabaseTooNew(DatabaseUnusable):
    """The schema is of a later version of this program."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"the database has schema version {found}, this program knows {known}: upgrade the program"
            " (pip install --upgrade asiatongsin), or name another database in DATABASE_URL"
        )


class DatabaseTooOld(DatabaseUnusable):
    """The schema is of an earlier version of this program, and the command only looks."""

    def __init__(self, name: str, found: int, known: int) -> None:
        super().__init__(
            f"{name} has schema version {found}, this program needs {known}, and a command that only looks changes"
            " nothing. Upgrade the tables with `asiatongsin migrate`; the next crawl does so as well"
        )


class DatabaseEmpty(DatabaseUnusable):
    """There are no tables yet, and the command only looks."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"nothing was stored in {name} yet, and a command that only looks makes no tables: run a crawl first,"
            " or `asiatongsin migrate`"
        )


class DatabaseMissing(DatabaseUnusable):
    """There is no database: neither DATABASE_URL nor the embedded one, or the address leads to none."""


class DatabasePooler(DatabaseUnusable):
    """A pooler hands out single statements, and takes no transactions."""

    def __init__(self, refusal: str) -> None:
        super().__init__(f"{refusal}: set pool_mode of the pooler to transaction or session, or name the server itself")


class DatabaseRights(DatabaseUnusable):
    """The role of DATABASE_URL may not do what is needed."""

    def __init__(self, refusal: str, remedy: str) -> None:
        super().__init__(f"{refusal}: {remedy}")


class DatabaseForeign(DatabaseUnusable):
    """The tables are not those of this program: another program made them, or somebody changed them."""


class DatabaseEncoding(DatabaseUnusable):
    """The database cannot hold every character."""

    def __init__(self, encoding: str | None) -> None:
        super().__init__(
            f"the database has the encoding {encoding} and cannot hold all that pages print: make one with"
            " CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL"
        )


class ClocksDiffer(DatabaseUnusable):
    """The clock of this machine is far from that of the database, so what a crawl stores would bear wrong times."""

    def __init__(self, how: str, now: datetime) -> None:
        super().__init__(
            f"the clock of this machine ({now:%Y-%m-%d %H:%M} UTC) is {how} that of the database: set the wrong one"
            " right, for example with timedatectl set-ntp true; nothing was fetched"
        )


class StatementRefused(Exception):
    """The database does not run what a person wrote; the message says why."""
