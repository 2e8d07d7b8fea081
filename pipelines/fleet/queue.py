"""The queue that hands out work: procrastinate's tables and statements, over a connection of ours.

Its worker class is not used (3.10, 2026-11-30). It ends where its row was pruned, takes nothing more once its heartbeat
failed, and waits for all its jobs before it ends. With its statements alone, the end of a job and what that means for
our tables are one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from procrastinate import sql
from procrastinate.schema import SchemaManager
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from pipelines.crawl_record import JOB_OF_FLEET
from pipelines.database.errors import DatabaseRights
from pipelines.database.rights import grant_tables

CHANNEL = "procrastinate_any_queue_v1"
"""What procrastinate notifies of each new job."""

# Not with to_regclass: who waited for another to make the table is told by its memory that there is none.
_IS_THERE = """
SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'procrastinate_jobs' AND pg_table_is_visible(oid))"""
_ROLE = "SELECT quote_ident(current_user), coalesce(quote_ident(current_schema()), 'public')"
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('asiatongsin queue', 0))"
_OPEN = "SELECT queueing_lock FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
_IS_REGISTERED = "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE id = %s)"
_TAKEN_BY = "SELECT id, queue_name, args FROM procrastinate_jobs WHERE worker_id = %s AND status = 'doing'"

# Not the engine's own statement, which fails where the job is gone: others may have taken this worker for dead.
_DELETE = "DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'doing' RETURNING id"


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A job that a worker has taken."""

    id: int
    """Its number in the queue."""

    queue: str
    """The kind of work."""

    args: dict[str, Any]
    """What is to be worked on; `site` is in it."""

    @property
    def name(self) -> str:
        """What a crawl notes as its job, so that its row can be found."""
        return f"{JOB_OF_FLEET}{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """Something that is due."""

    name: str
    """Of all jobs with one name, one at most is in the queue."""

    lock: str
    """Of all jobs with one lock, one at most is worked on."""

    priority: int
    """Those with a higher one begin first."""

    args: dict[str, Any]
    """What is to be worked on; `site` is in it."""


def make_tables(connection: Connection) -> None:
    """Makes the tables of the queue where they are missing. DatabaseRights where the role may not."""
    if _is_there(connection):
        return
    try:
        with connection.transaction():
            connection.execute(_ONE_AT_A_TIME)
            if not _is_there(connection):
                psycopg.Cursor(connection).execute(SchemaManager.get_schema())  # several statements at once
    except psycopg.errors.InsufficientPrivilege as error:
        raise _may_not_make_tables(connection, error) from None


def _may_not_make_tables(connection: Connection, error: psycopg.Error) -> DatabaseRights:
    [(role, schema)] = connection.execute(_ROLE).fetchall()
    remedy = (
        f"run `asiatongsin fleet worker` once as the owner of the tables, then {grant_tables(schema, role)};"
        f" GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
    )
    return DatabaseRights(f"the tables of the queue are missing ({error.diag.message_primary})", remedy)


def _is_there(connection: Connection) -> bool:
    return connection.execute(_IS_THERE).fetchone() == (True,)


def register(connection: Connection) -> int:
    """A new worker of the queue; returns its number."""
    return int(_rows(connection, sql.queries["register_worker"])[0]["worker_id"])


def unregister(connection: Connection, worker: int) -> None:
    """Forgets a worker that ends. Jobs that it has left count as those of a dead one from now on."""
    _rows(connection, sql.queries["unregister_worker"], worker_id=worker)


def beat(connection: Connection, worker: int) -> bool:
    """Says that a worker is alive; False where others have taken it for dead."""
    _rows(connection, sql.queries["update_heartbeat"], worker_id=worker)
    return connection.execute(_IS_REGISTERED, [worker]).fetchone() == (True,)


def defer(connection: Connection, queue: str, due: Sequence[Due]) -> list[str]:
    """Puts into the queue what is not there yet; returns the names."""
    if not due:
        return []
    there = {name for (name,) in connection.execute(_OPEN)}
    new = [one for one in due if one.name not in there]
    jobs = [(queue, queue, one.priority, one.lock, one.name, Jsonb(one.args), None) for one in new]
    if jobs:
        _rows(connection, sql.queries["defer_jobs"], jobs=jobs)
    return [one.name for one in new]


def fetch(connection: Connection, queues: Collection[str], worker: int) -> Job | None:
    """Takes the first job that may begin; None where there is none."""
    row = _rows(connection, sql.queries["fetch_job"], queues=list(queues), worker_id=worker)[0]
    return None if row["id"] is None else _job(row)


def stalled(connection: Connection, dead_after: float) -> list[Job]:
    """Jobs of workers that have not been heard of for so many seconds, or are gone."""
    given = {"seconds_since_heartbeat": dead_after, "queue": None, "task_name": None}
    return [_job(row) for row in _rows(connection, sql.queries["select_stalled_jobs_by_heartbeat"], **given)]


def prune(connection: Connection, dead_after: float) -> None:
    """Forgets workers that have not been heard of for so many seconds."""
    _rows(connection, sql.queries["prune_stalled_workers"], seconds_since_heartbeat=dead_after)


def taken_by(connection: Connection, worker: int) -> list[Job]:
    """The jobs that a worker has taken."""
    return [_job(row) for row in _rows(connection, _TAKEN_BY, worker)]


def delete(connection: Connection, job: Job) -> bool:
    """Ends a job; False where others have ended it already."""
    return connection.execute(_DELETE, [job.id]).fetchone() is not None


def _job(row: dict[str, Any]) -> Job:
    return Job(id=row["id"], queue=row["queue_name"], args=row["args"])


def _rows(connection: Connection, query: LiteralString, *values: Any, **named: Any) -> list[dict[str, Any]]:
    """As text: the types of the queue have no binary form that psycopg knows."""
    with psycopg.Cursor(connection, row_factory=dict_row) as cursor:
        return cursor.execute(query, named or values).fetchall()
