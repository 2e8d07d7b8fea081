"""A real pgbouncer in front of the tests' server: Debian's package, or what `make pgbouncer` has unpacked."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL
from tempfile import TemporaryDirectory

from psycopg import conninfo

from tests import keeper
from tests.processes import wait_until
from tests.warm_start import ROOT

UNPACKED = ROOT / ".pgbouncer"
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin:{UNPACKED}/usr/sbin")

SETTINGS = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
logfile = {folder}/log
pool_mode = {mode}
default_pool_size = {size}
query_wait_timeout = {patience}
"""


@contextmanager
def pooled(url: str, mode: str = "transaction", size: int = 5, patience: int = 600) -> Iterator[str]:
    """The address that leads to the same database through a pooler with `size` connections to the server."""
    given = conninfo.conninfo_to_dict(url)
    port = given.get("port") or "5432"
    with TemporaryDirectory(dir=keeper.folder()) as folder:
        is_root = os.geteuid() == 0
        if is_root:
            shutil.chown(folder, "nobody")
        settings = SETTINGS.format(
            host=given["host"], port=port, folder=folder, mode=mode, size=size, patience=patience
        )
        (Path(folder) / "settings").write_text(settings)
        (Path(folder) / "users").write_text(f'"{given["user"]}" ""\n')
        command = [str(PROGRAM), *(("-u", "nobody") if is_root else ()), f"{folder}/settings"]
        libraries = ":".join(map(str, UNPACKED.glob("usr/lib/*")))
        environment = os.environ | {"LD_LIBRARY_PATH": libraries}
        with subprocess.Popen(command, env=environment, stdout=DEVNULL, stderr=DEVNULL) as process:
            try:
                wait_until((Path(folder) / f".s.PGSQL.{port}").exists)
                yield conninfo.make_conninfo(url, host=folder)
            finally:
                process.kill()
