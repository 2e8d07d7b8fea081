"""`asiatongsin migrate`: what it says it did, or why it could not."""

from __future__ import annotations

import psycopg
from psycopg import Connection

from pipelines.database.migrate import migrations
from tests.conftest import Scrapy

CURRENT = migrations()[-1].version


def test_the_command_says_what_it_did(scrapy: Scrapy, empty_database_url: str) -> None:
    first, second = (scrapy("migrate", DATABASE_URL=empty_database_url) for _ in range(2))
    assert (first.status, second.status) == (0, 0), first.log
    assert f"schema version {CURRENT}; applied 0001 initial" in first.output
    assert second.output.endswith(f"schema version {CURRENT}; nothing to do\n")


def test_the_command_says_when_it_cannot(scrapy: Scrapy, newer: str) -> None:
    run = scrapy("migrate", DATABASE_URL=newer)
    assert run.status == 2
    assert "upgrade the program" in run.last_line
    assert "Traceback" not in run.log


def test_the_command_says_when_it_may_not(scrapy: Scrapy, empty: Connection, empty_database_url: str) -> None:
    """Since PostgreSQL 15 only the owner of a database makes tables in it unless others are allowed to."""
    role = f"role_{empty.info.dbname}"
    empty.execute(f"CREATE ROLE {role}")
    try:
        run = scrapy(
            "migrate", DATABASE_URL=psycopg.conninfo.make_conninfo(empty_database_url, options=f"-c role={role}")
        )
    finally:
        empty.execute(f"DROP ROLE {role}")
    assert "permission denied for schema public" in run.log
    assert run.status == 2
    assert "Traceback" not in run.log
