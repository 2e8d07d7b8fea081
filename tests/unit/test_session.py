"""What the errors of psycopg become, and work that comes to no end."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import psycopg
import pytest
from psycopg import Connection

from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseForeign, DatabaseFrozen, DatabaseRights, DatabaseUnreachable
from pipelines.database.session import Session, run_while_progressing, translate_error
from tests.samples import UNREACHABLE


@pytest.mark.parametrize(
    ("raised", "becomes"),
    [
        (psycopg.OperationalError, DatabaseUnreachable),
        (psycopg.InterfaceError, DatabaseUnreachable),
        (psycopg.InternalError, DatabaseUnreachable),
        (psycopg.errors.InsufficientPrivilege, DatabaseRights),
        (psycopg.errors.UndefinedColumn, DatabaseForeign),
        (psycopg.errors.CheckViolation, psycopg.errors.CheckViolation),
        (psycopg.errors.CardinalityViolation, psycopg.errors.CardinalityViolation),
    ],
)
def test_an_error_becomes_what_the_caller_does_next(raised: type[psycopg.Error], becomes: type[Exception]) -> None:
    assert type(translate_error(raised("said\nso"), "news on host")) is becomes


def test_a_sentence_names_the_database_in_one_line() -> None:
    assert (
        str(translate_error(psycopg.OperationalError("it\nwent away"), "news on host")) == "news on host: it went away"
    )
    assert str(translate_error(psycopg.OperationalError("it\nwent away"))) == "it went away"


def pid(connection: Connection) -> int:
    connection.execute("SELECT 1")
    return connection.info.backend_pid


def test_says_that_nothing_is_reached(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachable, match=r"none on 127\.0\.0\.1"):
        Session(Database(UNREACHABLE, tmp_path)).run(pid)


def test_waits_no_longer_for_work_without_progress() -> None:
    answer = Event()
    with pytest.raises(DatabaseFrozen):
        run_while_progressing(answer.wait, 0.01)
    answer.set()
    assert run_while_progressing(answer.wait, 20)
