"""What is due, how it begins, and what its end means for the table `sites`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from asiatongsin import statistics as names
from pipelines.crawl_record import CrawlRecord, ExitStatus
from pipelines.database.connection import Database
from pipelines.exporters import crawls
from pipelines.fleet import queue
from pipelines.fleet.crawls import Crawls
from pipelines.fleet.desk import Desk, Ending, Turn
from pipelines.fleet.machines import Machine, NameTaken
from pipelines.fleet.queue import Due
from pipelines.fleet.tick import sweep, tick
from pipelines.fleet.work import Begun, End
from pipelines.queries.fleet import OwnSettings
from tests.stored import count, value

ATTEMPTS, SLOTS, DEAD_AFTER = 3, 5, 30.0


class At:
    """A worker's desk, and what it has taken."""

    def __init__(self, url: str, data: Path, machine: str) -> None:
        self.crawls = Crawls(machine, ATTEMPTS)
        self.desk = Desk(Database(url, data), [self.crawls], tick_seconds=0.0, dead_after=DEAD_AFTER)
        self.machine: Machine = self.desk.enter(machine, SLOTS)
        self.running: dict[int, Begun] = {}

    def turn(self, *ended: Ending, free: int = SLOTS) -> Turn:
        """Asks the database once."""
        self.desk._beat_at = -1e9
        turn = Turn(machine=self.machine, running=frozenset(self.running), ended=ended, free=free)
        self.desk.turn(turn)
        self.running |= {begun.job.id: begun for begun in turn.begun}
        return turn

    def begin(self) -> Begun:
        """The one crawl that is due."""
        [begun] = self.turn().begun
        return begun

    def end(self, begun: Begun, end: End = End.BY_ITSELF, status: int = 0) -> Turn:
        """Its process has ended."""
        del self.running[begun.job.id]
        return self.turn(Ending(job=begun.job, end=end, status=status), free=0)


@pytest.fixture
def one(database_url: str, data: Path) -> Iterator[At]:
    """The machine `one`."""
    at = At(database_url, data, "one")
    with closing(at.desk.session):
        yield at


@pytest.fixture
def two(database_url: str, data: Path) -> Iterator[At]:
    """The machine `two`."""
    at = At(database_url, data, "two")
    with closing(at.desk.session):
        yield at


def add(connection: Connection, site: str = "paper.kr", due: timedelta = timedelta(), **values: Any) -> None:
    """A site that is due since then."""
    given = {"site": site, "base": f"https://{site}", "schedule": "every 30m"} | values
    columns = ", ".join(given)
    marks = ", ".join(["%s"] * len(given))
    connection.execute(f"INSERT INTO sites ({columns}, next_at) VALUES ({marks}, now() - %s)", [*given.values(), due])


def site(connection: Connection, what: str) -> Any:
    return value(connection, f"SELECT {what} FROM sites WHERE site = 'paper.kr'")


def dies(connection: Connection, at: At) -> None:
    connection.execute(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id = %s", [at.desk.worker]
    )


IS_DUE = "next_at <= now()"
IS_LATER = "next_at > now() + interval '0.1 s' AND next_at <= now() + interval '30 min'"


def test_a_site_that_is_due_is_crawled_once(connection: Connection, one: At, two: At) -> None:
    add(connection, arguments='{"sections": "22"}', settings='{"CONTACT": "a@b.kr"}', due=timedelta(days=3))
    begun = one.begin()
    assert begun.given["arguments"] == {"site": "https://paper.kr", "_job": begun.job.name}
    assert begun.given["own"] == OwnSettings(
        base="https://paper.kr", settings={"CONTACT": "a@b.kr"}, arguments={"sections": "22"}
    )
    assert two.turn().begun == []
    assert site(connection, "machine") == "one"
    assert site(connection, IS_LATER)  # three days of missed times are one crawl


def test_only_what_is_due_and_wanted_comes_into_the_queue(connection: Connection, one: At) -> None:
    add(connection, "later.kr", due=timedelta(hours=-1))
    add(connection, "paused.kr", paused_at="2026-01-01")
    add(connection, "retired.kr", retired_at="2026-01-01")
    assert tick(connection, [one.crawls]) == []
    add(connection, "first.kr", due=timedelta(hours=1))
    add(connection)
    assert tick(connection, [one.crawls]) == ["crawl first.kr", "crawl paper.kr"]
    assert tick(connection, [one.crawls]) == []  # they wait already


