"""Compares the clock of this machine, by which a crawl dates what it stores, with that of the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from psycopg import Connection

from asiatongsin.durations import ahead_or_behind
from asiatongsin.plausible import CLOCKS_DIFFER_MAX
from pipelines.database.errors import ClocksDiffer

# As seconds: how PostgreSQL writes a time depends on its settings.
_NOW = "SELECT extract(epoch FROM now())::float8"


def ahead_of(connection: Connection) -> timedelta:
    """How far the clock of this machine is ahead of the database's; negative where it is behind."""
    [(seconds,)] = connection.execute(_NOW).fetchall()
    return datetime.now(UTC) - datetime.fromtimestamp(seconds, UTC)


def check(connection: Connection) -> None:
    """ClocksDiffer where the two clocks are further apart than CLOCKS_DIFFER_MAX."""
    ahead = ahead_of(connection)
    if abs(ahead) > CLOCKS_DIFFER_MAX:
        raise ClocksDiffer(ahead_or_behind(ahead), datetime.now(UTC))
