"""Behind a pooler, which passes on nothing that others notify, workers look by themselves."""

from __future__ import annotations

import pytest
from psycopg import Connection

from tests.fleet.conftest import PAPERS, Start
from tests.fleet.workers import add, crawled
from tests.pooler import PROGRAM, pooled
from tests.processes import wait_until
from tests.site import Replica

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed: see `make pgbouncer`")


def test_a_worker_behind_a_pooler_takes_what_comes_into_the_queue(
    machine: Start, replicas: list[Replica], connection: Connection, database_url: str
) -> None:
    with pooled(database_url, size=2 * PAPERS + 2) as url:
        add(database_url, replicas)
        one = machine("one", url)
        wait_until(lambda: crawled(connection, PAPERS), lambda: one.log)
        assert one.end().status == 0
