"""Workers, crawls and what forks them are killed, stopped and told to end: all is stored, and nothing twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from psycopg import Connection

from tests.fleet.conftest import PAPERS, Start
from tests.fleet.workers import Machine, add, runs
from tests.processes import wait_until
from tests.site import Replica
from tests.stored import count, outcomes, value

Check = Callable[[Machine], None]

BACK = "SELECT count(*) FROM sites WHERE machine IS NULL AND attempts = 0 AND next_at <= now()"

PUT_OFF = "SELECT count(*) FROM sites WHERE machine IS NULL AND attempts = 1 AND next_at > now() + interval '30 s'"

SLOW, SLOWER = {"DOWNLOAD_DELAY": "0.2"}, {"DOWNLOAD_DELAY": "0.5"}
"""Seconds between two pages: so no crawl ends before the others have begun, or before it is told to."""


def amid(machine: Machine, replicas: list[Replica]) -> list[int]:
    """The processes of the crawls, when each has fetched some articles."""
    for replica in replicas:
        replica.forget()
    for replica in replicas:
        replica.wait_for(articles=3)
    assert len(machine.crawls) == PAPERS
    return machine.crawls


def test_crawls_of_a_killed_worker_end_by_themselves_and_another_machine_goes_on(
    machine: Start, replicas: list[Replica], connection: Connection, database_url: str, all_crawled: Check
) -> None:
    add(database_url, replicas)
    one = machine("one", **SLOWER)
    crawls = amid(one, replicas)
    one.process.kill()
    wait_until(lambda: not any(map(runs, crawls)))
    assert outcomes(connection) == ["ok"] * PAPERS  # they have stored what they had
    two = machine("two")
    all_crawled(two)
    assert value(connection, "SELECT count(*) FROM sites WHERE attempts = 0 AND failed_at IS NULL") == PAPERS
    assert count(connection, "procrastinate_jobs") == 0


def test_a_killed_crawl_is_tried_again(
    machine: Start, replicas: list[Replica], connection: Connection, database_url: str, all_crawled: Check
) -> None:
    add(database_url, replicas)
    one = machine("one", **SLOW)
    os.kill(amid(one, replicas)[0], signal.SIGKILL)
    one.wait_for("was killed (1 since one ended by itself)")
    all_crawled(one)
    assert sorted(map(str, outcomes(connection))) == ["error", *["ok"] * PAPERS]


def test_crawls_go_on_when_what_has_forked_them_is_killed(
    machine: Start, replicas: list[Replica], connection: Connection, database_url: str, all_crawled: Check
) -> None:
    add(database_url, replicas)
    one = machine("one", **SLOW)
    crawls = amid(one, replicas)
    forkserver = one.forkserver
    os.kill(forkserver, signal.SIGKILL)
    wait_until(lambda: not any(map(runs, crawls)))
    assert value(connection, "SELECT count(*) FROM crawls WHERE outcome = 'ok' AND proves_lists") == PAPERS
    add(database_url, replicas)  # due once more
    wait_until(lambda: len(outcomes(connection)) == 2 * PAPERS, lambda: one.log)
    assert one.forkserver not in {0, forkserver}
    all_crawled(one)


def test_a_worker_that_is_told_to_end_puts_its_crawls_back(
    machine: Start, replicas: list[Replica], connection: Connection, database_url: str, all_crawled: Check
) -> None:
    add(database_url, replicas)
    one = machine("one", **SLOWER)
    amid(one, replicas)
    run = one.end()
    assert (run.status, run.last_line) == (0, "asiatongsin: the worker was told to end")
    assert outcomes(connection) == ["ok"] * PAPERS
    assert value(connection, BACK) == PAPERS
    assert value(connection, "SELECT count(*) FROM machines WHERE stopped_at IS NOT NULL") == 1
    all_crawled(machine("two"))


def test_what_does_not_end_within_the_grace_is_killed_and_its_pages_are_kept(
    machine: Start, replicas: list[Replica], connection: Connection, database_url: str, all_crawled: Check
) -> None:
    add(database_url, replicas)
    one = machine("one", FLEET_GRACE="0.2", **SLOWER)
    crawls = amid(one, replicas)
    for crawl in crawls:
        os.kill(crawl, signal.SIGSTOP)
    assert one.end().status == 0
    assert not any(map(runs, crawls))
    assert value(connection, BACK) == PAPERS
    all_crawled(machine("one"))  # under its old name, at once


def test_a_worker_that_was_frozen_does_no_harm(
    machine: Start, replicas: list[Replica], connection: Connection, database_url: str, all_crawled: Check
) -> None:
    add(database_url, replicas)
    one = machine("one", **SLOW)
    frozen = [*amid(one, replicas), one.process.pid]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    two = machine("two")
    wait_until(lambda: value(connection, PUT_OFF) == PAPERS, lambda: two.log)  # each holds its site, frozen as it is
    for pid in frozen:
        os.kill(pid, signal.SIGCONT)
    all_crawled(two)
    assert one.end().status == 0
    assert sorted(map(str, outcomes(connection))) == ["ok"] * PAPERS
