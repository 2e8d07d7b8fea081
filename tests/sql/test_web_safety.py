"""What the page refuses, what it never lets out, and what it says where it cannot answer."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import psycopg
import pytest
from aiohttp import ClientError
from psycopg import Connection, conninfo
from scrapy.exceptions import UsageError

from asiatongsin.errors import SettingError
from pipelines.commands import serve
from pipelines.datasets.lines import Sink
from pipelines.web import guard
from pipelines.web.page import Asked, Page
from pipelines.web.pages import PAGES
from pipelines.web.stream import PIECE
from tests import in_process
from tests.conftest import ROOT
from tests.page_client import Answer, PageClient, serving
from tests.page_data import filled
from tests.samples import NO, SITE, UNREACHABLE, export, page
from tests.stored import count

STATIC = "/static/style.css"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the pages of these tests have read."""

    articles: list[str]
    needs: tuple[str, ...] = ()


def page_that(name: str, *does: str, csv: bool = False) -> Page:
    """A page `/name` whose reading, or whose file, executes statements."""

    def read(asked: Asked) -> Found:
        for statement in does:
            asked.connection.execute(statement)
        return Found(articles=[])

    def write(asked: Asked, file: Sink) -> None:
        if name == "late":
            file.write(b"a" * PIECE)
        read(asked)

    return Page(path=f"/{name}", title="Newest", template="front.html", read=read, csv=write if csv else None)


INSERTS = "INSERT INTO article_counts VALUES ('a.kr', 1, 0, 0)"
SLEEPS = "SELECT pg_sleep(60)"
OWN_PAGES = (
    page_that("sleeps", SLEEPS, csv=True),
    page_that("late", SLEEPS, csv=True),
    page_that("inserts", INSERTS),
    page_that("commits", "COMMIT", INSERTS),
)


@pytest.fixture
def impatient(connection: Connection, database_url: str, data: Path) -> Iterator[PageClient]:
    """Pages that ask too much, and settings that allow little."""
    given = {"WEB_STATEMENT_TIMEOUT": 0.05, "WEB_DOWNLOAD_TIMEOUT": 0.05}
    with serving(database_url, data, pages=OWN_PAGES, **given) as client:
        yield client


def addresses(pages: Sequence[Page] = PAGES) -> list[str]:
    """All pages in both languages and all formats, of one article."""
    paths = [(page, filled(page, no=NO)) for page in pages]
    of_programs = [f"{path if path != '/' else '/index'}.{form}" for page, path in paths for form in page.formats]
    return [*(f"{prefix}{path}" for _, path in paths for prefix in ("", "/en")), *of_programs]


def test_another_name_than_its_own_is_refused_everywhere(page: PageClient) -> None:
    """A page of a stranger whose name leads to this machine (DNS rebinding) asks under that name."""
    asked = [*addresses(), STATIC, "/nothing", "/static/", "//", "/en"]
    assert [path for path in asked if page.ask(path, Host="evil.example").status != 403] == []
    names = ("evil.example:8010", "127.0.0.1.evil.example", "localhost.", "", "[::2]", "user@localhost", "0.0.0.0")
    assert [name for name in names if page.ask("/", Host=name).status != 403] == []
    assert page.ask("/", "POST", Host="evil.example").status == 403
    own = ("127.0.0.1", "127.0.0.1:8010", "localhost", "LOCALHOST:1", "[::1]:8010")
    assert [name for name in own if page.ask("/", Host=name).status != 200] == []


def test_answers_to_the_names_it_is_given(connection: Connection, database_url: str, data: Path) -> None:
    with serving(database_url, data, WEB_ALLOWED_HOSTS="news.example.kr, Other.example.kr") as page:
        asked = {
            name: page.ask("/", Host=name).status
            for name in ("news.example.kr", "other.example.kr:443", "localhost", "x.kr")
        }
    assert asked == {"news.example.kr": 200, "other.example.kr:443": 200, "localhost": 200, "x.kr": 403}


def test_a_proxy_says_that_it_was_asked_over_https(connection: Connection, database_url: str, data: Path) -> None:
    origins: list[str] = []
    asked_of = Page(
        path="/origin", title="Newest", template="front.html", read=lambda asked: origins.append(asked.origin)
    )
    with serving(database_url, data, pages=[asked_of], WEB_ALLOWED_HOSTS="news.example.kr") as page:
        page.ask("/origin.json", **{"Host": "news.example.kr", "X-Forwarded-Proto": "https"})
        page.ask("/origin.json", **{"Host": "news.example.kr", "X-Forwarded-Proto": "javascript"})
    assert origins == ["https://news.example.kr", "http://news.example.kr"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "news.example.kr"])
def test_other_machines_are_refused_until_somebody_names_the_address(host: str, database_url: str, data: Path) -> None:
    with pytest.raises(UsageError) as refused:
        in_process.run(serve.Command(), database_url, data, "--host", host, "--port", "0")
    for words in ("copyright", "a proxy before it that asks for a password", "WEB_ALLOWED_HOSTS=news.example.kr"):
        assert words in str(refused.value)
    guard.check_address(host, guard.OWN_NAMES | {"news.example.kr"})


