"""Commands that only look change nothing: neither an empty database, nor an older one, nor one that is not there."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg import Connection, conninfo
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from asiatongsin.known import EVERYWHERE
from pipelines.commands import changes, diff, gaps, reparse, search, sections, sql, status, summary
from pipelines.commands import export as export_command
from pipelines.crawl.run import check_usage
from pipelines.database.errors import DatabaseMissing, DatabaseRights, DatabaseTooOld
from pipelines.database.migrate import migrations
from tests.conftest import asking
from tests.samples import SITE, UNREACHABLE, export, page
from tests.stored import rows

CURRENT = migrations()[-1].version

LOOKING: dict[str, tuple[Callable[[], ScrapyCommand], list[str]]] = {
    "changes": (changes.Command, []),
    "diff": (diff.Command, ["142893"]),
    "export": (export_command.Command, ["articles", "-o", "/dev/null", "--format", "csv"]),
    "gaps": (gaps.Command, ["--site", SITE, "--from", "1", "--to", "9"]),
    "reparse": (reparse.Command, ["--dry-run", "--jobs", "1"]),
    "search": (search.Command, ["전통시장"]),
    "sections": (sections.Command, []),
    "sql": (sql.Command, ["SELECT 1"]),
    "status": (status.Command, []),
    "status of a site": (status.Command, ["--site", SITE]),
    "summary": (summary.Command, []),
}

STATE = """
SELECT c.oid, c.relname, c.relkind::text, c.xmin::text FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.oid"""


def settings(url: str, data: Path) -> Settings:
    given = Settings({"LOG_ENABLED": False})
    given.setmodule("asiatongsin.settings")
    given.setdict({"DATABASE_URL": url, "DATA": str(data)}, priority="cmdline")
    return given


def look(name: str, url: str, data: Path) -> ScrapyCommand:
    """The command after it has run in this process."""
    make, given = LOOKING[name]
    command = make()
    command.settings = settings(url, data)
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    opts, args = parser.parse_known_args(given)
    archive = data / "archive"
    archive.mkdir(parents=True)
    (archive / "a.warc").write_bytes(b"WARC/1.1\r\n")
    command.run(args, opts)
    return command


@pytest.mark.parametrize("name", LOOKING)
def test_leaves_an_empty_database_empty(
    name: str, empty: Connection, empty_database_url: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows(empty, STATE)
    if name.startswith("status"):
        assert look(name, empty_database_url, data).exitcode == 1
        assert "no crawl" in capsys.readouterr().out
    else:
        with pytest.raises(UsageError, match=r"^nothing was stored in test_\w+ on \S+ yet.*: run a crawl first"):
            look(name, empty_database_url, data)
    assert rows(empty, STATE) == before


@pytest.mark.parametrize("name", LOOKING)
def test_does_not_upgrade_an_older_schema_and_names_what_does(
    name: str, connection: Connection, database_url: str, data: Path
) -> None:
    export(connection, page())
    connection.execute("DELETE FROM asiatongsin_migrations WHERE version = %s", [CURRENT])
    before = rows(connection, STATE), rows(connection, "SELECT * FROM asiatongsin_migrations")
    with pytest.raises(
        UsageError, match=rf"schema version {CURRENT - 1}, this program needs {CURRENT}.*asiatongsin migrate"
    ):
        look(name, database_url, data)
    assert (rows(connection, STATE), rows(connection, "SELECT * FROM asiatongsin_migrations")) == before


def test_a_crawl_that_only_looks_refuses_an_older_schema(
    connection: Connection, database_url: str, empty_database_url: str, data: Path
) -> None:
    """It would take all that is stored for new."""
    connection.execute("DELETE FROM asiatongsin_migrations WHERE version = %s", [CURRENT])
    with pytest.raises(DatabaseTooOld, match="Upgrade the tables with `asiatongsin migrate`"):
        check_usage(settings(database_url, data), {"dry": "1"})
    for url in (empty_database_url, UNREACHABLE, ""):
        check_usage(settings(url, data), {"dry": "1"})
    check_usage(settings(database_url, data), {})


def test_a_crawl_that_only_looks_makes_no_embedded_database(data: Path) -> None:
    """All is new then, and the lists are walked to their ends."""
    known = asking("", data)
    assert asyncio.run(known.need_no_download(SITE, [1])) == set()
    assert (asyncio.run(known.to_retry(SITE)), asyncio.run(known.walked_lists(SITE))) == ([], [])
    assert asyncio.run(known.doubtful_part(SITE, 22)) == EVERYWHERE
    assert not (data / "postgres").exists()
    known.spider_closed()


@pytest.mark.usefixtures("connection")
def test_a_crawl_that_only_looks_is_told_where_no_database_lets_it_in(database_url: str, data: Path, role: str) -> None:
    """It would take all articles for new as well."""
    with pytest.raises(DatabaseMissing, match="make it with CREATE DATABASE"):
        check_usage(settings(conninfo.make_conninfo(database_url, dbname="none"), data), {"dry": "1"})
    with pytest.raises(DatabaseRights, match=": GRANT SELECT ON ALL TABLES"):
        check_usage(settings(conninfo.make_conninfo(database_url, user=role), data), {"dry": "1"})


@pytest.mark.parametrize("name", LOOKING)
def test_works_where_it_may_only_read(
    name: str, connection: Connection, database_url: str, data: Path, role: str
) -> None:
    """As on a standby, and for a role that may only read."""
    export(connection, page())
    connection.execute("DELETE FROM weather_stations WHERE station_id = 108")  # a writing command would add it
    connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    look(name, conninfo.make_conninfo(database_url, user=role, options="-c default_transaction_read_only=on"), data)


@pytest.mark.parametrize("name", LOOKING)
@pytest.mark.usefixtures("connection")
def test_a_role_that_may_not_read_is_told_the_one_right_it_needs(
    name: str, database_url: str, data: Path, role: str
) -> None:
    with pytest.raises(UsageError, match=": GRANT SELECT ON ALL TABLES"):
        look(name, conninfo.make_conninfo(database_url, user=role), data)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("name", LOOKING)
def test_makes_no_embedded_database(name: str, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if name.startswith("status"):
        assert look(name, "", data).exitcode == 1
        assert "no crawl" in capsys.readouterr().out
    else:
        with pytest.raises(UsageError, match=r"^nothing was stored in the embedded database in \S+ yet"):
            look(name, "", data)
    assert not (data / "postgres").exists()


def test_tells_the_tables_of_another_program_from_an_empty_database(
    empty: Connection, empty_database_url: str, data: Path
) -> None:
    empty.execute("CREATE TABLE crawls (other text)")
    with pytest.raises(UsageError, match="tables of another program"):
        look("status", empty_database_url, data)
