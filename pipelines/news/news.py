"""The stored news of a database, for notebooks and programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar

import psycopg
from psycopg import Connection
from psycopg.pq import TransactionStatus
from scrapy.settings import Settings

from asiatongsin.korean import KST
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseEmpty
from pipelines.database.migrate import require_schema
from pipelines.database.rights import READ
from pipelines.database.session import translate_error
from pipelines.news.arguments import Moment, Names, filters_of, kinds_of_change, names, numbers
from pipelines.news.models import Article, Attachment, Image, Reading, RelatedStory, Revision
from pipelines.news.rows import TIME_ZONE, Rows
from pipelines.queries.changes import Change, changes
from pipelines.queries.names import check_names
from pipelines.queries.records import kinds
from pipelines.queries.records.records import Wanted, check, count, rows

T = TypeVar("T")

OF_CHANGE = {
    "kind": "text",
    **dict.fromkeys(("at", "after", "before"), "timestamptz"),
    "site": "text",
    "no": "bigint",
    **dict.fromkeys(("url", "section", "reporter"), "text"),
    "published_at": "timestamptz",
    "headline": "text",
    "revision": "bigint",
    "modified_at": "timestamptz",
    "headline_before": "text",
    "parts": "text[]",
    **dict.fromkeys(("added", "removed"), "bigint"),
    "now": "text",
}
"""Columns of `changes`, and their types in PostgreSQL's words."""

_IN_KOREAN_TIME = "SELECT set_config('TimeZone', %s, true)"


