"""Remembers the troubles of a site: in the database, for all machines, and in the data folder, while it is away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from psycopg import Connection
from scrapy.settings import BaseSettings

from pipelines.database.connection import Database
from pipelines.database.errors import REFUSALS, DatabaseUnreachable, DatabaseUnusable
from pipelines.database.migrate import require_schema
from pipelines.database.session import Session, run_while_progressing
from pipelines.disk import describe_error
from pipelines.monitoring.site_troubles import SiteTroubles

T = TypeVar("T")

logger = logging.getLogger(__name__)

DATABASE_SECONDS = 4.0
"""Seconds that the database has for an answer. A message takes up to ten, and both must fit in NOTICES_SECONDS."""

_READ = "SELECT troubles::text FROM site_troubles WHERE site = %s"
_WRITE = """
INSERT INTO site_troubles (site, troubles, changed_at) VALUES (%s, %s::jsonb, %s)
ON CONFLICT (site) DO UPDATE SET troubles = excluded.troubles, changed_at = excluded.changed_at"""


class Memory:
    """The troubles of a site, read and written while one crawl is told of.

    Once the database has not answered, the file alone counts: it takes the place of the row when it changed later.
    """

    def __init__(self, data: Path, site: str, session: Session | None) -> None:
        self.data = data
        self.site = site
        self._session = session

    def read(self) -> SiteTroubles:
        """What is known of the site."""
        try:
            file = SiteTroubles.read(self.data, self.site)
        except OSError as error:
            logger.warning(
                "Which alerts were sent cannot be read, so the next one may be sent twice: %s",
                describe_error(error, self.data),
            )
            file = SiteTroubles()
        row = self._ask(partial(_read, site=self.site))
        return file.with_row(row) if row else file

    def write(self, troubles: SiteTroubles) -> SiteTroubles:
        """Keeps what is known of the site, and returns it with the moment at which it changed."""
        changed_at = datetime.now(UTC)
        if troubles.changed_at:  # the clock of the machine that wrote it may be ahead of ours
            changed_at = max(changed_at, troubles.changed_at + timedelta(microseconds=1))
        changed = replace(troubles, changed_at=changed_at)
        agreed = replace(changed, agreed_at=changed_at)
        is_stored = self._ask(partial(_write, site=self.site, troubles=agreed, changed_at=changed_at))
        changed = agreed if is_stored else changed
        try:
            changed.write(self.data, self.site)
        except OSError as error:
            logger.warning(
                "Which alerts were sent cannot be kept, so the next crawl may send them again: %s",
                describe_error(error, self.data),
            )
        return changed

    def _ask(self, work: Callable[[Connection], T]) -> T | None:
        """Does the work over a connection; None where no database answers in time."""
        if self._session is None:
            return None
        try:
            return run_while_progressing(partial(self._session.run, work), DATABASE_SECONDS)
        except DatabaseUnreachable:
            pass  # the crawl says so
        except (DatabaseUnusable, *REFUSALS) as error:
            logger.warning(
                "Which alerts were sent is kept in the data folder alone, where other machines do not see it: %s",
                " ".join(str(error).split()),
            )
        self._session = None
        return None


@contextmanager
def memory_of(settings: BaseSettings, data: Path, site: str, session: Session | None) -> Iterator[Memory]:
    """What remembers the troubles of a site, over the connection of its crawl or, without one, over a connection made
    for it.
    """
    if session:
        yield Memory(data, site, session)
        return
    own = _own_session(settings)
    try:
        yield Memory(data, site, own)
    finally:
        if own:
            own.close()


def _own_session(settings: BaseSettings) -> Session | None:
    with suppress(DatabaseUnusable):
        database = Database.from_settings(settings)
        if database.is_made:
            return Session(database, prepare=partial(require_schema, name=database.name))
    return None


def _read(connection: Connection, site: str) -> SiteTroubles | None:
    row = connection.execute(_READ, [site]).fetchone()
    return SiteTroubles.decode(row[0].encode()) if row else None


def _write(connection: Connection, site: str, troubles: SiteTroubles, changed_at: datetime) -> bool:
    connection.execute(_WRITE, [site, troubles.encode().decode(), changed_at])
    return True
