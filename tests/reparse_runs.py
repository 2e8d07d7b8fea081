"""What tests of `asiatongsin reparse` have in common: what is stored, and processes that run while the test acts."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from psycopg import Connection

from pipelines.reparse.report import Report
from tests.faults import contents

BASE = "https://newsasia.kr"

Begin = Callable[..., subprocess.Popen[str]]
Reread = Callable[..., Report]


def stored(connection: Connection) -> frozenset[str]:
    return contents.rows(connection)


def empty(connection: Connection) -> None:
    connection.execute(
        "TRUNCATE article_texts, weather_snapshots, crawls, rejected_pages, removed_articles RESTART IDENTITY CASCADE"
    )
