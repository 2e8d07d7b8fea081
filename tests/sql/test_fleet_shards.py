"""Parts of re-parses as work of the fleet: when they are due, how many run, and what their end means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from pipelines.crawl_record import ExitStatus
from pipelines.database.connection import Database
from pipelines.fleet.desk import Desk, Ending, Turn
from pipelines.fleet.machines import Machine
from pipelines.fleet.reparse_shard import Result, note
from pipelines.fleet.shards import Shards
from pipelines.fleet.tick import sweep
from pipelines.fleet.work import Begun, End
from pipelines.queries import reparse_runs
from tests.stored import count, value

ATTEMPTS, SLOTS, DEAD_AFTER = 3, 4, 30.0


class At:
    """A worker's desk, and what it has taken."""

    def __init__(self, url: str, data: Path, machine: str) -> None:
        works = [Shards(machine, ATTEMPTS), Shards(machine, ATTEMPTS, only_on=machine)]
        self.works = works
        self.desk = Desk(Database(url, data), works, tick_seconds=0.0, dead_after=DEAD_AFTER)
        self.machine: Machine = self.desk.enter(machine, SLOTS)
        self.running: dict[int, Begun] = {}

    def turn(self, *ended: Ending, free: int = SLOTS) -> Turn:
        """Asks the database once."""
        self.desk._beat_at = -1e9
        turn = Turn(machine=self.machine, running=frozenset(self.running), ended=ended, free=free)
        self.desk.turn(turn)
        self.running |= {begun.job.id: begun for begun in turn.begun}
        return turn

    def begin(self) -> list[tuple[str, int]]:
        """Site and part of what begins here."""
        return [(begun.given["site"], begun.given["part"]) for begun in self.turn().begun]

    def end(self, end: End = End.BY_ITSELF, status: int = 0) -> Turn:
        """The process of the first one has ended."""
        begun = self.running.pop(min(self.running))
        return self.turn(Ending(job=begun.job, end=end, status=status), free=0)


@pytest.fixture
def one(database_url: str, data: Path) -> Iterator[At]:
    at = At(database_url, data, "one")
    yield at
    at.desk.session.close()


@pytest.fixture
def two(database_url: str, data: Path) -> Iterator[At]:
    at = At(database_url, data, "two")
    yield at
    at.desk.session.close()


SHARD = """
INSERT INTO reparse_shards (run, site, part, files, first_file, last_file, only_on)
VALUES (%s, %s, %s, 1, 'a', 'a', %s)"""


def add(connection: Connection, *parts: tuple[str, int, str | None]) -> int:
    """A run with these parts."""
    run = value(connection, "INSERT INTO reparse_runs (arguments) VALUES ('{}') RETURNING run")
    for site, part, only_on in parts:
        connection.execute(SHARD, [run, site, part, only_on])
    return int(run)


def done(connection: Connection, run: int, site: str, part: int = 1) -> None:
    note(connection, (run, site, part), Result(status=0, sentence="ok", is_done=True))


def shard(connection: Connection, what: str) -> Any:
    return value(connection, f"SELECT {what} FROM reparse_shards ORDER BY run, site, part LIMIT 1")


def due_again(connection: Connection) -> None:
    """Time passes until all that waits is due."""
    connection.execute("UPDATE reparse_shards SET next_at = now() - interval '1 second' WHERE machine IS NULL")


def test_parts_of_a_site_come_in_order_and_half_of_the_slots_stay_free(connection: Connection, one: At) -> None:
    run = add(connection, *[(f"paper{number}.kr", part, None) for number in range(4) for part in (1, 2)])
    assert one.begin() == [("paper0.kr", 1), ("paper1.kr", 1)]
    assert one.begin() == []
    done(connection, run, "paper0.kr")
    one.end()
    assert one.begin() == [("paper0.kr", 2)]
    assert shard(connection, "machine") == "one"  # who has read it