class News:
    """What is stored, to be read. Several threads may use it at once.

    All filters are those of `asiatongsin search`: docs/en/reference/query.md says what they mean.
    ArgumentError where a filter makes no sense. DatabaseUnreachable and DatabaseUnusable where the rows cannot be had.
    """

    def __init__(self, database: Database) -> None:
        if not database.is_made:
            raise DatabaseEmpty(database.name)
        self._database = database
        self._idle: list[Connection] = []
        self._guard = Lock()
        with self._connected():
            """It is known now whether the database can be read."""

    @classmethod
    def of(cls, settings: Settings, database: str = "", data: str | Path = "") -> Self:
        """The news in the database of the settings, unless another one or another data folder is named."""
        named = {"DATABASE_URL": database, "DATA": str(data)}
        if data and not database:
            settings.set("DATABASE_URL", "", priority="cmdline")
        settings.setdict({name: value for name, value in named.items() if value}, priority="cmdline")
        return cls(Database.from_settings(settings))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<news in {self._database.name}>"

    def close(self) -> None:
        """Closes the connections to the database."""
        with self._guard:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def articles(  # noqa: PLR0913  each is a filter
        self,
        match: str = "",
        *,
        no: int | Iterable[int] | None = None,
        site: Names = None,
        section: Names = None,
        reporter: Names = None,
        since: Moment = None,
        until: Moment = None,
        with_email: bool = False,
    ) -> Rows[Article]:
        """Articles with their newest texts, in the order of site and number.

        E-mail addresses of reporters are there only `with_email`; without, texts have a mark in the place of each.
        """
        filters = filters_of(match, site=site, section=section, reporter=reporter, since=since, until=until)
        return self._rows(Wanted(filters=filters, numbers=numbers(no), with_email=with_email), Article)

    def revisions(
        self,
        no: int | Iterable[int] | None = None,
        *,
        match: str = "",
        site: Names = None,
        section: Names = None,
        since: Moment = None,
        until: Moment = None,
    ) -> Rows[Revision]:
        """All texts that articles had, oldest first; the filters choose the articles."""
        filters = filters_of(match, site=site, section=section, since=since, until=until)
        return self._rows(Wanted(kind=kinds.REVISION_KIND, filters=filters, numbers=numbers(no)), Revision)

    def related(
        self,
        no: int | Iterable[int] | None = None,
        *,
        match: str = "",
        site: Names = None,
        section: Names = None,
        since: Moment = None,
        until: Moment = None,
    ) -> Rows[RelatedStory]:
        """Teasers around articles; the filters choose the articles whose pages show them."""
        filters = filters_of(match, site=site, section=section, since=since, until=until)
        return self._rows(Wanted(kind=kinds.RELATED_KIND, filters=filters, numbers=numbers(no)), RelatedStory)

    def images(
        self,
        no: int | Iterable[int] | None = None,
        *,
        match: str = "",
        site: Names = None,
        section: Names = None,
        since: Moment = None,
        until: Moment = None,
    ) -> Rows[Image]:
        """Addresses and captions of photos; the filters choose the articles."""
        filters = filters_of(match, site=site, section=section, since=since, until=until)
        return self._rows(Wanted(kind=kinds.IMAGE_KIND, filters=filters, numbers=numbers(no)), Image)

    def attachments(
        self,
        no: int | Iterable[int] | None = None,
        *,
        match: str = "",
        site: Names = None,
        section: Names = None,
        since: Moment = None,
        until: Moment = None,
    ) -> Rows[Attachment]:
        """Files that articles offer; the filters choose the articles."""
        filters = filters_of(match, site=site, section=section, since=since, until=until)
        return self._rows(Wanted(kind=kinds.ATTACHMENT_KIND, filters=filters, numbers=numbers(no)), Attachment)

    def weather(
        self, city: Names = None, *, site: Names = None, since: Moment = None, until: Moment = None
    ) -> Rows[Reading]:
        """Temperatures and conditions of cities, in the order of time; 서울 and Seoul name the same one."""
        filters = filters_of(site=site, since=since, until=until)
        return self._rows(Wanted(kind=kinds.WEATHER_KIND, filters=filters, cities=names(city)), Reading)

    def changes(  # noqa: PLR0913  each is a filter
        self,
        since: Moment = "7d",
        *,
        until: Moment = None,
        match: str = "",
        site: Names = None,
        section: Names = None,
        reporter: Names = None,
        only: Names = None,
        minimum: int = 1,
    ) -> Rows[Change]:
        """What crawls found in a time, the newest first: articles new, edited, gone, back, or replaced.

        `only` names some of these. Edits of fewer than `minimum` characters are left out.
        """
        filters = filters_of(match, site=site, section=section, reporter=reporter)
        span = filters_of(since=since, until=until)
        kinds_wanted = kinds_of_change(only)

        def read() -> list[Change]:
            first, last = span.since or datetime.min.replace(tzinfo=KST), span.until or datetime.now(KST)
            with self._in_korean_time() as connection:
                check_names(connection, filters)
                return changes(connection, first, last, filters, only=kinds_wanted, minimum=minimum)

        return Rows(
            OF_CHANGE,
            lambda: ([getattr(change, name) for name in OF_CHANGE] for change in read()),
            lambda: len(read()),
            Change,
        )

    def _rows(self, wanted: Wanted, of: type[T]) -> Rows[T]:
        return Rows(
            {field.name: field.type for field in wanted.fields},
            partial(self._read, wanted),
            partial(self._count, wanted),
            of,
        )

    def _read(self, wanted: Wanted) -> Iterator[Sequence[Any]]:
        with self._in_korean_time() as connection:
            check(connection, wanted)
            yield from rows(connection, wanted)

    def _count(self, wanted: Wanted) -> int:
        with self._connected() as connection:
            check(connection, wanted)
            return count(connection, wanted)

    @contextmanager
    def _in_korean_time(self) -> Iterator[Connection]:
        """A connection in a transaction that gives times in Korean time."""
        with self._connected() as connection, connection.transaction():
            connection.execute(_IN_KOREAN_TIME, [TIME_ZONE])
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection that nobody else uses meanwhile: rows may be asked for while others are read."""
        try:
            connection = self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)
        except psycopg.Error as error:
            raise translate_error(error, self._database.name, READ) from None

    def _take(self) -> Connection:
        """One that was used before and still answers, else a new one."""
        while True:
            with self._guard:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                break
            with suppress(psycopg.OperationalError):
                connection.execute("SELECT")
                return connection
            connection.close()
        with ExitStack() as undo:
            connection = undo.enter_context(closing(self._database.connect()))
            require_schema(connection, self._database.name)
            undo.pop_all()
        return connection

    def _give_back(self, connection: Connection) -> None:
        if connection.info.transaction_status is TransactionStatus.IDLE:
            with self._guard:
                self._idle.append(connection)
        else:
            connection.close()