def test_one_machine_at_a_time_fills_the_queue(connection: Connection, one: At) -> None:
    add(connection)
    with connection.transaction():
        assert tick(connection, [one.crawls])
        assert one.desk.session.run(lambda another: tick(another, [one.crawls])) == []


def test_a_site_that_was_paused_while_it_waited_is_not_crawled(connection: Connection, one: At) -> None:
    add(connection)
    assert one.turn(free=0).begun == []
    tick(connection, [one.crawls])
    connection.execute("UPDATE sites SET paused_at = now()")
    assert one.turn().begun == []
    assert count(connection, "procrastinate_jobs") == 0
    connection.execute("UPDATE sites SET paused_at = NULL")
    assert one.begin()


def test_of_papers_that_share_a_server_one_is_crawled_at_a_time(connection: Connection, one: At, two: At) -> None:
    add(connection, politeness_group="server 1", due=timedelta(minutes=1))
    add(connection, "other.kr", politeness_group="server 1")
    begun = one.begin()
    assert (begun.label, two.turn().begun) == ("paper.kr", [])
    one.end(begun)
    assert two.begin().label == "other.kr"


def test_what_is_more_urgent_begins_first(connection: Connection, one: At) -> None:
    add(connection, due=timedelta(hours=1))
    add(connection, "urgent.kr", priority=5)
    assert [begun.label for begun in one.turn(free=1).begun] == ["urgent.kr"]


@pytest.mark.parametrize("status", [0, 1, 3, 4, 5])
def test_a_crawl_that_ended_by_itself_waits_for_its_next_time(connection: Connection, one: At, status: int) -> None:
    add(connection)
    connection.execute("UPDATE sites SET attempts = 2, failed_at = now()")
    one.end(one.begin(), status=status)
    assert site(connection, "(attempts, failed_at, machine, begun_at, status)::text") == f"(0,,,,{status})"
    assert site(connection, IS_LATER)
    assert count(connection, "procrastinate_jobs") == 0


def test_a_crawl_that_another_one_is_in_the_way_of_is_tried_again_in_a_minute(connection: Connection, one: At) -> None:
    add(connection, schedule=None)
    one.end(one.begin(), End.IN_THE_WAY, ExitStatus.OVERLAPPING)
    assert site(connection, "next_at BETWEEN now() + interval '50 s' AND now() + interval '60 s' AND attempts = 0")


def test_a_crawl_that_was_stopped_begins_again_at_once(connection: Connection, one: At, two: At) -> None:
    add(connection)
    one.end(one.begin(), End.STOPPED)
    assert site(connection, "attempts") == 0
    assert two.begin()


def test_a_crawl_that_is_killed_again_and_again_is_given_up_until_its_next_time(
    connection: Connection, one: At
) -> None:
    add(connection)
    for attempt in (1, 2):
        assert one.end(one.begin(), End.KILLED, -9).given_up == []
        assert site(connection, f"attempts = {attempt} AND failed_at IS NULL AND {IS_DUE}")
    [(name, why)] = one.end(one.begin(), End.KILLED, -9).given_up
    assert (name, why) == ("paper.kr", "its last 3 crawls were killed; the schedule waits for its next time")
    assert site(connection, f"failed_at IS NOT NULL AND {IS_LATER}")
    connection.execute("UPDATE sites SET next_at = now()")
    assert one.end(one.begin(), End.KILLED, -9).given_up == []  # its next time has as many attempts
    one.end(one.begin())
    assert site(connection, "attempts = 0 AND failed_at IS NULL")


def test_a_crawl_that_was_killed_behind_its_last_step_has_ended(connection: Connection, one: At) -> None:
    add(connection)
    begun = one.begin()
    record = CrawlRecord.begin("paper.kr", begun.given["arguments"])
    done = {"finished_at": record.started_at, "outcome": "ok", "statistics": {names.FINISH_REASON: names.FINISHED}}
    crawls.write(connection, CrawlRecord(**(vars(record) | done)))
    one.end(begun, End.KILLED, -9)
    assert site(connection, f"attempts = 0 AND {IS_LATER}")


def test_what_a_dead_worker_has_left_is_due_again(connection: Connection, one: At, two: At) -> None:
    add(connection)
    add(connection, "other.kr")
    assert len(one.turn().begun) == 2
    dies(connection, one)
    assert sweep(connection, [two.crawls], DEAD_AFTER) == []
    assert site(connection, f"attempts = 1 AND machine IS NULL AND {IS_DUE}")
    assert {begun.label for begun in two.turn().begun} == {"paper.kr", "other.kr"}


