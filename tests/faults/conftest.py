"""Crawls that something happens to: a process that runs on while the test acts, and a server it may harm."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import ROOT, Run
from tests.faults.postgres import Server


class Crawl:
    """A crawl that is running."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self, timeout: float = 90) -> Run:
        """Waits for its end."""
        output, log = self.process.communicate(timeout=timeout)
        return Run(self.process.returncode, output, log)


Start = Callable[..., Crawl]


@pytest.fixture
def start(data: Path) -> Iterator[Start]:
    """Starts a crawl and goes on: `start(replica.url, server.url, "-s", "DOWNLOAD_DELAY=0.05")`."""
    running: list[Crawl] = []

    def run(site: str, database_url: str, *arguments: str) -> Crawl:
        command = [sys.executable, "-m", "scrapy", "crawl", "asiatongsin", "-a", f"site={site}", *arguments]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"ASIATONGSIN_DATA": str(data), "DATABASE_URL": database_url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(Crawl(process))
        return running[-1]

    yield run
    for crawl in running:
        if crawl.process.poll() is None:
            crawl.process.kill()
            crawl.process.communicate()


@contextmanager
def _server() -> Iterator[Server]:
    with TemporaryDirectory(prefix="asiatongsin-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder) / "server")
        server.start()
        yield server
        server.stop()


@pytest.fixture
def fragile() -> Iterator[Server]:
    """A PostgreSQL server that the test may stop, restart and kill."""
    with _server() as server:
        yield server
