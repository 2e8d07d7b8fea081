"""To which database spooled pages belong: whichever it is, whatever its host, its pooler and its name are called today.

The data folder remembers which database answered at an address last: a crawl may begin while none answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psycopg
from psycopg import Connection

from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseUnusable
from pipelines.disk import make_private_folder, write_whole

_SYSTEM = "SELECT system_identifier FROM pg_control_system()"
_NUMBER = "SELECT oid FROM pg_database WHERE datname = current_database()"


@dataclass(frozen=True, kw_only=True)
class DatabaseIdentity:
    """A database, as far as it is known."""

    address: str
    """Name, host and port by which it was asked for last."""

    id: str | None = None
    """System identifier of its server, and its number there; None where it was never reached."""

    def is_same(self, other: DatabaseIdentity) -> bool:
        """Whether both may be one database. One that was never reached may be any."""
        return self.id is None or other.id is None or self.id == other.id


_decode = msgspec.json.Decoder(DatabaseIdentity).decode


class DatabaseOther(DatabaseUnusable):
    """The pages belong to another database than the one that answers."""

    def __init__(self, noted: DatabaseIdentity) -> None:
        super().__init__(f"the spooled pages belong to another database ({noted.address}), this one has another id")
        self.noted = noted


def identity_of(database: Database, connection: Connection) -> DatabaseIdentity:
    """The database behind a connection."""
    [(number,)] = connection.execute(_NUMBER).fetchall()
    return DatabaseIdentity(address=database.address, id=f"{_system(connection)}/{number}")


def remembered(data: Path, database: Database) -> DatabaseIdentity:
    """The database, with its id where it was reached before at this address."""
    unknown = DatabaseIdentity(address=database.address)
    try:
        return _decode(_file(data, unknown).read_bytes())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return unknown


def remember(data: Path, database: Database, identity: DatabaseIdentity) -> None:
    """Remembers which database answers at this address."""
    if identity.id and remembered(data, database) != identity:
        with suppress(OSError):  # on a full disk, pages are stored all the same
            write_whole(
                make_private_folder(data / "databases") / _file(data, identity).name, msgspec.json.encode(identity)
            )


def describe_elsewhere(pages: Mapping[str, int]) -> str:
    """Says how many pages wait for other databases, by their addresses, and what to do."""
    named = ", ".join(f"{number} for {address}" for address, number in sorted(pages.items()))
    return (
        f"pages wait in the spool for another database ({named}): name that one in DATABASE_URL and run"
        " `asiatongsin drain`. If it has moved or was made anew, `asiatongsin drain --move` stores them in this one"
    )


def _file(data: Path, identity: DatabaseIdentity) -> Path:
    return data / "databases" / hashlib.sha256(identity.address.encode()).hexdigest()[:16]


def _system(connection: Connection) -> str:
    try:
        with connection.transaction():  # where one is open, it goes on after a refusal
            [(system,)] = connection.execute(_SYSTEM).fetchall()
    except psycopg.errors.InsufficientPrivilege:  # everybody may ask, unless an administrator forbids it
        return "unknown"
    return str(system)
