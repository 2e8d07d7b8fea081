"""What the role of DATABASE_URL may do, and what is said where it may too little."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from psycopg import Connection, conninfo
from scrapy.settings import Settings

from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseBusy, DatabaseMissing, DatabaseRights
from pipelines.database.migrate import require_schema
from pipelines.database.refusal import refused
from pipelines.spool.drain import Drain
from pipelines.status import facts
from pipelines.status.reasons import Limits, reasons
from pipelines.status.state import Files, Status
from tests.samples import AT, NO, leave, page, record, rejected, removed, story
from tests.stored import numbers

USED = "SELECT, INSERT, UPDATE, DELETE"


def refusal(url: str, role: str, data: Path) -> str:
    """The sentence of what refuses to store anything as this role."""
    drain = Drain(Database(conninfo.make_conninfo(url, user=role), data), data)
    with pytest.raises((DatabaseRights, DatabaseMissing)) as refused:
        drain.store_record(record())
    return str(refused.value)


def test_the_four_rights_on_the_tables_suffice(
    connection: Connection, database_url: str, role: str, data: Path
) -> None:
    """PostgreSQL 15 gives no other role than the owner the right to make tables in `public`."""
    connection.execute(f"GRANT {USED} ON ALL TABLES IN SCHEMA public TO {role}")
    leave(data, page(stories=[story(1)], seoul=20), page(NO + 1), removed(3), rejected(4))
    drain = Drain(Database(conninfo.make_conninfo(database_url, user=role), data), data)
    assert drain.drain_abandoned() == 4
    drain.close()
    assert numbers(connection) == [NO, NO + 1]


@pytest.mark.parametrize(
    "given",
    ["", "ALL ON articles", "SELECT ON ALL TABLES IN SCHEMA public", "SELECT, INSERT ON ALL TABLES IN SCHEMA public"],
)
def test_one_that_lacks_a_right_on_a_table_is_told_the_grant(
    connection: Connection, database_url: str, role: str, data: Path, given: str
) -> None:
    if given:
        connection.execute(f"GRANT {given} TO {role}")
    assert refusal(database_url, role, data).endswith(f": GRANT {USED} ON ALL TABLES IN SCHEMA public TO {role}")


def test_one_that_may_not_use_the_schema_is_told_so_whether_it_stores_or_looks(
    connection: Connection, database_url: str, role: str, data: Path
) -> None:
    """To it, the database looks empty."""
    connection.execute(f"GRANT {USED} ON ALL TABLES IN SCHEMA public TO {role}")
    connection.execute("REVOKE USAGE ON SCHEMA public FROM public")
    told = f"{role} may not use the schema public: GRANT USAGE ON SCHEMA public TO {role}"
    assert refusal(database_url, role, data) == told
    looking = psycopg.connect(conninfo.make_conninfo(database_url, user=role), autocommit=True)
    with looking, pytest.raises(DatabaseRights, match=told):
        require_schema(looking, "news")


def test_what_is_told_helps(connection: Connection, database_url: str, role: str, data: Path) -> None:
    connection.execute(refusal(database_url, role, data).rpartition(": ")[2])
    drain = Drain(Database(conninfo.make_conninfo(database_url, user=role), data), data)
    drain.store_record(record())
    drain.close()


def test_one_that_may_only_look_is_not_told_to_store(connection: Connection, database_url: str, role: str) -> None:
    connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    with psycopg.connect(conninfo.make_conninfo(database_url, user=role), autocommit=True) as looking:
        database = facts.database(looking, "news")
    settings = Settings()
    settings.setmodule("asiatongsin.settings")
    files = Files(data="data", waiting=2, left=2, elsewhere={}, refused=0)
    told = reasons(Status(at=AT, files=files, database=database), Limits.from_settings(settings))
    assert told[0].startswith("2 pages wait in the spool, and this role cannot store them: ")
    assert told[0].endswith(f": GRANT {USED} ON ALL TABLES IN SCHEMA public TO {role}")


def test_one_that_may_not_make_the_tables_is_told_the_grant(
    connection: Connection, empty: Connection, empty_database_url: str, role: str, data: Path
) -> None:
    told = refusal(empty_database_url, role, data)
    assert f"permission denied for schema public: GRANT USAGE, CREATE ON SCHEMA public TO {role};" in told
    empty.execute("REVOKE USAGE ON SCHEMA public FROM public")
    assert f": GRANT USAGE, CREATE ON SCHEMA public TO {role};" in refusal(empty_database_url, role, data)
    empty.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {role}")
    drain = Drain(Database(conninfo.make_conninfo(empty_database_url, user=role), data), data)
    drain.store_record(record())
    drain.close()
    empty.execute(f"DROP OWNED BY {role}")


def test_one_that_may_not_bring_the_tables_up_to_date_is_told_who_may(
    connection: Connection, database_url: str, role: str, data: Path
) -> None:
    connection.execute(f"GRANT {USED} ON ALL TABLES IN SCHEMA public TO {role}")
    connection.execute("DELETE FROM asiatongsin_migrations WHERE version > 1")
    owner = connection.info.user
    assert f"run `asiatongsin migrate` once as {owner}, the owner of the tables" in refusal(database_url, role, data)


def test_one_that_lost_its_rights_meanwhile_is_told_the_grant(
    connection: Connection, database_url: str, role: str, data: Path
) -> None:
    connection.execute(f"GRANT {USED} ON ALL TABLES IN SCHEMA public TO {role}")
    drain = Drain(Database(conninfo.make_conninfo(database_url, user=role), data), data)
    drain.store_record(record())
    connection.execute(f"REVOKE INSERT ON crawls FROM {role}")
    with pytest.raises(DatabaseRights, match=f"GRANT {USED} ON ALL TABLES"):
        drain.store_record(record("other"))
    drain.close()


def test_a_refused_connection_is_told_by_its_code(
    connection: Connection, database_url: str, role: str, data: Path
) -> None:
    name = connection.info.dbname

    def sentence(error: type[Exception], **changes: str) -> str:
        with pytest.raises(error) as caught:
            Database(conninfo.make_conninfo(database_url, **({"user": role} | changes)), data).connect()
        return str(caught.value)

    assert f"CREATE DATABASE \"{name}x\" ENCODING 'UTF8'" in sentence(DatabaseMissing, dbname=f"{name}x")
    assert "mend user and password in DATABASE_URL" in sentence(DatabaseMissing, user="nobody such")
    connection.execute(f"ALTER ROLE {role} CONNECTION LIMIT 0")
    assert "no connection is left; raise the limit" in sentence(DatabaseBusy)
    connection.execute(f"REVOKE CONNECT ON DATABASE {name} FROM public")
    connection.execute(f"ALTER ROLE {role} CONNECTION LIMIT -1")
    assert sentence(DatabaseRights).endswith(f'GRANT CONNECT ON DATABASE "{name}" TO "{role}"')


def test_one_that_was_let_in_when_asked_once_more_may_wait(database_url: str, data: Path) -> None:
    """Between the refusal and the question for its code, another crawl may have ended."""
    refusal = psycopg.OperationalError("zu viele Verbindungen")
    assert isinstance(refused(refusal, database_url, "sentence"), DatabaseBusy)
