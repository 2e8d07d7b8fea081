"""Crawls that something happens to: a process that runs on while the test acts, and a server it may harm."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from typing import Self

import pytest

from tests import keeper, warm_start
from tests.conftest import ROOT, Run
from tests.faults.disk import Disk
from tests.faults.postgres import Server, SmallDisk
from tests.processes import peak, wait_until


class Crawl:
    """A crawl that is running."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    @classmethod
    def of(cls, site: str, database_url: str, *arguments: str, at: Path, log: Path, within: Sequence[str] = ()) -> Self:
        """Starts it: `at` is its data folder, `within` what its command begins with."""
        command = [*within, *warm_start.COMMAND, "crawl", "asiatongsin", "-a", f"site={site}", *arguments]
        environment = os.environ | {"ASIATONGSIN_DATA": str(at), "DATABASE_URL": database_url}
        with log.open("w") as stderr:
            return cls(warm_start.Popen(command, cwd=ROOT, env=environment, stdout=DEVNULL, stderr=stderr), log)

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self, timeout: float = 600) -> Run:
        """Waits for its end."""
        megabytes = peak(self.process, lambda: f"still running:\n{self.log.read_text()}", timeout)
        return Run(self.process.returncode, "", self.log.read_text(), megabytes)

    def wait_for_log(self, text: str, timeout: float = 600) -> None:
        """Returns when the log says so; TimeoutError where it does not."""
        wait_until(lambda: text in self.log.read_text(), lambda: f"not in the log: {text}", timeout)

    def kill(self) -> None:
        """Ends it if it runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


Start = Callable[..., Crawl]


@pytest.fixture
def start(data: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts a crawl and goes on: `start(replica.url, server.url, "-s", "DOWNLOAD_DELAY=0.05")`."""
    running: list[Crawl] = []

    def run(site: str, database_url: str, *arguments: str, at: Path = data, within: Sequence[str] = ()) -> Crawl:
        log = tmp_path / f"log {len(running)}"
        running.append(Crawl.of(site, database_url, *arguments, at=at, log=log, within=within))
        return running[-1]

    yield run
    for crawl in running:
        crawl.kill()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of two megabytes."""
    if not SmallDisk.is_possible():
        pytest.skip("only root may mount a disk")
    with Disk(tmp_path / "disk", kilobytes=2048) as disk:
        yield disk


@contextmanager
def _started(kind: type[Server]) -> Iterator[Server]:
    with TemporaryDirectory(dir=keeper.folder(), ignore_cleanup_errors=True) as folder:
        server = kind(Path(folder) / "server")
        server.start()
        yield server
        server.stop()


@pytest.fixture
def fragile() -> Iterator[Server]:
    """A PostgreSQL server that the test may stop, restart, freeze and kill."""
    with _started(Server) as server:
        yield server


@pytest.fixture
def small_disk() -> Iterator[Server]:
    """A PostgreSQL server whose disk is soon full."""
    if not SmallDisk.is_possible():
        pytest.skip("only root may mount a small disk")
    with _started(SmallDisk) as server:
        yield server