def test_a_crawl_of_a_dead_worker_counts_although_a_newer_job_waits(connection: Connection, one: At, two: At) -> None:
    add(connection)
    one.begin()
    newer = Due(name="another name", lock="site paper.kr", priority=0, args={"site": "paper.kr"})
    queue.defer(connection, "crawls", [newer])
    connection.execute("UPDATE procrastinate_jobs SET queueing_lock = 'crawl paper.kr'")
    dies(connection, one)
    sweep(connection, [two.crawls], DEAD_AFTER)
    assert two.begin().label == "paper.kr"


def test_a_site_whose_workers_die_is_given_up_as_well(connection: Connection, one: At, two: At) -> None:
    add(connection)
    told = []
    for _ in range(ATTEMPTS):
        one.running.clear()
        one.begin()
        dies(connection, one)
        told += sweep(connection, [two.crawls], DEAD_AFTER)
    assert [name for name, _ in told] == ["paper.kr"]


def test_a_worker_that_was_taken_for_dead_goes_on(connection: Connection, one: At, two: At) -> None:
    add(connection)
    begun = one.begin()
    dies(connection, one)
    sweep(connection, [two.crawls], DEAD_AFTER)
    again = two.begin()
    one.end(begun)
    assert site(connection, "machine = 'two' AND attempts = 0")  # its crawl ended well all the same
    two.end(again, End.IN_THE_WAY, ExitStatus.OVERLAPPING)
    add(connection, "other.kr")
    assert one.begin().label == "other.kr"


def test_a_worker_that_was_pruned_between_two_words_registers_anew(connection: Connection, one: At) -> None:
    one.turn()
    connection.execute("DELETE FROM procrastinate_workers")
    add(connection)
    turn = Turn(machine=one.machine, running=frozenset(), free=1)
    one.desk.turn(turn)
    assert (turn.begun, turn.is_short) == ([], True)
    assert one.begin()


def test_a_job_that_was_taken_unawares_goes_back(connection: Connection, one: At) -> None:
    add(connection)
    one.begin()
    one.running.clear()  # the connection broke before the worker knew what it had taken
    assert one.begin()
    assert site(connection, "attempts") == 0


def test_nobody_counts_as_dead_while_a_worker_has_just_connected(connection: Connection, one: At, two: At) -> None:
    add(connection)
    one.begin()
    dies(connection, one)
    assert two.turn().begun == []
    two.desk._connected_at -= DEAD_AFTER
    assert two.turn().begun == []  # the sweep comes behind the tick
    assert two.begin().label == "paper.kr"


def test_an_emptied_queue_loses_nothing(connection: Connection, one: At) -> None:
    add(connection)
    tick(connection, [one.crawls])
    connection.execute("TRUNCATE procrastinate_jobs CASCADE")
    assert one.begin()


def test_a_machine_says_that_it_is_there_and_how_it_ended(connection: Connection, one: At) -> None:
    assert one.desk.standing("two") is None
    standing = one.desk.standing("one")
    assert standing
    assert standing.silent_for < 600
    connection.execute("UPDATE machines SET stop_asked_at = now()")
    assert one.turn().is_stop_asked
    one.desk.leave(one.machine)
    assert one.desk.standing("one") is None
    assert count(connection, "procrastinate_workers") == 0


def test_a_second_worker_of_one_name_takes_it_over_from_the_first(connection: Connection, one: At) -> None:
    one.desk.enter("one", SLOTS)
    with pytest.raises(NameTaken, match="another worker runs as one: give each machine a name of its own"):
        one.turn()


def test_a_machine_that_was_forgotten_comes_back(connection: Connection, one: At) -> None:
    connection.execute("DELETE FROM machines")
    one.turn()
    assert count(connection, "machines") == 1


def test_a_worker_looks_again_when_the_next_site_is_due(connection: Connection, one: At) -> None:
    one.desk.tick_seconds = 5.0
    assert one.turn().due_in > 3
    add(connection, "soon.kr", due=timedelta(seconds=-1))
    add(connection, "later.kr", due=timedelta(hours=-1))
    one.desk._tick_at = -1e9
    assert one.turn().due_in < 1
