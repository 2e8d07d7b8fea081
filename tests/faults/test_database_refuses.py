"""A database that answers, and says no: to a row, to a disk that is full, to the connection, to everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection, conninfo

from tests.conftest import Scrapy
from tests.faults.conftest import Start
from tests.faults.postgres import Server
from tests.samples import leave, page, record
from tests.site import Replica, ReplicaSite, serve
from tests.stored import numbers

ONE = "-a", "sections=all"


@pytest.fixture
def replica(site: ReplicaSite) -> Iterator[Replica]:
    with serve(site) as replica:
        yield replica


@pytest.fixture
def site() -> ReplicaSite:
    return ReplicaSite(articles=30, page_bytes=8_000)


CHECKS = {
    "check": "ALTER TABLE article_texts ADD CHECK (no <> 100007)",
    "deferred trigger": """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN IF NEW.no = 100007 THEN RAISE EXCEPTION ''not this one''; END IF; RETURN NEW; END';
        CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON article_texts DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION refuse()""",
    "check on what belongs to it": "ALTER TABLE shown_teasers ADD CHECK (no <> 100007)",
}


@pytest.mark.parametrize("refusal", CHECKS)
def test_a_row_that_is_refused_stays_alone(
    crawl: Scrapy, connection: Connection, replica: Replica, data: Path, refusal: str
) -> None:
    connection.execute(CHECKS[refusal])
    run = crawl(replica.url, *ONE, "-s", "SPOOL_SEGMENT_PAGES=4")
    assert run.status == 1
    is_part = refusal.endswith("belongs to it")
    assert ("the database refused parts of 1 pages" if is_part else "the database refused 1 pages") in run.last_line
    assert numbers(connection) == [no for no in replica.site.numbers() if is_part or no != 100_007]
    rejected = connection.execute("SELECT no, reason, raw_path FROM rejected_pages").fetchall()
    assert [(no, reason.startswith("the database refused ")) for no, reason, _ in rejected] == [(100_007, True)]
    assert replica.site.article(100_007).headline in (data / rejected[0][2]).read_text()


def test_a_crawl_whose_row_is_refused_is_not_ok(crawl: Scrapy, connection: Connection, replica: Replica) -> None:
    connection.execute("ALTER TABLE crawls ADD CONSTRAINT never_ok CHECK (outcome <> 'ok')")
    run = crawl(replica.url, *ONE)
    assert (run.status, "Traceback" in run.log) == (3, False), run.log
    assert "its record waits in the spool (new row for relation" in run.last_line
    assert numbers(connection) == list(replica.site.numbers())
    connection.execute("ALTER TABLE crawls DROP CONSTRAINT never_ok")
    assert crawl(replica.url, *ONE).status == 0


def test_what_can_be_stored_is_stored_behind_a_poisoned_page(
    scrapy: Scrapy, connection: Connection, database_url: str, data: Path
) -> None:
    """A NUL character, which PostgreSQL cannot hold: validation lets none through, an older version may have."""
    for number in range(3):
        pages = [page(10 * number + place) for place in range(1, 6)]
        pages[2] = page(10 * number + 3, headline="a\0b")
        leave(data, *pages, crawl=record(str(number)))
    run = scrapy("drain", DATABASE_URL=database_url)
    assert run.status == 1
    assert "error: the database refused 3 pages; all is kept in the folder refused" in run.last_line
    assert "12 new" in run.last_line
    assert numbers(connection) == [10 * number + place for number in range(3) for place in (1, 2, 4, 5)]
    assert connection.execute("SELECT no FROM rejected_pages ORDER BY no").fetchall() == [(3,), (13,), (23,)]
    assert len(list((data / "refused").iterdir())) == 3


def test_waits_while_the_disk_of_the_server_is_full(scrapy: Scrapy, small_disk: Server, replica: Replica) -> None:
    url = small_disk.url
    assert scrapy("migrate", DATABASE_URL=url).status == 0
    with small_disk.connect() as connection:
        for table in ("filling", "brim"):  # a table grows by many pages at once; the second takes the last ones
            connection.execute(f"CREATE TABLE {table} (n int)")
            with pytest.raises(psycopg.errors.DiskFull):
                connection.execute(f"INSERT INTO {table} SELECT n FROM generate_series(1, 999999) n")

        run = scrapy("crawl", "asiatongsin", "-a", f"site={replica.url}", *ONE, DATABASE_URL=url)
        assert run.status == 3
        assert "No space left on device" in run.last_line
        assert "waiting in the spool" in run.last_line

        connection.execute("DROP TABLE filling, brim")
        assert scrapy("drain", DATABASE_URL=url).status == 0
        assert numbers(connection) == list(replica.site.numbers())


REFUSALS = {
    "no connections": "ALTER DATABASE {name} ALLOW_CONNECTIONS false",
    "read only": "ALTER DATABASE {name} SET default_transaction_read_only = on",
}


@pytest.fixture
def role(connection: Connection) -> Iterator[str]:
    """An ordinary role, with the rights that a crawl needs: limits do not count for a superuser."""
    role = f"ordinary_{connection.info.dbname}"
    connection.execute(f"CREATE ROLE {role} LOGIN")
    connection.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    yield role
    connection.execute(f"DROP OWNED BY {role}")
    connection.execute(f"DROP ROLE {role}")


@pytest.mark.parametrize("refusal", REFUSALS)
def test_waits_while_it_takes_no_connection(
    scrapy: Scrapy, connection: Connection, database_url: str, server: str, replica: Replica, role: str, refusal: str
) -> None:
    name = connection.info.dbname
    url = conninfo.make_conninfo(database_url, user=role)
    with psycopg.connect(server, autocommit=True) as administrator:
        administrator.execute(REFUSALS[refusal].format(name=name))
        run = scrapy("crawl", "asiatongsin", "-a", f"site={replica.url}", *ONE, DATABASE_URL=url)
        assert run.status == 3
        assert name in run.last_line
        administrator.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        administrator.execute(f"ALTER DATABASE {name} RESET ALL")
        assert scrapy("drain", DATABASE_URL=url).status == 0
        assert numbers(connection) == list(replica.site.numbers())


def test_a_crawl_needs_one_connection_and_fetches_nothing_without_it(
    start: Start, connection: Connection, database_url: str, replica: Replica, role: str
) -> None:
    url = conninfo.make_conninfo(database_url, user=role)
    connection.execute(f"ALTER ROLE {role} CONNECTION LIMIT 1")
    with psycopg.connect(url):
        run = start(replica.url, url, *ONE, "-s", "DATABASE_SILENCE_MAX=0.1").end()
        assert (run.status, replica.requests) == (2, [])
        assert "no connection is left" in run.last_line
        waiting = start(replica.url, url, *ONE, "-s", "DATABASE_SILENCE_MAX=600")
        waiting.wait_for_log("waits for a connection")
    assert waiting.end().status == 0
    assert numbers(connection) == list(replica.site.numbers())


def test_keeps_all_when_a_column_was_dropped(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, database_url: str, replica: Replica
) -> None:
    connection.execute("ALTER TABLE article_texts RENAME COLUMN language TO tongue")
    run = crawl(replica.url, *ONE)
    assert run.status == 3
    assert 'column "language"' in run.last_line
    replica.forget()
    run = crawl(replica.url, *ONE)
    assert run.status == 2
    assert "the tables are not as this program made them" in run.last_line
    assert replica.requests == []
    connection.execute("ALTER TABLE article_texts RENAME COLUMN tongue TO language")
    assert scrapy("drain", DATABASE_URL=database_url).status == 0
    assert numbers(connection) == list(replica.site.numbers())


def test_fetches_nothing_for_a_database_that_cannot_hold_korean(scrapy: Scrapy, server: str, replica: Replica) -> None:
    with psycopg.connect(server, autocommit=True) as administrator:
        administrator.execute("CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
        try:
            url = conninfo.make_conninfo(server, dbname="ascii")
            run = scrapy("crawl", "asiatongsin", "-a", f"site={replica.url}", DATABASE_URL=url)
        finally:
            administrator.execute("DROP DATABASE ascii WITH (FORCE)")
    assert run.status == 2
    assert "encoding SQL_ASCII" in run.last_line
    assert replica.requests == []
