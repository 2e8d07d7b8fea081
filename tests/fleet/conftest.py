"""Papers that are served, what an undisturbed fleet finds of them, and machines that a test may harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection

from tests.conftest import new_database
from tests.faults import contents
from tests.fleet.workers import Machine, add, crawled, papers
from tests.processes import wait_until
from tests.site import Replica

PAPERS = 2

Start = Callable[..., Machine]


@pytest.fixture(scope="session")
def replicas() -> Iterator[list[Replica]]:
    """A few papers."""
    with papers(PAPERS, 12) as served:
        yield served


@pytest.fixture(scope="session")
def undisturbed(
    server: str, template: str, replicas: list[Replica], tmp_path_factory: pytest.TempPathFactory
) -> frozenset[str]:
    """The rows that a fleet leaves to which nothing happens."""
    with new_database(server, template) as url, psycopg.connect(url, autocommit=True) as connection:
        add(url, replicas)
        machine = Machine.start("undisturbed", url, tmp_path_factory.mktemp("undisturbed"))
        try:
            wait_until(lambda: crawled(connection, PAPERS), lambda: machine.log)
            assert machine.end().status == 0
        finally:
            machine.kill()
        return contents.rows(connection)


@pytest.fixture
def machine(starts_commands: None, tmp_path: Path, database_url: str) -> Iterator[Start]:
    """Starts a worker and goes on: `machine("one", FLEET_GRACE="1")`; whatever still runs at the end is killed."""
    started: list[Machine] = []

    def start(name: str, url: str = database_url, slots: int = PAPERS, **settings: str) -> Machine:
        started.append(Machine.start(name, url, tmp_path / name, slots, **settings))
        return started[-1]

    yield start
    for one in started:
        one.kill()


@pytest.fixture
def all_crawled(connection: Connection, undisturbed: frozenset[str]) -> Callable[[Machine], None]:
    """Waits until a machine has crawled all, and compares what is stored with an undisturbed fleet."""

    def check(machine: Machine) -> None:
        wait_until(lambda: crawled(connection, PAPERS), lambda: machine.log)
        assert machine.end().status == 0, machine.log
        assert contents.rows(connection) == undisturbed

    return check
