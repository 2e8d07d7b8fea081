"""The schema: made and brought up to date by whoever comes first, explained in the database itself."""

from __future__ import annotations

import csv
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from psycopg import Connection

from pipelines.database.errors import DatabaseForeign, DatabaseTooNew
from pipelines.database.migrate import Migration, migrate, migrations, schema_version
from pipelines.database.tables import TABLES
from pipelines.database.views import VIEWS
from tests.conftest import ROOT
from tests.processes import next_line, process, wait_until
from tests.samples import export, page
from tests.stored import count, rows

CURRENT = migrations()[-1].version


def tables(connection: Connection) -> set[str]:
    """Tables and views."""
    query = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')"
    return {name for (name,) in rows(connection, query)}


def test_the_changelog_says_how_to_find_the_version(connection: Connection) -> None:
    [statement] = re.findall(r"```sql\n(.*?)```", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.DOTALL)
    connection.execute("DELETE FROM asiatongsin_migrations WHERE version > 17")
    assert connection.execute(statement).fetchall() == [(17,)]


def test_brings_an_empty_database_up_to_date(empty: Connection) -> None:
    assert schema_version(empty) == 0
    assert migrate(empty) == migrations()
    assert schema_version(empty) == CURRENT
    assert tables(empty) == {*TABLES, *VIEWS}
    assert rows(empty, "SELECT version, name FROM asiatongsin_migrations ORDER BY version") == [
        (migration.version, migration.name) for migration in migrations()
    ]


def test_numbers_its_files_without_a_gap() -> None:
    assert [migration.version for migration in migrations()] == list(range(1, CURRENT + 1))


def test_does_nothing_the_second_time(connection: Connection) -> None:
    state = "SELECT xmin::text FROM weather_stations UNION ALL SELECT xmin::text FROM asiatongsin_migrations"
    before = rows(connection, state)
    assert migrate(connection) == []
    assert rows(connection, state) == before


def test_works_when_many_threads_begin_at_once(empty: Connection, empty_database_url: str) -> None:
    barrier = Barrier(5)

    def work(_: int) -> list[Migration]:
        with psycopg.connect(empty_database_url, autocommit=True) as own:
            barrier.wait(timeout=600)
            return migrate(own)

    with ThreadPoolExecutor(5) as threads:
        applied = list(threads.map(work, range(5)))
    assert sorted(map(len, applied)) == [0, 0, 0, 0, CURRENT]


def test_lets_others_pass_while_it_waits_for_one_of_them(
    empty: Connection, empty_database_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    known = migrations()
    monkeypatch.setattr("pipelines.database.moves.LOCK_TIMEOUT", "100ms")
    monkeypatch.setattr("pipelines.database.migrate.PAUSE", 0.1)
    with monkeypatch.context() as past:
        past.setattr("pipelines.database.migrate.migrations", lambda: known[:1])
        migrate(empty)
    with ThreadPoolExecutor(1) as thread, psycopg.connect(empty_database_url) as reading:
        assert count(reading, "articles") == 0
        applied = thread.submit(migrate, empty)
        wait_until(lambda: "others are using them" in caplog.text)
        with psycopg.connect(empty_database_url, options="-c lock_timeout=60s") as other:
            assert count(other, "articles") == 0
        assert not applied.done()
        reading.rollback()
        assert applied.result() == known[1:]


WAITING = """
import sys, psycopg
from pipelines.database.migrate import migrate

with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    print("ready", flush=True)
    sys.stdin.readline()
    print(len(migrate(connection)), flush=True)
"""


def test_works_when_two_processes_begin_at_once(empty: Connection, empty_database_url: str) -> None:
    with process(WAITING, empty_database_url) as first, process(WAITING, empty_database_url) as second:
        for child in (first, second):
            print(file=child.stdin, flush=True)
        assert sorted(next_line(child) for child in (first, second)) == ["0\n", f"{CURRENT}\n"]
    assert schema_version(empty) == CURRENT


def test_leaves_the_database_of_another_program_as_it_is(empty: Connection) -> None:
    empty.execute("CREATE TABLE crawls (other text)")
    with pytest.raises(DatabaseForeign, match="name an empty database in DATABASE_URL"):
        migrate(empty)
    assert tables(empty) == {"crawls"}
    assert schema_version(empty) == 0


@pytest.mark.usefixtures("newer")
def test_refuses_a_newer_database_and_says_what_to_do(connection: Connection) -> None:
    with pytest.raises(DatabaseTooNew) as caught:
        migrate(connection)
    assert f"schema version {CURRENT + 1}, this program knows {CURRENT}: upgrade" in str(caught.value)
    assert "pip install --upgrade asiatongsin" in str(caught.value)


UNEXPLAINED = """
SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped
    AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)"""


def test_explains_every_table_and_column(connection: Connection) -> None:
    assert rows(connection, UNEXPLAINED) == []


def test_holds_all_stations(connection: Connection) -> None:
    with (ROOT / "asiatongsin/stations.csv").open(encoding="utf-8") as file:
        stations = [(int(row["station_id"]), row["name_ko"], row["name_en"]) for row in csv.DictReader(file)]
    assert len(stations) >= 95
    assert rows(connection, "SELECT station_id, name_ko, name_en FROM weather_stations ORDER BY 1") == sorted(stations)


def test_brings_the_stations_up_to_date_without_a_change_of_the_schema(connection: Connection) -> None:
    connection.execute("DELETE FROM weather_stations WHERE station_id = 108")
    migrate(connection)
    assert rows(connection, "SELECT name_ko FROM weather_stations WHERE station_id = 108") == [("서울",)]


def test_gives_a_new_station_the_readings_of_before(connection: Connection) -> None:
    connection.execute("DELETE FROM weather_stations WHERE station_id = 108")
    export(connection, page(seoul=21.3))
    station = "SELECT station_id FROM weather_readings WHERE city = '서울'"
    assert rows(connection, station) == [(None,)]
    migrate(connection)
    assert rows(connection, station) == [(108,)]


UNCHECKED = """
SELECT c.table_name || '.' || c.column_name FROM information_schema.columns AS c
JOIN pg_tables AS t ON t.schemaname = 'public' AND t.tablename = c.table_name
WHERE c.table_schema = 'public' AND c.data_type = 'text' AND NOT EXISTS (
    SELECT FROM pg_constraint AS k JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)
    WHERE k.contype IN ('c', 'f') AND k.conrelid = c.table_name::regclass AND a.attname = c.column_name)"""


def test_refuses_an_empty_text_in_every_column_a_page_can_fill(connection: Connection) -> None:
    unchecked = {name for (name,) in rows(connection, UNCHECKED)}
    ours = {"weather_stations.name_ko", "weather_stations.name_en", "asiatongsin_migrations.name"}
    assert unchecked - ours == {"crawls.job", "crawls.version", "rejected_pages.url", "rejected_pages.version"}


def test_has_only_times_with_an_offset(connection: Connection) -> None:
    query = "SELECT DISTINCT data_type FROM information_schema.columns WHERE table_schema = 'public'"
    assert [name for (name,) in rows(connection, query) if "without" in name or name == "date"] == []
