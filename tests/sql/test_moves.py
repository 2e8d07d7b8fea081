"""Rows that take long to move: in short transactions, by several processes, begun again wherever one was killed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import Connection

from pipelines.database import moves
from pipelines.database.moves import Move, Mover
from tests.processes import next_line, process
from tests.stored import count, rows, value

MOVE = Move(
    version=9001,
    name="letters",
    rows="""
WITH moved AS (
    DELETE FROM before_9001 USING unnest(%(sites)s::text[], %(numbers)s::bigint[]) AS a (site, no)
    WHERE before_9001.site = a.site AND before_9001.no = a.no RETURNING before_9001.*
), kept AS (
    INSERT INTO letters SELECT * FROM moved
)
SELECT count(*) FROM moved""",
    end="CREATE OR REPLACE VIEW all_letters AS SELECT * FROM letters; DROP TABLE before_9001",
)

_TABLES = """
CREATE TABLE article_texts (site text, no bigint, PRIMARY KEY (site, no));
INSERT INTO article_texts SELECT site, no FROM unnest('{a.kr,b.kr,c.kr}'::text[]) AS site, generate_series(1, 7) AS no;
CREATE TABLE letters (site text, no bigint, place int, letter text, PRIMARY KEY (site, no, place));
CREATE TABLE before_9001 (LIKE letters INCLUDING ALL);
CREATE VIEW all_letters AS SELECT * FROM letters UNION ALL SELECT * FROM before_9001;
INSERT INTO before_9001
SELECT site, no, place, 'letter ' || no || place
FROM unnest('{a.kr,b.kr}'::text[]) AS site, generate_series(1, 7) AS no, generate_series(1, 3) AS place"""
ROWS = 42

ALL = "SELECT * FROM all_letters ORDER BY site, no, place"
KEPT = "SELECT * FROM letters ORDER BY site, no, place"


@pytest.fixture
def old(empty: Connection, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A database with rows to move, six in a transaction."""
    monkeypatch.setattr(moves, "moves", lambda: (MOVE,))
    monkeypatch.setattr(moves, "ARTICLES", 2)
    monkeypatch.setattr(moves, "SECONDS", 0.0)
    monkeypatch.setattr(moves, "TOLD_EVERY", 0.0)
    monkeypatch.setattr(moves, "LOCK_TIMEOUT", "100ms")
    empty.execute(_TABLES)
    empty.execute("ANALYZE article_texts")
    return empty


def is_over(connection: Connection) -> bool:
    return value(connection, "SELECT to_regclass('before_9001') IS NULL") is True


def test_moves_every_row_and_drops_what_is_empty(old: Connection) -> None:
    before = rows(old, ALL)
    told: list[str] = []
    mover = Mover(told.append)
    while mover.step(old):
        assert rows(old, ALL) == before
    assert (mover.is_over, is_over(old), rows(old, KEPT)) == (True, True, before)
    assert told[0] == "9001 letters: 6 rows are moved, those of 2 of about 21 articles"
    assert told[-1] == "9001 letters: all rows are moved"


def test_moves_more_at_once_where_that_is_quick(old: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "SECONDS", 60.0)
    mover = Mover()
    held = []
    while mover.step(old) and not is_over(old):
        held.append(count(old, "letters"))
    assert held[:4] == [6, 18, 42, 42]


def test_does_nothing_where_nothing_is_to_be_moved(connection: Connection) -> None:
    mover = Mover()
    assert (mover.is_over, mover.step(connection), mover.is_over) == (False, False, True)


def test_moves_the_rows_of_an_article_before_it_is_stored(old: Connection) -> None:
    moves.move_articles(old, [("a.kr", 3), ("b.kr", 3), ("c.kr", 3), ("a.kr", None)])
    assert rows(old, "SELECT DISTINCT site, no FROM letters ORDER BY site") == [("a.kr", 3), ("b.kr", 3)]
    assert (count(old, "letters"), count(old, "all_letters")) == (6, ROWS)


def test_stores_an_article_while_another_process_drops_the_table(
    old: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "pending", lambda _: [MOVE])  # as seen a moment before
    MOVE.finish(old)
    with old.transaction():
        moves.move_articles(old, [("a.kr", 3)])
        assert count(old, "letters") == 0


def test_a_transaction_that_was_rolled_back_leaves_no_row_behind(old: Connection, empty_database_url: str) -> None:
    before = rows(old, ALL)
    mover = Mover()
    with psycopg.connect(empty_database_url) as storing:
        moves.move_articles(storing, [("a.kr", 1)])
        storing.rollback()
    while mover.step(old):
        pass
    assert rows(old, KEPT) == before


