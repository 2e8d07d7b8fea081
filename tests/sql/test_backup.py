"""`asiatongsin backup`: a database as one file, and all of it back, into an empty database."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection, conninfo
from scrapy.exceptions import UsageError

from pipelines.commands.backup import Command
from tests.in_process import settings
from tests.samples import UNREACHABLE, export, page, story

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)

Backup = Callable[..., None]


@pytest.fixture
def backup(data: Path) -> Backup:
    def run(url: str, *arguments: str) -> None:
        command = Command()
        command.settings = settings(url, data)
        parser = argparse.ArgumentParser()
        command.add_options(parser)
        given, rest = parser.parse_known_args(arguments)
        command.run(rest, given)

    return run


def contents(url: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables and views."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace"
        )
        return {
            name: sorted(connection.execute(f"SELECT t.*::text FROM {name} t").fetchall(), key=repr)
            for (name,) in names.fetchall()
        }


def test_every_row_comes_back(
    backup: Backup, connection: Connection, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    export(connection, page(1, NOW, headline="예산 'NULL' \\.", seoul=12, stories=[story(2)]), crawl="one")
    export(connection, page(1, NOW + timedelta(hours=1), headline="예산안", seoul=13, stories=[story(3)]), crawl="two")
    file = tmp_path / "news.dump"
    file.write_text("a backup of yesterday")
    backup(database_url, str(file))
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["news.dump"]
    backup(empty_database_url, "--restore", str(file))
    before = contents(database_url)
    assert len(before["article_revisions"]) == 2
    assert contents(empty_database_url) == before
    with psycopg.connect(empty_database_url) as restored:
        export(restored, page(2, NOW, headline="새 기사"), crawl="three")  # functions, triggers and sequences as well
        assert restored.execute("SELECT count(*) FROM articles").fetchall() == [(2,)]


def test_refuses_what_would_lose_something(
    backup: Backup, connection: Connection, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    file, damaged = tmp_path / "news.dump", tmp_path / "damaged.dump"
    backup(database_url, str(file))
    with pytest.raises(UsageError, match="tables already, and a backup is restored into an empty one"):
        backup(database_url, "--restore", str(file))
    damaged.write_bytes(file.read_bytes()[:20_000])
    with pytest.raises(UsageError, match="pg_restore: error"):
        backup(empty_database_url, "--restore", str(damaged))
    damaged.write_text("no backup")
    with pytest.raises(UsageError, match="pg_restore: error: input file"):
        backup(empty_database_url, "--restore", str(damaged))
    assert contents(empty_database_url) == {}


def test_says_what_the_role_may_not(
    backup: Backup,
    connection: Connection,
    database_url: str,
    empty: Connection,
    empty_database_url: str,
    tmp_path: Path,
) -> None:
    export(connection, *(page(no, NOW, body=f"{no} " * 20_000) for no in range(1, 9)), crawl="one")
    file, role = tmp_path / "news.dump", f"reader_{empty.info.dbname}"
    backup(database_url, str(file))
    empty.execute(f"CREATE ROLE {role} LOGIN")
    try:
        url = conninfo.make_conninfo(empty_database_url, user=role)
        with pytest.raises(UsageError, match="permission denied for schema public"):
            backup(url, "--restore", str(file))
    finally:
        empty.execute(f"DROP ROLE {role}")
    assert contents(empty_database_url) == {}


@pytest.mark.parametrize(
    ("url", "arguments", "sentence"),
    [
        (UNREACHABLE, ["news.dump"], "connection"),
        (UNREACHABLE, [], "name one file, for example"),
        (UNREACHABLE, ["--restore", "missing.dump"], r"missing.dump: No such file"),
        (UNREACHABLE, ["."], r"\. is a folder: name a file in it, for example: news.dump"),
        (None, ["missing/news.dump"], "could not open output file"),
    ],
)
def test_says_what_is_wrong(
    backup: Backup, database_url: str, url: str | None, arguments: list[str], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        backup(url or database_url, *arguments)
