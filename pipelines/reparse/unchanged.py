"""Leaves out pages that are stored as they are read, so that a process hands on only what may differ."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from asiatongsin.items import PageItems
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.database.session import Session
from pipelines.reparse.compare import differences
from pipelines.reparse.parts import Chunk


@dataclass(frozen=True)
class Unchanged:
    """Compares pages of these sites. Whoever is handed the others compares them again, in order."""

    database: Database
    sites: frozenset[str]

    @cached_property
    def session(self) -> Session:
        """A connection of this process."""
        return Session.only_looking(self.database)

    def left_out(self, chunk: Chunk) -> Chunk:
        """The chunk without them; as it is, where the database does not answer."""
        compared = [page.items for page in chunk.pages if self._is_compared(page.items)]
        if not compared:
            return chunk
        with suppress(DatabaseUnreachable, DatabaseUnusable):
            found = self.session.run(lambda connection: differences(connection, compared))
            differing = {_key(one.items) for one in found}
            same = {_key(items) for items in compared} - differing
            before = len(chunk.pages)
            chunk.pages = [page for page in chunk.pages if _key(page.items) not in same]
            chunk.same = before - len(chunk.pages)
        return chunk

    def _is_compared(self, items: PageItems) -> bool:
        if not self.database.url:  # an embedded server runs on where a process has used it that others end
            return False
        return items.archived is not None and items.site in self.sites


def _key(items: PageItems) -> tuple[str, int | None, datetime]:
    return items.site, items.no, items.fetched_at
