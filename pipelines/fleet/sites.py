"""Writes the table `sites`: what operators add, change, pause and retire."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.types.json import Jsonb

from asiatongsin.errors import ArgumentError
from asiatongsin.nearest import nearest
from pipelines.fleet.site_entry import Given, SiteEntry
from pipelines.queries.fleet import AddedSite, added_sites
from pipelines.queries.sites import BASE
from pipelines.queries.sites import SITES as CRAWLED

_ADD = """
INSERT INTO sites (site, base, schedule, time_zone, next_at, priority, politeness_group, settings, arguments, note)
VALUES (
    %(site)s, %(base)s, %(schedule)s, %(time_zone)s, %(next_at)s, %(priority)s, %(politeness_group)s, %(settings)s,
    %(arguments)s, %(note)s
)"""

_LOCK = "SELECT next_at FROM sites WHERE site = %s FOR UPDATE"
_CHANGE = """
UPDATE sites SET base = %(base)s, schedule = %(schedule)s, time_zone = %(time_zone)s, next_at = %(next_at)s,
    priority = %(priority)s, politeness_group = %(politeness_group)s, settings = %(settings)s,
    arguments = %(arguments)s, note = %(note)s
WHERE site = %(site)s"""

_PAUSE = """
UPDATE sites SET paused_at = now() WHERE site = ANY(%s) AND paused_at IS NULL AND retired_at IS NULL RETURNING site"""
_RESUME = """
UPDATE sites SET paused_at = NULL, retired_at = NULL
WHERE site = ANY(%s) AND (paused_at IS NOT NULL OR retired_at IS NOT NULL) RETURNING site"""
_RETIRE = "UPDATE sites SET retired_at = now() WHERE site = ANY(%s) AND retired_at IS NULL RETURNING site"
_ADD_CRAWLED: LiteralString = f"""
INSERT INTO sites (site, base)
SELECT s.site, {BASE} FROM unnest(%s::text[]) AS s (site) ON CONFLICT DO NOTHING"""
_ADDED = "SELECT site FROM sites"


def add(connection: Connection, entries: Iterable[SiteEntry], now: datetime | None = None) -> None:
    """Adds sites, all or none of them. ArgumentError where one is there already."""
    now = now or datetime.now(UTC)
    entries = list(entries)
    with connection.transaction():
        require_absent(connection, [one.site for one in entries])
        connection.cursor().executemany(_ADD, [_values(one, first_time(one, now)) for one in entries])


def require_absent(connection: Connection, sites: Sequence[str]) -> None:
    """ArgumentError where one of the sites was added already."""
    for one in added_sites(connection, [*sites], with_retired=True)[:1]:
        raise ArgumentError(is_there(one))


def is_there(added: AddedSite) -> str:
    """Says that a site was added before, and what changes it."""
    what = "resume` takes it up again" if added.retired_at else "set` changes it"
    return f"{added.site} is there already{', retired' * bool(added.retired_at)}: `asiatongsin sites {what}"


def first_time(entry: SiteEntry, now: datetime) -> datetime | None:
    """When a new site is due: by an interval at once, by a cron expression at its next time."""
    schedule = entry.parsed_schedule
    if schedule is None:
        return None
    return now if schedule.every else schedule.next_after(now, entry.site)


def change(connection: Connection, site: str, given: Given, now: datetime | None = None) -> SiteEntry:
    """Changes what was given of a site that was added; the entry as it is then. ArgumentError."""
    now = now or datetime.now(UTC)
    with connection.transaction():
        require(connection, [site])
        [[next_at]] = connection.execute(_LOCK, [site]).fetchall()
        before = SiteEntry.of(added_sites(connection, [site], with_retired=True)[0])
        after = before.changed(given)
        if (before.schedule, before.time_zone) != (after.schedule, after.time_zone):
            schedule = after.parsed_schedule
            next_at = schedule.next_after(now, site) if schedule else None
        connection.execute(_CHANGE, _values(after, next_at))
    return after


def pause(connection: Connection, sites: Sequence[str]) -> list[str]:
    """Lets the schedule pass sites over; returns those of which that is new. ArgumentError."""
    return _mark(connection, _PAUSE, sites)


def resume(connection: Connection, sites: Sequence[str]) -> list[str]:
    """Takes sites up again that were paused or retired; returns those of which that is new. ArgumentError."""
    return _mark(connection, _RESUME, sites)


def retire(connection: Connection, sites: Sequence[str]) -> list[str]:
    """Ends the crawls of sites for good, also of those that were never added. ArgumentError where one is unknown."""
    crawled = {site for (site,) in connection.execute(CRAWLED)}
    with connection.transaction():
        connection.execute(_ADD_CRAWLED, [[site for site in sites if site in crawled]])
        return _mark(connection, _RETIRE, sites)


def require(connection: Connection, sites: Collection[str]) -> None:
    """ArgumentError where one of the sites was not added."""
    added = {site for (site,) in connection.execute(_ADDED)}
    for site in sites:
        if site not in added:
            near = f"; the nearest is {nearest(site, added)}" if added else ""
            raise ArgumentError(f"{site} was not added{near}: `asiatongsin sites add` adds it")


def _mark(connection: Connection, statement: Any, sites: Sequence[str]) -> list[str]:
    with connection.transaction():
        require(connection, sites)
        return [site for (site,) in connection.execute(statement, [[*sites]])]


def _values(entry: SiteEntry, next_at: datetime | None) -> dict[str, Any]:
    texts = {"settings": Jsonb(dict(entry.settings)), "arguments": Jsonb(dict(entry.arguments))}
    return asdict(entry) | texts | {"next_at": next_at}
