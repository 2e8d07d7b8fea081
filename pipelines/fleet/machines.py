"""The machines of the fleet: each says every few seconds that it is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row

from asiatongsin import __version__

_STANDING = """
SELECT seen_at, extract(epoch FROM now() - seen_at)::float8 AS silent_for FROM machines
WHERE machine = %s AND stopped_at IS NULL"""
_NOW = "SELECT now()"
_ENTER = """
INSERT INTO machines (machine, version, slots, started_at, seen_at) VALUES (%s, %s, %s, %s, now())
ON CONFLICT (machine) DO UPDATE SET version = excluded.version, slots = excluded.slots,
    started_at = excluded.started_at, seen_at = excluded.seen_at, stop_asked_at = NULL, stopped_at = NULL"""
_BEAT = """
UPDATE machines SET seen_at = now(), spool_pages = %s, refused = %s WHERE machine = %s AND started_at = %s
RETURNING stop_asked_at IS NOT NULL"""
_LEAVE = "UPDATE machines SET stopped_at = now() WHERE machine = %s AND started_at = %s"


class NameTaken(Exception):
    """Another worker runs under the name of this machine."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"another worker runs as {name}: give each machine a name of its own in ASIATONGSIN_FLEET_MACHINE,"
            " and run one worker on each"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """This machine, as long as one worker runs."""

    name: str
    """Its name in the fleet."""

    slots: int
    """How many jobs it does at once."""

    started_at: datetime
    """When the worker started, by the clock of the database: it tells one run from the next."""

    def enter(self, connection: Connection) -> None:
        """Takes the place of an earlier run."""
        connection.execute(_ENTER, [self.name, __version__, self.slots, self.started_at])

    def beat(self, connection: Connection, spool: Mapping[str, int]) -> bool:
        """Says that the machine is there; returns whether somebody asked it to end. NameTaken."""
        row = connection.execute(_BEAT, [spool["pages"], spool["refused"], self.name, self.started_at]).fetchone()
        if row is None:
            if connection.execute(_STANDING, [self.name]).fetchone():
                raise NameTaken(self.name)
            self.enter(connection)
        return row == (True,)

    def leave(self, connection: Connection) -> None:
        """Says that the worker has ended in good order."""
        connection.execute(_LEAVE, [self.name, self.started_at])


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A run of a worker that has not ended in good order."""

    seen_at: datetime
    """When it was heard of last."""

    silent_for: float
    """Seconds since then."""


def standing(connection: Connection, name: str) -> Standing | None:
    """The run under this name; None where the last one ended in good order, or there was none."""
    with connection.cursor(row_factory=class_row(Standing)) as cursor:
        return cursor.execute(_STANDING, [name]).fetchone()


def enter(connection: Connection, name: str, slots: int) -> Machine:
    """Makes a worker known under its name, in the place of an earlier run."""
    [(started_at,)] = connection.execute(_NOW).fetchall()
    machine = Machine(name=name, slots=slots, started_at=started_at)
    machine.enter(connection)
    return machine
