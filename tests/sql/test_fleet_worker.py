"""A worker's turns, in this very process: no job is taken here, so none is started."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection, conninfo

from pipelines.database.errors import ClocksDiffer, DatabaseTooNew, DatabaseUnusable
from pipelines.fleet import queue
from pipelines.fleet.desk import Desk, Ending, Turn
from pipelines.fleet.work import End
from pipelines.fleet.worker import LONGEST_PAUSE, SHORT_PAUSE, Worker
from tests import in_process
from tests.processes import wait_until
from tests.samples import UNREACHABLE
from tests.stored import count, value

Log = pytest.LogCaptureFixture

REFUSING = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not on Sundays'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION refuse();
INSERT INTO sites (site, base, next_at) VALUES ('paper.kr', 'https://paper.kr', now())"""


def worker(url: str, data: Path) -> Worker:
    return Worker(in_process.settings(url, data))


def test_asks_again_at_growing_intervals_and_says_so_once(data: Path, caplog: Log) -> None:
    async def turns() -> list[float]:
        one, pauses = worker(UNREACHABLE, data), [0.0]
        for _ in range(6):
            pauses.append(await one._turn(pauses[-1]))
        return pauses

    assert asyncio.run(turns()) == [0.0, 1.0, 2.0, 4.0, 8.0, LONGEST_PAUSE, LONGEST_PAUSE]
    assert caplog.text.count("No job is taken, and those that run go on, until the database answers") == 1


def test_what_a_database_refuses_ends_no_worker(
    connection: Connection, database_url: str, data: Path, caplog: Log
) -> None:
    async def turns() -> tuple[float, float]:
        one = worker(database_url, data)
        before = await one._turn(0.0)
        connection.execute(REFUSING)
        one._desk._tick_at = -1e9
        after = await one._turn(before)
        one._bell.close()
        one._desk.session.close()
        return before, after

    before, after = asyncio.run(turns())
    assert before <= 5.0
    assert after == 2 * max(before, SHORT_PAUSE)
    assert "until the database answers: not on Sundays" in caplog.text


def test_two_workers_that_begin_at_once_make_the_tables_of_the_queue_once(
    connection: Connection, database_url: str
) -> None:
    waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(database_url, autocommit=True) as second, ThreadPoolExecutor(1) as thread:
        with connection.transaction():
            connection.execute(queue._ONE_AT_A_TIME)
            queue.make_tables(connection)
            done = thread.submit(queue.make_tables, second)
            wait_until(lambda: done.done() or value(connection, waits) == 1)
        done.result(timeout=600)
    assert count(connection, "procrastinate_jobs") == 0


def test_a_word_that_was_on_its_way_as_a_worker_was_killed_keeps_nobody_from_its_name(
    connection: Connection, database_url: str, data: Path, caplog: Log
) -> None:
    given = in_process.settings(database_url, data)
    given.setdict({"FLEET_MACHINE": "one", "FLEET_DEAD_AFTER": 1.0}, priority="cmdline")
    caplog.set_level("INFO")

    async def begins() -> str:
        queue.make_tables(connection)
        killed, next_one = Worker(given), Worker(given)
        machine = killed._desk.enter("one", 1)
        entering = asyncio.create_task(next_one._enter())
        # On a slow machine it may begin at once: the other was silent for long.
        while not entering.done() and "A worker ran as one a moment ago" not in caplog.text:  # noqa: ASYNC110  no event
            await asyncio.sleep(0)
        machine.beat(connection, {"pages": 0, "refused": 0})
        entered = await entering
        for one in (killed, next_one):
            one._desk.session.close()
        return entered.name

    assert asyncio.run(begins()) == "one"


def test_says_what_a_role_needs_that_may_make_no_tables(
    connection: Connection, database_url: str, data: Path, role: str
) -> None:
    connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
    connection.execute("REVOKE CREATE ON SCHEMA public FROM public")
    url = conninfo.make_conninfo(database_url, user=role)
    with pytest.raises(DatabaseUnusable, match="run `asiatongsin fleet worker` once as the owner of the tables, then"):
        asyncio.run(worker(url, data)._turn(0.0))
    queue.make_tables(connection)
    connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
    connection.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    connection.execute("INSERT INTO sites (site, base, next_at) VALUES ('paper.kr', 'https://paper.kr', now())")
    desk = worker(url, data)._desk
    turn = Turn(machine=desk.enter("one", 1), running=frozenset(), free=1)
    desk.turn(turn)
    desk.leave(turn.machine)
    assert [begun.label for begun in turn.begun] == ["paper.kr"]


