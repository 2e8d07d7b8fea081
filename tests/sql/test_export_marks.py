"""Exports of what is new lose nothing: not what commits late, not what an interrupted export had begun."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection, conninfo

from asiatongsin.errors import ArgumentError
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseRights
from pipelines.datasets import marks
from pipelines.datasets.marks import Mark, since
from pipelines.queries.records.kinds import KINDS
from pipelines.queries.records.records import Wanted, columns, rows
from pipelines.queries.search.filters import Filters
from tests.processes import wait_until
from tests.samples import NO, export, later, page, story
from tests.stored import value

DAILY = Mark(name="daily", kind="articles", filters=None)
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture
def exporting(database_url: str) -> Iterator[Connection]:
    """A connection as the command has it."""
    with Database(database_url, Path()).connect() as connection:
        yield connection


def new(connection: Connection, mark: Mark = DAILY, query: str = "") -> list[int]:
    """Numbers of the articles whose records are new since the last call."""
    with since(connection, mark) as span:
        wanted = Wanted(kind=KINDS[mark.kind], changed=span, filters=Filters.parse(query))
        place = [column.name for column in columns(connection, wanted)].index("no")
        return [row[place] for row in rows(connection, wanted)]


def test_each_change_is_exported_once(connection: Connection, exporting: Connection) -> None:
    export(connection, page(1), page(2))
    assert new(exporting) == [1, 2]
    assert new(exporting) == []
    export(connection, page(1, later(60), headline="새 제목"), page(2, later(60)), page(3), crawl="later")
    assert new(exporting) == [1, 3]
    assert new(exporting) == []


def test_what_commits_after_the_export_began_is_in_the_next_one(
    connection: Connection, exporting: Connection, database_url: str
) -> None:
    """The storing begins first, the export comes while it is not committed, and neither leaves anything out."""
    export(connection, page(1))
    exported = list[int]()
    with ThreadPoolExecutor(1) as threads, psycopg.connect(database_url, autocommit=True) as late:
        with late.transaction():
            export(late, page(2), crawl="late")
            running = threads.submit(new, exporting)
            wait_until(lambda: value(connection, WAITING) == 1 or running.done())
        exported += running.result()
        exported += new(exporting)
    assert exported == [1, 2]


def test_what_is_stored_while_an_export_begins_is_in_the_next_one_whatever_isolation_is_usual(
    connection: Connection, exporting: Connection, database_url: str
) -> None:
    connection.execute(f"ALTER DATABASE {connection.info.dbname} SET default_transaction_isolation = 'serializable'")
    export(connection, page(1))
    with Database(database_url, Path()).connect() as late, late.transaction():
        late.execute("SELECT FROM articles")
        assert new(exporting) == [1]
        export(late, page(1, later(60), images=()), crawl="late")
    assert new(exporting) == [1]


def test_others_store_on_while_an_export_waits_in_vain(
    connection: Connection, exporting: Connection, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "PATIENCE", 1)
    with psycopg.connect(database_url, autocommit=True) as late, late.transaction():
        export(late, page(2), crawl="late")
        with pytest.raises(ArgumentError, match="Nothing is lost"):
            new(exporting)
        export(connection, page(1, site="another.kr"))
    assert sorted(new(exporting)) == [1, 2]


def test_an_export_that_was_interrupted_is_made_once_more(connection: Connection, exporting: Connection) -> None:
    export(connection, page(1))
    with pytest.raises(KeyboardInterrupt), since(exporting, DAILY):
        raise KeyboardInterrupt
    export(connection, page(2), crawl="later")
    assert new(exporting) == [1, 2]


def test_two_exports_under_one_name_exclude_each_other(exporting: Connection, database_url: str) -> None:
    with since(exporting, DAILY), Database(database_url, Path()).connect() as other:
        with pytest.raises(ArgumentError, match="another export under the name daily"):
            new(other)
        assert new(other, Mark(name="weekly", kind="articles", filters=None)) == []
        assert new(other, Mark(name="daily", kind="images", filters=None)) == []


def test_a_name_is_of_one_export_alone(exporting: Connection) -> None:
    new(exporting)
    with pytest.raises(ArgumentError, match=r"with no filters, and this one has section:정치. Choose another name"):
        new(exporting, Mark(name="daily", kind="articles", filters="section:정치"))


def test_an_export_that_failed_keeps_no_name(connection: Connection, exporting: Connection) -> None:
    """A slip in the filters of the first one would else hold for ever."""
    export(connection, page(1, section="정치"))
    with pytest.raises(OSError, match="disk"), since(exporting, Mark(name="daily", kind="articles", filters="정지")):
        raise OSError("the disk is full")
    mended = Mark(name="daily", kind="articles", filters="section:정치")
    assert new(exporting, mended, "section:정치") == [1]
    with pytest.raises(ArgumentError, match="with section:정치, and this one has none"):
        new(exporting)


def test_what_belongs_to_a_changed_article_is_exported_with_it(connection: Connection, exporting: Connection) -> None:
    export(connection, page(1, stories=[story(1)]), page(2, stories=[story(1)]))
    kinds = [Mark(name="daily", kind=kind, filters=None) for kind in ("revisions", "related", "images", "attachments")]
    assert [new(exporting, mark) for mark in kinds] == [[1, 2], [1, 2], [1, 1, 2, 2], [1, 2]]
    assert [new(exporting, mark) for mark in kinds] == [[], [], [], []]
    export(connection, page(2, later(60), stories=[story(2)]), crawl="other teasers")
    assert [new(exporting, mark) for mark in kinds] == [[], [2], [], []]
    export(connection, page(1, later(60), headline="새 제목", stories=[story(1)]), crawl="other text")
    assert [new(exporting, mark) for mark in kinds] == [[1, 1], [1], [1, 1], [1]]


def test_what_comes_to_fulfil_the_filters_is_new(connection: Connection, exporting: Connection) -> None:
    mark = Mark(name="daily", kind="related", filters="예산")
    export(connection, page(1, stories=[story(1)], headline="축제"))
    assert new(exporting, mark, "예산") == []
    export(connection, page(1, later(60), stories=[story(1)], headline="예산"), crawl="later")
    assert new(exporting, mark, "예산") == [1]


def test_a_role_that_may_only_read_is_told_which_right_it_lacks(
    connection: Connection, database_url: str, role: str
) -> None:
    connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    lacking = f"{role} may not INSERT on export_marks.*GRANT SELECT, INSERT, UPDATE ON export_marks TO {role}"
    with Database(conninfo.make_conninfo(database_url, user=role), Path()).connect() as reading:
        with pytest.raises(DatabaseRights, match=lacking):
            new(reading)
        assert list(rows(reading, Wanted())) == []
    read_only = conninfo.make_conninfo(database_url, options="-c default_transaction_read_only=on")
    with Database(read_only, Path()).connect() as reading, pytest.raises(DatabaseRights, match="allow it to write"):
        new(reading)


def test_marks_come_with_a_copy_of_the_database(
    connection: Connection, exporting: Connection, database_url: str, server: str
) -> None:
    """As after a dump is restored: what was exported stays so, and what is stored then is new."""
    export(connection, page(NO))
    assert new(exporting) == [NO]
    exporting.close()
    connection.close()
    name = conninfo.conninfo_to_dict(database_url)["dbname"]
    with psycopg.connect(server, autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
    copy = conninfo.make_conninfo(server, dbname=f"{name}_copy")
    with Database(copy, Path()).connect() as restored:
        assert new(restored) == []
        export(restored, page(NO + 1), crawl="restored")
        assert new(restored) == [NO + 1]
    with psycopg.connect(server, autocommit=True) as owner:
        owner.execute(f"DROP DATABASE {name}_copy WITH (FORCE)")
