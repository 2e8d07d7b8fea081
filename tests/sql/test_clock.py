"""The clock of this machine and that of the database."""

from __future__ import annotations

import pytest
from psycopg import Connection

from pipelines.database import clock
from pipelines.database.errors import ClocksDiffer


def move(connection: Connection, by: str) -> None:
    """Moves the clock of the database by so much, for this connection."""
    connection.execute("CREATE SCHEMA moved")
    connection.execute(f"CREATE FUNCTION moved.now() RETURNS timestamptz RETURN pg_catalog.now() + interval '{by}'")
    connection.execute("SET search_path = moved, pg_catalog, public")


@pytest.mark.parametrize(
    ("by", "says"),
    [("-9 hours", "9 h ahead of"), ("370 days", "370.0 days behind"), ("11 minutes", "11 min behind")],
)
def test_two_clocks_that_are_far_apart_are_told(connection: Connection, by: str, says: str) -> None:
    move(connection, by)
    with pytest.raises(ClocksDiffer, match=rf"is {says} that of the database: set the wrong one right.*nothing was"):
        clock.check(connection)


def test_clocks_that_differ_by_minutes_do_no_harm(connection: Connection) -> None:
    clock.check(connection)
    move(connection, "8 minutes")
    clock.check(connection)


@pytest.mark.parametrize("style", ["German, DMY", "SQL, MDY", "Postgres, DMY"])
def test_however_the_database_writes_times(connection: Connection, style: str) -> None:
    connection.execute(f"SET DateStyle = '{style}'")
    clock.check(connection)
