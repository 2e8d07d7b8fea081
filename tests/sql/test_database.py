"""Connections to a database, by every form of its address."""

from __future__ import annotations

from pathlib import Path

from psycopg import Connection, conninfo

from pipelines.database.connection import Database
from tests.stored import rows


def as_address(url: str) -> str:
    """The libpq key words as an address."""
    parts = conninfo.conninfo_to_dict(url)
    host, port = parts.pop("host", ""), parts.pop("port", "")
    name, user = parts.pop("dbname", ""), parts.pop("user", "postgres")
    given = "&".join(f"{key}={value}" for key, value in {"host": host, "port": port, **parts}.items() if value)
    return f"postgresql://{user}@/{name}?{given}"


def where(connection: Connection) -> tuple[str, bool]:
    with connection:
        return connection.info.dbname, connection.autocommit


def test_takes_an_address_and_key_words(database_url: str, data: Path) -> None:
    name = conninfo.conninfo_to_dict(database_url)["dbname"]
    for form in (as_address(database_url), as_address(database_url).replace("postgresql:", "postgres:"), database_url):
        assert where(Database(form, data).connect()) == (name, True)


def test_says_who_it_is_unless_the_address_does(database_url: str, data: Path) -> None:
    query = "SELECT current_setting('application_name')"
    for url, name in ((database_url, "asiatongsin"), (f"{database_url} application_name=other", "other")):
        with Database(url, data).connect() as connection:
            assert rows(connection, query) == [(name,)]
