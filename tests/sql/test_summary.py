"""`asiatongsin summary`, run in this process."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.exceptions import UsageError

from pipelines.commands.summary import Command
from tests.samples import export, page, story
from tests.sql.test_looking import settings


def summary(url: str, data: Path, *given: str) -> None:
    command = Command()
    command.settings = settings(url, data)
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    opts, args = parser.parse_known_args(given)
    command.run(args, opts)


def test_shows_several_sites_apart(
    connection: Connection, database_url: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(connection, page(1, stories=[story(1)], seoul=21.5))
    summary(database_url, data)
    assert capsys.readouterr().out.startswith("Newest articles\n")
    export(connection, page(2, site="example.kr", headline="다른 신문", published_at=None))
    summary(database_url, data)
    first, second = capsys.readouterr().out.split("=== newsasia.kr ===\n")
    assert first.startswith("=== example.kr ===\n\nNewest articles\n")
    assert "다른 신문" in first
    assert "Weather: none" in first
    assert all(text in second for text in ("기사 1의 제목", "21.5", "이야기 1"))
    assert "다른 신문" not in second


def test_shows_one_of_them(
    connection: Connection, database_url: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(connection, page(1), page(2, site="example.kr", headline="다른 신문"))
    summary(database_url, data, "--site", "https://www.newsasia.kr/")
    out = capsys.readouterr().out
    assert out.startswith("=== newsasia.kr ===\n")
    assert "다른 신문" not in out
    with pytest.raises(UsageError, match=r"nothing of other\.kr is stored; the sites are example\.kr, newsasia\.kr"):
        summary(database_url, data, "--site", "other.kr")


def test_says_that_there_is_nothing(
    connection: Connection, database_url: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summary(database_url, data)
    assert capsys.readouterr().out == "no site was crawled yet\n"


def test_a_mistyped_option_is_not_left_out(database_url: str, data: Path) -> None:
    with pytest.raises(UsageError, match="takes options only, not --siet"):
        summary(database_url, data, "--siet", "example.kr")
