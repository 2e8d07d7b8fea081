"""How long the weather strip of a site has been the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from psycopg import Connection
from psycopg.rows import class_row

NEWEST: LiteralString = """
SELECT first_fetched_at AS since, last_fetched_at AS until, last_fetched_at - first_fetched_at AS unchanged_for
FROM weather_snapshots WHERE site = {site} ORDER BY first_fetched_at DESC, id DESC LIMIT 1"""
"""The newest strip of the site to which `{site}` is set."""

_NEWEST = NEWEST.format(site="%s")


@dataclass(frozen=True, kw_only=True)
class NewestStrip:
    """The newest weather strip of a site."""

    since: datetime
    """When a page showed it first."""

    until: datetime
    """When a page showed it last."""

    unchanged_for: timedelta
    """The time between."""


def newest_strip(connection: Connection, site: str) -> NewestStrip | None:
    """The newest strip of a site; None where no page of it showed one."""
    return connection.cursor(row_factory=class_row(NewestStrip)).execute(_NEWEST, [site]).fetchone()
