"""Work over a connection that breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg import Connection

from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseForeign, DatabaseUnreachable
from pipelines.database.session import Session


@pytest.fixture
def session(database_url: str, tmp_path: Path, prepared: list[int]) -> Session:
    """A session that notes the server's process behind each new connection."""
    return Session(Database(database_url, tmp_path), prepare=lambda new: prepared.append(new.info.backend_pid))


@pytest.fixture
def prepared() -> list[int]:
    return []


def pid(connection: Connection) -> int:
    connection.execute("SELECT 1")
    return connection.info.backend_pid


def test_does_the_work_once_more_where_an_open_connection_broke(
    session: Session, prepared: list[int], connection: Connection
) -> None:
    first = session.run(pid)
    assert session.run(pid) == first
    connection.execute("SELECT pg_terminate_backend(%s, 10000)", [first])
    second = session.run(pid)
    assert prepared == [first, second]
    session.close()
    assert not session.is_connected


def test_does_it_once_only_where_the_new_connection_breaks_as_well(
    session: Session, prepared: list[int], connection: Connection
) -> None:
    def end_itself(mine: Connection) -> None:
        connection.execute("SELECT pg_terminate_backend(%s, 10000)", [pid(mine)])
        pid(mine)

    with pytest.raises(DatabaseUnreachable):
        session.run(end_itself)
    assert (len(prepared), session.is_connected) == (1, False)


def test_keeps_no_connection_that_could_not_be_prepared(database_url: str, tmp_path: Path) -> None:
    seen: list[Connection] = []

    def prepare(new: Connection) -> None:
        seen.append(new)
        new.execute("SELECT none FROM nowhere")

    session = Session(Database(database_url, tmp_path), prepare)
    for _ in range(2):
        with pytest.raises(DatabaseForeign, match="undo the change"):
            session.run(pid)
    assert [new.closed for new in seen] == [True, True]
    assert not session.is_connected
