"""What the page says where it cannot answer: too long, too many, no database, no right to write."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import psycopg
import pytest
from aiohttp import ClientError
from psycopg import Connection, conninfo

from pipelines.datasets.lines import Sink
from pipelines.web import stream
from pipelines.web.page import Asked, Page
from pipelines.web.pages import PAGES
from pipelines.web.stream import PIECE
from tests.conftest import ROOT
from tests.own_pages import OWN_PAGES, page_that
from tests.page_client import Answer, PageClient, serving
from tests.page_data import addresses
from tests.samples import UNREACHABLE, export, page
from tests.stored import count


@pytest.mark.parametrize("path", ["/sleeps", "/en/sleeps", "/sleeps.json", "/sleeps.csv"])
def test_a_question_that_takes_too_long_is_told_of(impatient: PageClient, path: str) -> None:
    answer = impatient.ask(path)
    assert answer.status == 503
    assert ("WEB_DOWNLOAD_TIMEOUT" if path.endswith("csv") else "WEB_STATEMENT_TIMEOUT") in answer.text


@pytest.mark.parametrize(("seconds", "status"), [("0.0001", 503), ("1e8", 200)])
def test_the_shortest_and_the_longest_time_are_times(
    connection: Connection, database_url: str, data: Path, seconds: str, status: int
) -> None:
    """To PostgreSQL, 0 milliseconds are all the time there is."""
    waits = page_that("waits", "SELECT pg_sleep(0.1)")
    with serving(database_url, data, pages=[waits], WEB_STATEMENT_TIMEOUT=seconds) as page:
        assert page.ask("/waits.json").status == status


def test_a_file_that_breaks_off_is_cut_and_not_ended(impatient: PageClient, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody may take a part for the whole."""
    with pytest.raises(ClientError):
        impatient.ask("/late.csv")
    assert impatient.ask("/late.json").status == 503
    assert caplog.records == []  # it is no fault of the program


def test_no_page_can_write(connection: Connection, database_url: str, data: Path) -> None:
    with serving(database_url, data, pages=OWN_PAGES) as page:
        answer = page.ask("/en/inserts")
    assert answer.status == 503
    assert "in a read-only transaction" in answer.text
    assert count(connection, "article_counts") == 0


@pytest.fixture
def reader(connection: Connection, database_url: str) -> Iterator[str]:
    """Address with the role that docs/en/how-to/web.md has made, under a name of its own."""
    [documented] = re.findall(
        r"```sql\n(.*?)```", (ROOT / "docs/en/how-to/web.md").read_text(encoding="utf-8"), re.DOTALL
    )
    role = f"page_{connection.info.dbname}"
    connection.execute(documented.replace("asiatongsin_page", role))
    yield conninfo.make_conninfo(database_url, user=role, password="choose-one")
    connection.execute(f"DROP OWNED BY {role}")
    connection.execute(f"DROP ROLE {role}")


def test_a_role_that_may_only_read_is_what_keeps_a_page_from_writing(
    connection: Connection, database_url: str, data: Path, reader: str
) -> None:
    """A statement can end the read-only transaction; what the role may not do, it can never do."""
    export(connection, page(1))
    with serving(database_url, data, pages=OWN_PAGES) as owner:
        owner.ask("/commits")
        owned = count(connection, "article_counts")
    assert owned == 2
    with serving(UNREACHABLE, data, pages=[*PAGES, *OWN_PAGES], WEB_DATABASE_URL=reader) as of_reader:
        assert "기사 1의 제목" in of_reader.get("/")
        answers = [of_reader.ask(path) for path in addresses()]
        assert [answer.text for answer in answers if answer.status not in {200, 404}] == []
        refused = of_reader.ask("/en/commits")
    assert (refused.status, count(connection, "article_counts")) == (503, 2)
    assert "permission denied for table article_counts" in refused.text


def test_a_database_that_goes_away_is_told_of_until_it_is_back(
    connection: Connection, server: str, database_url: str, data: Path
) -> None:
    name = connection.info.dbname
    away = f"ALTER DATABASE {name} ALLOW_CONNECTIONS"
    with serving(database_url, data) as page, psycopg.connect(server, autocommit=True) as operator:
        assert page.ask("/").status == 200
        operator.execute(f"{away} false")
        operator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        gone = [page.ask(path) for path in ("/", "/en/", "/index.json")]
        operator.execute(f"{away} true")
        back = page.ask("/")
    assert [answer.status for answer in gone] == [503, 503, 503]
    assert "지금은 자료를 볼 수 없습니다" in gone[0].text
    assert "The data cannot be had now" in gone[1].text
    assert name in gone[2].json["error"]
    assert back.status == 200


def test_a_connection_that_broke_costs_nothing(page: PageClient, connection: Connection) -> None:
    assert page.ask("/").status == 200
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert page.ask("/").status == 200


def test_no_password_is_shown(data: Path) -> None:
    with serving(UNREACHABLE, data) as page:
        answers = [page.ask(path) for path in ("/", "/index.json")]
    assert [answer.status for answer in answers] == [503, 503]
    assert [answer for answer in answers if "geheim" in answer.text] == []


def held_page(held: Event) -> Page:
    """A file that has begun, and goes on when it is let go."""

    def write(asked: Asked, file: Sink) -> None:
        file.write(b"a" * PIECE)
        held.wait(60)
        file.write(b"b" * PIECE)

    return Page(path="/held", title="Newest", template="front.html", read=lambda _: None, csv=write)


def test_two_files_are_made_at_once_and_a_third_is_asked_to_wait(
    connection: Connection, database_url: str, data: Path
) -> None:
    held = Event()

    async def ask(page: PageClient) -> tuple[list[bytes], Answer, Answer]:
        begun = [await page.client.get("/held.csv") for _ in range(2)]
        third, other = await page.answer("/held.csv"), await page.answer("/")
        held.set()
        return [await one.read() for one in begun], third, other

    with serving(database_url, data, pages=[*PAGES, held_page(held)]) as page:
        files, third, other = page.run(ask(page))
        assert page.ask("/held.csv").status == 200
    assert files == [b"a" * PIECE + b"b" * PIECE] * 2
    assert (third.status, other.status) == (503, 200)
    assert "other downloads are being made: try again" in third.json["error"]


def test_who_does_not_read_on_keeps_nobody_waiting(
    database_url: str, data: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "PATIENCE", 0.05)
    ended = Event()

    def write(asked: Asked, file: Sink) -> None:
        try:
            while True:
                file.write(b"a" * PIECE)
        finally:
            ended.set()

    async def ask(page: PageClient) -> list[int]:
        begun = [await page.client.get("/endless.csv") for _ in range(2)]
        statuses = [(await page.answer("/")).status for _ in range(8)]
        assert await asyncio.to_thread(ended.wait, 60)
        for one in begun:
            one.close()
        return statuses

    endless = Page(path="/endless", title="Newest", template="front.html", read=lambda _: None, csv=write)
    with serving(database_url, data, pages=[*PAGES, endless]) as page:
        assert page.run(ask(page)) == [200] * 8
    assert caplog.records == []
