"""The archive is read again by workers, and one machine dies in the middle of it."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

from psycopg import Connection

from pipelines.fleet.reparse_runs import ask
from tests.fleet.conftest import Start
from tests.processes import wait_until
from tests.reparse_fleet import ALL, HELD, IS_HELD, PAGES, archived, in_store
from tests.reparse_runs import Reread, empty, stored
from tests.stored import count, value

SITES = 4
ENDED = "SELECT finished_at IS NOT NULL FROM reparse_runs"


def test_a_machine_dies_amid_its_parts_and_another_one_reads_every_page_once(
    machine: Start, connection: Connection, data: Path, tmp_path: Path, reread: Reread
) -> None:
    for number in range(SITES):
        archived(data, f"paper{number}.kr", [9, 10])
    reread(writes=True)
    undisturbed = stored(connection)
    empty(connection)
    in_store(connection, data)
    for name in ("one", "two"):
        shutil.copytree(data / "archive", tmp_path / name / "data" / "archive")
    ask(connection, data, "one", ALL)
    connection.execute(HELD)
    one = machine("one", slots=4)
    wait_until(lambda: value(connection, IS_HELD) is True, lambda: one.log)
    crawls = one.crawls
    one.process.kill()
    for pid in crawls:
        os.kill(pid, signal.SIGKILL)
    connection.execute("SELECT pg_advisory_unlock(42)")
    two = machine("two", slots=4)
    wait_until(lambda: value(connection, ENDED) is True, lambda: two.log)
    assert two.end().status == 0
    assert stored(connection) == undisturbed
    assert count(connection, "articles") == SITES * 2 * PAGES
    assert value(connection, "SELECT sum(attempts) FROM reparse_shards") >= 1
    assert count(connection, "procrastinate_jobs") == 0