def test_says_that_it_is_alive_while_its_last_crawls_run_under_a_newer_version(
    connection: Connection, database_url: str, data: Path
) -> None:
    desk = worker(database_url, data)._desk
    turn = Turn(machine=desk.enter("one", 1), running=frozenset())
    desk.turn(turn)
    connection.execute("INSERT INTO asiatongsin_migrations (version, name) VALUES (9999, 'future')")
    connection.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    desk._beat_at = -1e9
    with pytest.raises(DatabaseTooNew):
        desk.turn(turn)
    desk.session.close()
    assert value(connection, "SELECT last_heartbeat > now() - interval '1 min' FROM procrastinate_workers")


def test_a_spool_that_cannot_be_looked_into_ends_no_worker(database_url: str, data: Path, caplog: Log) -> None:
    folder = data / "spool" / "crawl"
    folder.mkdir(parents=True)
    (folder / "owner").symlink_to("owner")  # as one that another user has left: nobody may open it

    async def turn() -> None:
        one = worker(database_url, data)
        await one._turn(0.0)
        one._bell.close()
        one._desk.session.close()

    asyncio.run(turn())
    assert "What waits in the spool cannot be counted: " in caplog.text


def test_a_crawl_that_ends_while_the_queue_was_emptied_runs_no_more(
    connection: Connection, database_url: str, data: Path
) -> None:
    connection.execute("INSERT INTO sites (site, base, next_at) VALUES ('paper.kr', 'https://paper.kr', now())")
    one = worker(database_url, data)
    turn = Turn(machine=one._desk.enter(one.limits.machine, 1), running=frozenset(), free=1)
    one._desk.turn(turn)
    [begun] = turn.begun
    connection.execute("TRUNCATE procrastinate_jobs CASCADE")
    turn.ended, turn.free = [Ending(job=begun.job, end=End.BY_ITSELF, status=0)], 0
    one._desk.turn(turn)
    one._desk.session.close()
    assert value(connection, "SELECT machine IS NULL AND status = 0 FROM sites")


SHIFTED = """
CREATE SCHEMA shifted;
CREATE FUNCTION shifted.now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.now() + interval '{minutes} minutes'
$$;
INSERT INTO sites (site, base, schedule, next_at)
VALUES ('paper.kr', 'https://paper.kr', 'every 1m', pg_catalog.now() - interval '1 day')"""
NEXT = "SELECT next_at - now() BETWEEN interval '0' AND interval '1 min' FROM sites"


def shifted(connection: Connection, url: str, data: Path, minutes: int) -> Desk:
    """The desk of a machine whose clock is behind that of the database by so much, and a site that is due."""
    connection.execute(SHIFTED.format(minutes=minutes))
    return worker(conninfo.make_conninfo(url, options="-c search_path=public,shifted,pg_catalog"), data)._desk


@pytest.mark.parametrize("minutes", [8, -8])
def test_the_clock_of_a_machine_does_not_say_when_a_site_is_due_next(
    connection: Connection, database_url: str, data: Path, minutes: int
) -> None:
    desk = shifted(connection, database_url, data, minutes)
    turn = Turn(machine=desk.enter("one", 1), running=frozenset(), free=1)
    desk.turn(turn)
    assert [begun.label for begun in turn.begun] == ["paper.kr"]
    assert desk.session.run(lambda other: value(other, NEXT))
    desk.session.close()


@pytest.mark.parametrize("minutes", [120, -120])
def test_a_machine_whose_clock_is_far_off_takes_nothing(
    connection: Connection, database_url: str, data: Path, minutes: int
) -> None:
    desk = shifted(connection, database_url, data, minutes)
    turn = Turn(machine=desk.enter("one", 1), running=frozenset(), free=1)
    with pytest.raises(ClocksDiffer, match="set the wrong one right"):
        desk.turn(turn)
    assert turn.begun == []
    assert value(connection, "SELECT count(*) FROM sites WHERE next_at < now()") == 1
    desk.session.close()


def test_does_not_begin_where_the_database_cannot_be_used(newer: str, data: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="upgrade the program"):
        asyncio.run(worker(newer, data)._turn(0.0))
