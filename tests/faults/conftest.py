"""Crawls that something happens to: a process that runs on while the test acts, and a server it may harm."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import pytest

from tests.conftest import ROOT, Run
from tests.faults.disk import Disk
from tests.faults.postgres import Server, SmallDisk


class Crawl:
    """A crawl that is running."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self, timeout: float = 90) -> Run:
        """Waits for its end."""
        status = self.process.wait(timeout)
        return Run(status, "", self.log.read_text())

    def wait_for_log(self, text: str, timeout: float = 30) -> None:
        """Returns when the log says so; TimeoutError where it does not."""
        until = monotonic() + timeout
        while text not in self.log.read_text():
            if monotonic() > until:
                raise TimeoutError(f"not in the log: {text}")
            sleep(0.01)


Start = Callable[..., Crawl]


@pytest.fixture
def start(data: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts a crawl and goes on: `start(replica.url, server.url, "-s", "DOWNLOAD_DELAY=0.05")`.

    `at` is its data folder, `within` what its command begins with.
    """
    running: list[Crawl] = []

    def run(site: str, database_url: str, *arguments: str, within: Sequence[str] = (), at: Path = data) -> Crawl:
        command = [*within, sys.executable, "-m", "scrapy", "crawl", "asiatongsin", "-a", f"site={site}", *arguments]
        log = tmp_path / f"log {len(running)}"
        with log.open("w") as stderr:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | {"ASIATONGSIN_DATA": str(at), "DATABASE_URL": database_url},
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        running.append(Crawl(process, log))
        return running[-1]

    yield run
    for crawl in running:
        if crawl.process.poll() is None:
            crawl.process.kill()
            crawl.process.wait()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of half a megabyte."""
    if not SmallDisk.is_possible():
        pytest.skip("only root may mount a disk")
    with Disk(tmp_path / "disk", kilobytes=512) as disk:
        yield disk


@contextmanager
def _started(kind: type[Server]) -> Iterator[Server]:
    with TemporaryDirectory(prefix="asiatongsin-", ignore_cleanup_errors=True) as folder:
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