def test_waits_a_moment_for_one_that_stores_and_goes_on_later(old: Connection, empty_database_url: str) -> None:
    mover = Mover()
    with psycopg.connect(empty_database_url) as storing:
        moves.move_articles(storing, [("a.kr", 1)])
        assert mover.step(old)
        assert (count(old, "letters"), is_over(old)) == (0, False)
    while mover.step(old):
        pass
    assert (count(old, "letters"), is_over(old)) == (ROWS, True)


def test_waits_a_moment_for_one_that_reads_before_it_drops_the_table(old: Connection, empty_database_url: str) -> None:
    """Who would read next must not wait behind it."""
    mover = Mover()
    with psycopg.connect(empty_database_url) as reading:
        assert count(reading, "all_letters") == ROWS
        for _ in range(30):  # it passes the articles twice, and tries to drop the table again and again
            assert mover.step(old)
        assert (count(old, "letters"), is_over(old)) == (ROWS, False)
        assert count(reading, "all_letters") == ROWS
    assert (mover.step(old), is_over(old), mover.step(old)) == (True, True, False)


def test_two_may_move_at_once(old: Connection, empty_database_url: str) -> None:
    before = rows(old, ALL)

    def work(_: int) -> int:
        steps, mover = 0, Mover()
        with psycopg.connect(empty_database_url, autocommit=True) as own:
            while mover.step(own):
                steps += 1
        return steps

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(work, range(2))) > ROWS // 6
    assert (is_over(old), rows(old, KEPT)) == (True, before)


KILLED = """
import dataclasses, sys, psycopg
from pipelines.database import moves
from tests.sql.test_moves import MOVE

class Waiting(moves.Move):
    def run(self, connection, articles):
        moved = super().run(connection, articles)
        print(moved, flush=True)
        sys.stdin.readline()
        return moved

moves.moves, moves.ARTICLES, moves.SECONDS = lambda: (Waiting(*dataclasses.astuple(MOVE)),), 2, 0.0
mover = moves.Mover()
print("ready", flush=True)
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    while mover.step(connection):
        pass
"""


def test_goes_on_where_a_killed_process_has_ended(old: Connection, empty_database_url: str) -> None:
    before = rows(old, ALL)
    with process(KILLED, empty_database_url) as child:
        assert next_line(child) == "6\n"
        print(file=child.stdin, flush=True)
        assert next_line(child) == "6\n"  # in the middle of its second transaction
        assert (count(old, "letters"), rows(old, ALL)) == (6, before)
        child.kill()
    mover = Mover()
    while mover.step(old):
        assert rows(old, ALL) == before
    assert (is_over(old), rows(old, KEPT)) == (True, before)


def test_a_view_of_the_owner_keeps_the_old_table(old: Connection) -> None:
    old.execute("CREATE VIEW mine AS SELECT * FROM before_9001")
    told: list[str] = []
    mover = Mover(told.append)
    while mover.step(old):
        pass
    assert (is_over(old), count(old, "letters")) == (False, ROWS)
    assert told[-1] == (
        "9001 letters: all rows are moved, but view mine depends on table before_9001."
        " It is empty now: make anew what reads it, then run `asiatongsin migrate` once more"
    )


def test_a_table_that_cannot_be_dropped_keeps_no_other_rows_from_moving(
    old: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    old.execute("CREATE TABLE before_9000 (); CREATE VIEW mine AS SELECT FROM before_9000")
    blocked = Move(version=9000, name="blocked", rows="SELECT 0", end="DROP TABLE before_9000")
    monkeypatch.setattr(moves, "moves", lambda: (blocked, MOVE))
    mover = Mover()
    while mover.step(old):
        pass
    assert (mover.is_over, is_over(old), count(old, "letters")) == (True, True, ROWS)


def test_a_role_that_may_not_drop_the_table_says_who_may(
    old: Connection, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = f"role_{old.info.dbname}"
    old.execute(f"CREATE ROLE {role} LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
    told: list[str] = []
    mover = Mover(told.append)
    with psycopg.connect(psycopg.conninfo.make_conninfo(empty_database_url, user=role), autocommit=True) as own:
        while mover.step(own):
            pass
    assert (mover.is_over, is_over(old), count(old, "letters")) == (True, False, ROWS)
    assert told[-1].startswith(
        "9001 letters: let the owner of the tables run `asiatongsin migrate`, which ends the move ("
    )
    old.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
