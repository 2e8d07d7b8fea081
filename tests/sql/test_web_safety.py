"""Whom the page refuses, what it hands out with every answer, and which commands and addresses it cannot take."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from asiatongsin.errors import SettingError
from pipelines.commands import serve
from pipelines.web import guard
from pipelines.web.page import Asked, Page
from pipelines.web.pages import PAGES
from tests import in_process
from tests.page_client import PageClient, serving
from tests.page_data import addresses, filled
from tests.samples import NO, SITE

STATIC = "/static/style.css"


def test_another_name_than_its_own_is_refused_everywhere(page: PageClient) -> None:
    """A page of a stranger whose name leads to this machine (DNS rebinding) asks under that name."""
    asked = [*addresses(), STATIC, "/nothing", "/static/", "//", "/en"]
    assert [path for path in asked if page.ask(path, Host="evil.example").status != 403] == []
    names = (
        "evil.example:8010",
        "127.0.0.1.evil.example",
        "localhost.",
        "",
        "[::2]",
        "user@localhost",
        "0.0.0.0",
        "localhost:80@evil.example",
        "[::1].evil.example",
    )
    assert [name for name in names if page.ask("/", Host=name).status != 403] == []
    assert page.ask("/", "POST", Host="evil.example").status == 403
    own = ("127.0.0.1", "127.0.0.1:8010", "localhost", "LOCALHOST:1", "[::1]:8010", "127.8.9.1:8010")
    assert [name for name in own if page.ask("/", Host=name).status != 200] == []


def test_answers_to_the_names_it_is_given(connection: Connection, database_url: str, data: Path) -> None:
    with serving(database_url, data, WEB_ALLOWED_HOSTS="news.example.kr:8443, Other.example.kr") as page:
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


@pytest.mark.parametrize("host", ["https://news.example.kr", "*", "*.example.kr", "news.example.kr/page"])
def test_what_is_no_name_to_answer_to_is_told(host: str) -> None:
    with pytest.raises(SettingError, match="write the name alone, such as news"):
        guard.allowed_hosts(Settings({"WEB_ALLOWED_HOSTS": host}))


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
            asked.append(f"{path}?{'&'.join(f'{name}=%ED%A0%80' for name in NAMES)}")
        if path.endswith((".json", "/raw")):
            asked += [path.replace(str(NO), "9" * 25), path.replace(SITE, "%00"), f"{path}?q=%00"]
            asked += [f"{path}?{name}={text}" for name in NAMES for text in ("'", "9" * 25)]
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
