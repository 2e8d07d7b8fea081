"""Collects the state of all sites; where the database does not answer, what is known without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from psycopg import Connection
from scrapy.settings import BaseSettings

from pipelines.database.clock import ahead_of
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseEmpty, DatabaseUnreachable
from pipelines.database.migrate import schema_version
from pipelines.database.session import looking, run_while_progressing
from pipelines.disk import data_folder
from pipelines.queries.fleet import added_sites
from pipelines.queries.machines import fleet
from pipelines.spool.belonging import identity_of, remembered
from pipelines.status import facts
from pipelines.status.reasons import Limits, limits_of_sites, reasons
from pipelines.status.state import DatabaseState, Files, Status


def collect(settings: BaseSettings, site: str | None = None) -> Status:
    """The state of all sites, or of the named one. SettingError, DatabaseUnusable."""
    limits = Limits.from_settings(settings)
    data, database = data_folder(settings), Database.from_settings(settings)
    files = facts.files(data, remembered(data, database), site)
    known = Status(at=datetime.now(UTC), files=files, database=DatabaseState(name=database.name))
    try:
        ask = partial(_with_database, known, settings, site)
        known = run_while_progressing(ask, settings.getfloat("DATABASE_SILENCE_MAX"))
    except DatabaseEmpty:  # an embedded one that was never started
        pass
    except DatabaseUnreachable as error:
        known = replace(known, database=replace(known.database, error=str(error)))
    return replace(known, needs_a_person=reasons(known, limits, site, limits_of_sites(settings, known.added)))


def collect_needs(connection: Connection, settings: BaseSettings) -> tuple[str, ...]:
    """What needs a person, over a connection that somebody has to look with. SettingError.

    Its role need not be the one that stores, so nothing is said about rights.
    """
    limits = Limits.from_settings(settings)
    database = Database.from_settings(settings)
    state = DatabaseState(name=database.name, clock_seconds=ahead_of(connection).total_seconds())
    data = data_folder(settings)
    unread: tuple[str, ...] = ()
    try:
        files = facts.files(data, identity_of(database, connection))
    except OSError as error:
        files = Files(data=str(data), waiting=0, left=0, elsewhere={}, refused=0)
        unread = (f"what waits in the spool is not known: {error.filename} cannot be read: {error.strerror}",)
    known = Status(at=datetime.now(UTC), files=files, database=state)
    known = _with_sites(known, connection, settings, compared=0)
    return (*unread, *reasons(known, limits, own=limits_of_sites(settings, known.added)))


def _with_database(known: Status, settings: BaseSettings, site: str | None) -> Status:
    with looking(settings, may_be_empty=True) as (found, connection):
        files = facts.files(data_folder(settings), identity_of(found, connection), site)
        known = replace(known, files=files, database=facts.database(connection, found.name))
        if not schema_version(connection):
            return known
        known = _with_sites(known, connection, settings, site)
        return replace(known, crawls=facts.crawls(connection, site), rejected=facts.rejected(connection, site))


def _with_sites(
    known: Status,
    connection: Connection,
    settings: BaseSettings,
    site: str | None = None,
    compared: int = facts.CRAWLS_COMPARED,
) -> Status:
    """The same, with all that may need a person. Each last crawl is compared with so many before it."""
    return replace(
        known,
        sites=facts.sites(connection, site, compared),
        added=tuple(added_sites(connection, [site] if site else None, with_retired=True)),
        fleet=None if site else fleet(connection, settings.getfloat("FLEET_DEAD_AFTER")),
    )
