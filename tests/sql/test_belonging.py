"""The spool belongs to its database, whatever that is called today; no other one gets its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection, conninfo, sql
from scrapy.settings import Settings

from pipelines.commands.drain import store_spool
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseUnreachable
from pipelines.reparse.writing import Writing
from pipelines.spool.belonging import DatabaseIdentity, DatabaseOther, identity_of, remembered
from pipelines.spool.drain import Drain
from pipelines.spool.folder import Spool, encode
from pipelines.spool.waiting import waiting_pages
from pipelines.status.collect import collect
from tests.conftest import new_database
from tests.samples import UNREACHABLE, page, record
from tests.samples import leave as leave_without_note
from tests.stored import count, rows

GONE = "postgresql://news:geheim@127.0.0.1:1/news"
"""An address at which nobody answers."""


@pytest.fixture
def other_url(server: str, template: str) -> Iterator[str]:
    """Address of a second database, made from the same template."""
    with new_database(server, template) as url:
        yield url


@pytest.fixture
def other(other_url: str) -> Iterator[Connection]:
    with psycopg.connect(other_url, autocommit=True) as connection:
        yield connection


def settings(url: str, data: Path) -> Settings:
    given = Settings()
    given.setmodule("asiatongsin.settings")
    given.setdict({"DATABASE_URL": url, "DATA": str(data)}, priority="cmdline")
    return given


def leave(data: Path, url: str, *numbers: int, name: str = "left") -> Path:
    """What a crawl leaves that named this database, and could not reach it unless another one had before."""
    spool = Drain(Database(url, data), data).new_spool(record(name))
    for no in numbers:
        spool.append(page(no))
    spool.release()
    return spool.folder


def reach(url: str, data: Path) -> None:
    """What a crawl does that reaches the database."""
    drain = Drain(Database(url, data), data)
    drain.store_record(record("before"))
    spool = drain.new_spool(record("before"))
    spool.remove()
    spool.release()
    drain.close()


def test_another_database_gets_nothing(
    data: Path, database_url: str, connection: Connection, other_url: str, other: Connection
) -> None:
    reach(database_url, data)
    leave(data, database_url, 1, 2)
    status, sentence = store_spool(settings(other_url, data))
    assert status == 3
    name = connection.info.dbname
    assert f"pages wait in the spool for another database (2 for {name} on " in sentence
    assert "name that one in DATABASE_URL and run `asiatongsin drain`" in sentence
    assert "asiatongsin drain --move" in sentence
    assert (count(other, "articles"), count(other, "crawls"), waiting_pages(data)) == (0, 0, 2)
    assert store_spool(settings(database_url, data))[0] == 0
    assert (count(connection, "articles"), waiting_pages(data)) == (2, 0)


def test_status_tells_whose_pages_wait(data: Path, database_url: str, other_url: str) -> None:
    reach(database_url, data)
    leave(data, database_url, 1, 2)
    leave(data, other_url, 3, name="mine")
    told = collect(settings(other_url, data))
    assert (told.files.waiting, told.files.left, list(told.files.elsewhere.values())) == (3, 1, [2])
    mine, others = told.needs_a_person[:2]
    assert mine.startswith("1 pages wait in the spool and no crawl stores them")
    assert "(2 for " in others
    assert "name that one in DATABASE_URL" in others


def test_a_deliberate_move_stores_them_in_the_new_one(
    data: Path, database_url: str, other_url: str, other: Connection
) -> None:
    reach(database_url, data)
    leave(data, database_url, 1, 2)
    assert store_spool(settings(other_url, data), is_moved=True)[0] == 0
    assert (count(other, "articles"), waiting_pages(data)) == (2, 0)


def test_knows_its_database_under_another_name(
    data: Path, server: str, database_url: str, connection: Connection
) -> None:
    reach(database_url, data)
    leave(data, database_url, 1)
    old, new = connection.info.dbname, f"{connection.info.dbname}_renamed"
    connection.close()
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    with psycopg.connect(server, autocommit=True) as administrator:
        administrator.execute(rename.format(sql.Identifier(old), sql.Identifier(new)))
        try:
            url = conninfo.make_conninfo(
                database_url, dbname=new, hostaddr="127.0.0.1" if "host" not in server else None
            )
            assert store_spool(settings(url, data))[0] == 0
        finally:
            administrator.execute(rename.format(sql.Identifier(new), sql.Identifier(old)))
    assert waiting_pages(data) == 0


def test_a_database_made_anew_at_the_same_address_is_another_one(
    data: Path, server: str, template: str, database_url: str, connection: Connection
) -> None:
    reach(database_url, data)
    leave(data, database_url, 1)
    name = connection.info.dbname
    connection.close()
    with psycopg.connect(server, autocommit=True) as administrator:
        administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
        administrator.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    status, sentence = store_spool(settings(database_url, data))
    assert (status, waiting_pages(data)) == (3, 1)
    assert "If it has moved or was made anew, `asiatongsin drain --move`" in sentence


def test_pages_of_a_crawl_that_never_reached_its_database_go_to_the_first_one(
    data: Path, database_url: str, other_url: str, connection: Connection
) -> None:
    """As where the first crawls of a new machine ran before its database did."""
    leave(data, GONE, 1, 2)
    assert store_spool(settings(database_url, data))[0] == 0
    assert count(connection, "articles") == 2


def test_pages_that_were_stored_in_part_stay_with_that_database(
    drain: Drain, data: Path, database_url: str, other_url: str, connection: Connection
) -> None:
    folder = leave(data, GONE, 1)
    [spool] = Spool.abandoned(data / "spool")
    drain.drain(spool, spool.record)
    (folder / "000002.jsonl").write_bytes(encode(page(2)) + b"\n")
    assert store_spool(settings(other_url, data))[0] == 3
    assert store_spool(settings(database_url, data))[0] == 0
    assert rows(connection, "SELECT no FROM articles ORDER BY no") == [(1,), (2,)]


def test_pages_of_an_older_version_go_to_the_first_database(
    data: Path, database_url: str, connection: Connection
) -> None:
    reach(database_url, data)
    leave_without_note(data, page(1))
    assert store_spool(settings(database_url, data))[0] == 0
    assert count(connection, "articles") == 1


def test_a_crawl_that_was_moved_to_another_database_while_it_ran_stores_nothing_there(
    data: Path, database_url: str, other_url: str, other: Connection
) -> None:
    """As where a name in the DNS leads to another server."""
    reach(database_url, data)
    spool = Drain(Database(database_url, data), data).new_spool(record("running"))
    spool.append(page(1))
    spool.writer.close()
    drain = Drain(Database(other_url, data), data)
    with pytest.raises(DatabaseOther, match="belong to another database"):
        drain.drain(spool, record("running"))
    drain.close()
    spool.release()
    assert (count(other, "articles"), waiting_pages(data)) == (0, 1)


def test_what_reparse_spools_belongs_to_its_database(data: Path, database_url: str, other_url: str) -> None:
    reach(database_url, data)
    writing = Writing(Drain(Database(database_url, data), data), {})
    spool = writing._spool(page(1).site)
    assert spool.database == remembered(data, Database(database_url, data))
    spool.release()


def test_the_address_names_no_user_and_no_password(data: Path) -> None:
    with pytest.raises(DatabaseUnreachable):
        Drain(Database(UNREACHABLE, data), data).store_record(record())
    leave(data, UNREACHABLE, 1)
    [spool] = Spool.abandoned(data / "spool")
    assert spool.database == DatabaseIdentity(address="none on 127.0.0.1:1")


@pytest.mark.parametrize("may_ask", [True, False])
def test_knows_its_database_as_an_ordinary_role(
    data: Path, connection: Connection, database_url: str, may_ask: bool
) -> None:
    """An administrator may forbid to ask for the server; then the number of the database has to do."""
    role = f"ordinary_{connection.info.dbname}"
    connection.execute(f"CREATE ROLE {role}")
    try:
        if not may_ask:
            connection.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
        database = Database(conninfo.make_conninfo(database_url, options=f"-c role={role}"), data)
        with database.connect() as ordinary:
            server, _, number = str(identity_of(database, ordinary).id).partition("/")
        assert server.isdecimal() == may_ask
        assert number.isdecimal()
    finally:
        connection.execute(f"DROP ROLE {role}")