def test_this_machine_is_never_refused() -> None:
    for host in ("127.0.0.1", "::1", "localhost", "127.8.9.1"):
        guard.check_address(host, guard.OWN_NAMES)
    with pytest.raises(SettingError):
        guard.check_address("", guard.OWN_NAMES)


def test_every_answer_tells_the_browser_what_it_may_do(impatient: PageClient, page: PageClient) -> None:
    answers = [
        *(page.ask(path) for path in addresses()),
        *(page.ask(path) for path in (STATIC, "/nothing", "/static/", "/static/../server.py", "/?page=x")),
        *(page.ask("/", method) for method in ("POST", "PUT", "DELETE", "OPTIONS", "HEAD")),
        page.ask("/", Host="evil.example"),
        *(impatient.ask(path) for path in ("/sleeps", "/sleeps.json", "/sleeps.csv", "/inserts")),
    ]
    assert {200, 403, 404, 405, 503} <= {answer.status for answer in answers}
    for name, value in guard.HEADERS.items():
        if name != "Content-Security-Policy":
            assert [answer.status for answer in answers if answer.headers.get(name) != value] == []
    policies = {answer.headers["Content-Security-Policy"] for answer in answers}
    assert policies <= {guard.HEADERS["Content-Security-Policy"], guard.RAW_POLICY}
    assert all("default-src 'none'" in policy for policy in policies)


def test_a_fault_of_the_program_has_the_headers_too(database_url: str, data: Path) -> None:
    def fail(asked: Asked) -> object:
        raise RuntimeError("geheim")

    failing = Page(path="/fails", title="Newest", template="front.html", read=fail)
    with serving(database_url, data, pages=[failing]) as page:
        answer = page.ask("/fails")
    assert answer.status == 500
    assert b"geheim" not in answer.body
    assert guard.HEADERS.items() <= dict(answer.headers).items()


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


def test_no_page_can_write(impatient: PageClient, connection: Connection) -> None:
    answer = impatient.ask("/en/inserts")
    assert answer.status == 503
    assert "in a read-only transaction" in answer.text
    assert count(connection, "article_counts") == 0


@pytest.fixture
def reader(connection: Connection, database_url: str) -> Iterator[str]:
    """Address with the role that docs/web.md has made, under a name of its own."""
    [documented] = re.findall(r"```sql\n(.*?)```", (ROOT / "docs/web.md").read_text(encoding="utf-8"), re.DOTALL)
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
    database_url: str, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
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
        for one in begun:
            one.close()
        return statuses

    endless = Page(path="/endless", title="Newest", template="front.html", read=lambda _: None, csv=write)
    with serving(database_url, data, pages=[*PAGES, endless]) as page:
        assert page.run(ask(page)) == [200] * 8
    assert ended.is_set()
    assert caplog.records == []


NAMES = (
    "q",
    "site",
    "section",
    "reporter",
    "since",
    "until",
    "day",
    "after",
    "page",
    "from",
    "to",
    "minimum",
    "at",
    "city",
)
"""Of parameters that pages read."""


def test_an_address_that_makes_no_sense_is_told_so(page: PageClient) -> None:
    """What no database can hold: the character 0, half of a pair, a number beyond all others."""
    strange = (
        "%00",
        "%ED%A0%80",
        "%FF",
        "a%0Ab",
        "%F0%9F%98%80",
        "..%2F..%2Fetc%2Fpasswd",
        "1" * 30,
        "-1",
        "'",
        "%25s",
    )
    asked = [f"/nothing/{text}" for text in strange]
    for path in addresses():
        if not path.startswith("/en"):
            asked += [f"{path}?{'&'.join(f'{name}={text}' for name in NAMES)}" for text in ("%ED%A0%80", "'")]
            asked += [path.replace(str(NO), "9" * 25), path.replace(SITE, "%00"), f"{path}?q=%00"]
        if path.endswith(".json"):
            asked += [f"{path}?{name}={'9' * 25}" for name in NAMES]
    asked += [filled(page).replace(SITE, text) for page in PAGES for text in strange if "{site}" in page.path]
    assert [path for path in asked if page.ask(path).status not in {200, 400, 404}] == []


def test_no_path_leads_out_of_the_folder_of_static_files(page: PageClient) -> None:
    tries = (
        "../server.py",
        "..%2Fserver.py",
        "%2e%2e/server.py",
        "/etc/passwd",
        "uplot/../../server.py",
        "%2Fetc%2Fpasswd",
    )
    assert [path for path in tries if page.ask(f"/static/{path}").status not in {403, 404}] == []


def test_a_port_that_is_taken_is_told(connection: Connection, database_url: str, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(
            UsageError,
            match=f"nothing can listen at 127.0.0.1:{port}: Address already in use; another one is named with --port",
        ):
            in_process.run(serve.Command(), database_url, data, "--port", port)


def test_what_is_not_installed_is_told(database_url: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(UsageError, match=r'pip install "asiatongsin\[web\]"'):
        in_process.run(serve.Command(), database_url, data)


@pytest.mark.parametrize("port", ["x", "-1", "65536", "8010.0"])
def test_a_port_that_is_none_is_told(port: str, database_url: str, data: Path) -> None:
    with pytest.raises(UsageError, match="write a whole number from 0 to 65535"):
        in_process.run(serve.Command(), database_url, data, "--port", port)
