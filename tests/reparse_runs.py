"""What tests of `scrapy reparse` have in common: what is stored, and processes that run while the test acts."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

from psycopg import Connection

from pipelines.reparse.report import Report
from tests.faults import contents

BASE = "https://newsasia.kr"

Begin = Callable[..., subprocess.Popen[str]]
Reread = Callable[..., Report]


def numbers(connection: Connection) -> list[int]:
    return [no for (no,) in connection.execute("SELECT no FROM articles ORDER BY no")]


def stored(connection: Connection) -> frozenset[str]:
    return contents.rows(connection)


def empty(connection: Connection) -> None:
    connection.execute(
        "TRUNCATE articles, weather_snapshots, crawls, rejected_pages, removed_articles RESTART IDENTITY CASCADE"
    )


def until(happened: Callable[[], bool], timeout: float = 600) -> None:
    end = monotonic() + timeout
    while not happened():
        if monotonic() > end:
            raise TimeoutError
        sleep(0.01)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
