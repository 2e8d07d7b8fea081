"""What several tests that need a connection have in common."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import Connection

from pipelines.database.connection import Database
from pipelines.spool.drain import Drain
from tests.own_pages import OWN_PAGES
from tests.page_client import PageClient, serving


@pytest.fixture
def drain(connection: Connection, database_url: str, data: Path) -> Iterator[Drain]:
    """What stores the pages of the data folder in the test's database."""
    drain = Drain(Database(database_url, data), data)
    yield drain
    drain.close()


@pytest.fixture
def role(connection: Connection) -> Iterator[str]:
    """A role that owns nothing."""
    role = f"role_{connection.info.dbname}"
    connection.execute(f"CREATE ROLE {role} LOGIN")
    yield role
    connection.execute(f"DROP OWNED BY {role}")
    connection.execute(f"DROP ROLE {role}")


@pytest.fixture
def page(connection: Connection, database_url: str, data: Path) -> Iterator[PageClient]:
    """The web page over the test's database."""
    with serving(database_url, data) as client:
        yield client


@pytest.fixture
def impatient(connection: Connection, database_url: str, data: Path) -> Iterator[PageClient]:
    """Pages that ask too much, and settings that allow little."""
    given = {"WEB_STATEMENT_TIMEOUT": 0.05, "WEB_DOWNLOAD_TIMEOUT": 0.05}
    with serving(database_url, data, pages=OWN_PAGES, **given) as client:
        yield client
