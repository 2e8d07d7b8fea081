"""The database is away, or of a newer version: crawls run on, and workers come back by themselves."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import conninfo

from tests.faults.conftest import fragile  # noqa: F401  a fixture
from tests.faults.postgres import Server
from tests.fleet.conftest import PAPERS, Start
from tests.fleet.workers import add, crawled
from tests.processes import wait_until
from tests.site import Replica
from tests.stored import value

NEWER = (
    "INSERT INTO asiatongsin_migrations (version, name) SELECT max(version) + 1, 'future' FROM asiatongsin_migrations"
)


def test_a_worker_outlives_a_database_that_is_away_for_longer_than_others_would_wait(
    machine: Start,
    replicas: list[Replica],
    fragile: Server,  # noqa: F811
) -> None:
    add(fragile.url, replicas)
    one = machine("one", fragile.url, DOWNLOAD_DELAY="0.2")
    for replica in replicas:
        replica.forget()
    for replica in replicas:
        replica.wait_for(articles=3)
    fragile.kill()
    one.wait_for("No job is taken, and those that run go on, until the database answers")
    wait_until(lambda: one.log.count("pages wait in the spool") >= PAPERS, lambda: one.log)
    wait_until(lambda: not one.crawls, lambda: one.log)
    fragile.start()
    one.wait_for("The database answers again")
    one.wait_for("pages that ended crawls had left in the spool")  # nobody else would store them before the next crawl
    with psycopg.connect(fragile.url, autocommit=True) as connection:
        add(fragile.url, replicas)
        wait_until(lambda: crawled(connection, PAPERS), lambda: one.log)
        assert value(connection, "SELECT count(*) FROM sites WHERE failed_at IS NULL") == PAPERS
    assert one.end().status == 0
    assert one.log.count("No job is taken") == 1


def test_a_worker_outlives_a_database_that_takes_connections_and_does_not_answer(
    machine: Start,
    replicas: list[Replica],
    fragile: Server,  # noqa: F811
) -> None:
    add(fragile.url, replicas)
    one = machine("one", fragile.url, DOWNLOAD_DELAY="0.2", DATABASE_SILENCE_MAX="2")
    one.wait_for("Spider opened")
    fragile.freeze()
    one.wait_for("the database took our connection and does not answer")
    wait_until(lambda: not one.crawls, lambda: one.log)
    fragile.thaw()
    one.wait_for("The database answers again")
    with psycopg.connect(fragile.url, autocommit=True) as connection:
        add(fragile.url, replicas)
        wait_until(lambda: crawled(connection, PAPERS), lambda: one.log)
        assert value(connection, "SELECT count(*) FROM procrastinate_jobs") == 0
    assert one.end().status == 0


def test_a_worker_ends_where_the_database_is_of_a_newer_version(
    machine: Start, replicas: list[Replica], connection: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    add(database_url, replicas)
    one = machine("one")
    wait_until(lambda: crawled(connection, PAPERS), lambda: one.log)
    connection.execute(NEWER)
    assert one.process.wait(600) == 0
    assert "upgrade the program" in one.log.rstrip().rpartition("\n")[2]
    again = machine("one")
    assert again.process.wait(600) == 2
    assert "upgrade the program" in again.log.rstrip().rpartition("\n")[2]


def test_a_worker_does_not_wait_for_a_database_that_was_never_made(machine: Start, database_url: str) -> None:
    one = machine("one", conninfo.make_conninfo(database_url, dbname="never_made"))
    assert one.process.wait(600) == 2
    assert "never_made" in one.log.rstrip().rpartition("\n")[2]


def test_two_workers_of_one_name_are_one_too_many(machine: Start, database_url: str) -> None:
    add(database_url, [])
    one = machine("one")
    one.wait_for("This machine is one")
    two = machine("one")
    assert two.process.wait(600) == 2
    assert "another worker runs as one: give each machine a name of its own" in two.log
    assert one.end().status == 0
