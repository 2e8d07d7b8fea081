"""What the queue engine does by itself, and why workers of the fleet do otherwise. Each test shows a fault of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from procrastinate import sql
from psycopg import Connection
from psycopg.rows import dict_row

from pipelines.fleet import queue
from pipelines.fleet.queue import Due
from tests.stored import count

DUE = Due(name="crawl paper.kr", lock="site paper.kr", priority=0, args={"site": "paper.kr"})
DEAD_AFTER = 30.0


@pytest.fixture
def worker(connection: Connection) -> int:
    queue.make_tables(connection)
    queue.make_tables(connection)  # also where they are there
    return queue.register(connection)


def dies(connection: Connection, worker: int) -> None:
    connection.execute(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id = %s", [worker]
    )


def ask(connection: Connection, statement: str, **given: Any) -> None:
    psycopg.Cursor(connection, row_factory=dict_row).execute(sql.queries[statement], given)


def retry(connection: Connection, job: int, at: datetime) -> None:
    given = {"new_priority": None, "new_queue_name": None, "new_lock": None}
    ask(connection, "retry_job", job_id=job, retry_at=at, **given)


def test_cannot_put_a_job_back_while_a_newer_one_waits(connection: Connection, worker: int) -> None:
    queue.defer(connection, "crawls", [DUE])
    job = queue.fetch(connection, ["crawls"], worker)
    assert job
    # Another program defers by the engine alone, which knows of waiting jobs only.
    ask(connection, "defer_jobs", jobs=[("crawls", "crawls", 0, DUE.lock, DUE.name, "{}", None)])
    dies(connection, worker)
    [stalled] = queue.stalled(connection, DEAD_AFTER)
    with pytest.raises(psycopg.errors.UniqueViolation):
        retry(connection, stalled.id, datetime.now(UTC))
    assert queue.fetch(connection, ["crawls"], queue.register(connection)) is None  # nobody crawls the site any more
    assert queue.delete(connection, stalled)
    assert queue.fetch(connection, ["crawls"], queue.register(connection))


def test_does_not_tell_a_worker_that_it_was_taken_for_dead(connection: Connection, worker: int) -> None:
    dies(connection, worker)
    queue.prune(connection, DEAD_AFTER)
    ask(connection, "update_heartbeat", worker_id=worker)
    queue.defer(connection, "crawls", [DUE])
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        queue.fetch(connection, ["crawls"], worker)
    assert not queue.beat(connection, worker)
    assert queue.beat(connection, queue.register(connection))


def test_lets_a_job_that_is_put_off_block_its_lock(connection: Connection, worker: int) -> None:
    other = Due(name="crawl other.kr", lock=DUE.lock, priority=0, args={"site": "other.kr"})
    queue.defer(connection, "crawls", [DUE, other])
    first = queue.fetch(connection, ["crawls"], worker)
    assert first
    assert first.args == DUE.args
    retry(connection, first.id, datetime.now(UTC) + timedelta(hours=1))
    assert queue.fetch(connection, ["crawls"], worker) is None


def test_keeps_finished_jobs_unless_they_are_deleted(connection: Connection, worker: int) -> None:
    for is_deleted in (False, True):
        queue.defer(connection, "crawls", [DUE])
        job = queue.fetch(connection, ["crawls"], worker)
        assert job
        if is_deleted:
            assert queue.delete(connection, job)
            assert not queue.delete(connection, job)
        else:
            ask(connection, "finish_job", job_id=job.id, status="succeeded", delete_job=False)
        assert count(connection, "procrastinate_jobs") == 1
    assert count(connection, "procrastinate_events") == 3  # of the one that is there: deferred, started, succeeded