def test_two_machines_share_a_run_and_the_last_one_ends_it(connection: Connection, one: At, two: At) -> None:
    run = add(connection, ("a.kr", 1, None), ("b.kr", 1, None))
    one.turn(free=1)
    assert two.begin() == [("b.kr", 1)]
    for at, site in ((one, "a.kr"), (two, "b.kr")):
        assert value(connection, "SELECT finished_at IS NULL FROM reparse_runs WHERE run = %s", run) is True
        done(connection, run, site)
        at.end()
    assert value(connection, "SELECT finished_at IS NULL FROM reparse_runs WHERE run = %s", run) is False
    assert count(connection, "procrastinate_jobs") == 0


def test_a_part_whose_files_are_on_one_disk_is_left_to_that_machine(connection: Connection, one: At, two: At) -> None:
    add(connection, ("a.kr", 1, "two"), ("gone.kr", 1, "gone"))
    assert one.begin() == []
    assert two.begin() == [("a.kr", 1)]
    [found] = reparse_runs.runs(connection)
    assert (found.running, found.only_on) == (1, ["gone", "two"])


def test_what_was_stopped_or_in_the_way_or_without_a_database_is_tried_again(connection: Connection, one: At) -> None:
    add(connection, ("a.kr", 1, None))
    for end, status, minutes in ((End.STOPPED, 1, 0), (End.IN_THE_WAY, 6, 1), (End.BY_ITSELF, ExitStatus.SPOOLED, 5)):
        assert one.begin() == [("a.kr", 1)]
        one.end(end, status)
        assert shard(connection, "round(extract(epoch FROM next_at - now()) / 60)::int") == minutes
        assert (shard(connection, "attempts"), shard(connection, "machine")) == (0, None)
        due_again(connection)


@pytest.mark.parametrize(("end", "how"), [(End.KILLED, "was killed"), (End.BY_ITSELF, "failed: error: disk full")])
def test_one_that_is_killed_or_fails_again_and_again_is_given_up_and_told(
    connection: Connection, one: At, end: End, how: str
) -> None:
    run = add(connection, ("a.kr", 1, None), ("a.kr", 2, None))
    for _ in range(ATTEMPTS):
        assert one.begin() == [("a.kr", 1)]
        note(connection, (run, "a.kr", 1), Result(status=1, sentence="error: disk full", is_done=False))
        told = one.end(end, 1).given_up
        due_again(connection)
    [(site, sentence)] = told
    assert (site, sentence) == ("a.kr", f"3 attempts to read part 1 of re-parse {run} again failed; the last one {how}")
    assert one.begin() == [("a.kr", 2)]  # nothing of the others is lost
    assert shard(connection, "status") == 1
    assert [bad.sentence for bad in reparse_runs.troubled(connection, [run])] == [sentence]


def test_what_a_dead_worker_has_left_is_done_by_another_one(connection: Connection, one: At, two: At) -> None:
    add(connection, ("a.kr", 1, None))
    assert one.begin() == [("a.kr", 1)]
    connection.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 day'")
    two.turn(free=0)
    assert two.desk.session.run(lambda connection: sweep(connection, two.works, DEAD_AFTER)) == []
    assert two.begin() == [("a.kr", 1)]
    assert shard(connection, "attempts") == 1


def test_a_run_that_was_given_up_begins_no_more(connection: Connection, one: At) -> None:
    add(connection, ("a.kr", 1, None))
    one.turn(free=0)
    one.desk._tick_at = -1e9
    assert one.begin() == [("a.kr", 1)]
    connection.execute("DELETE FROM reparse_runs")
    assert one.end(End.STOPPED, 1).given_up == []
    assert one.begin() == []


def test_an_emptied_queue_loses_nothing(connection: Connection, one: At, two: At) -> None:
    add(connection, ("a.kr", 1, None))
    one.begin()
    connection.execute("DELETE FROM procrastinate_jobs")
    assert two.begin() == []
    connection.execute("UPDATE reparse_shards SET next_at = now() - interval '1 second'")  # an hour later
    assert two.begin() == [("a.kr", 1)]
