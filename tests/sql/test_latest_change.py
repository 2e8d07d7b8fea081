"""`asiatongsin diff` without a number, run in this process."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.exceptions import UsageError

from pipelines.commands.diff import Command
from tests.samples import export, later, page
from tests.sql.test_looking import settings


def diff(url: str, data: Path, *given: str) -> None:
    command = Command()
    command.settings = settings(url, data)
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    opts, args = parser.parse_known_args(given)
    command.run(args, opts)


def test_shows_the_latest_change_alone(
    connection: Connection, database_url: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    diff(database_url, data)
    assert capsys.readouterr().out == "no stored article was changed so far\n"
    export(connection, page(1, headline="하나"), page(2, headline="하나"), page(3, later(500), headline="하나"))
    export(connection, page(2, later(60), headline="둘"))
    export(connection, page(1, later(120), headline="둘"))
    export(connection, page(1, later(180), headline="셋"))
    diff(database_url, data)
    assert capsys.readouterr().out.splitlines() == [
        "https://newsasia.kr/news/article.html?no=1",
        "",
        "revision 2 → 3, fetched 2025-10-05 11:52 → 2025-10-05 12:52 (Korean time)",
        "[-둘-]{+셋+}",
        "…",
    ]
    with pytest.raises(UsageError, match=r"nothing of example\.kr is stored; the sites are newsasia\.kr"):
        diff(database_url, data, "--site", "example.kr", "--patch")
