"""Every page stands everything: no rows, strange rows, no tables, older tables, no database.

A page is tested as soon as it stands in PAGES.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import psycopg
import pytest

from asiatongsin.addresses import ADDRESS
from pipelines.database.migrate import migrations
from pipelines.web.guard import RAW_POLICY
from pipelines.web.language import LANGUAGES
from pipelines.web.page import ATOM, CSV, JSON, Page
from pipelines.web.pages import MENU, PAGES
from tests.conftest import new_database
from tests.html_checks import links, troubles
from tests.page_client import Answer, PageClient, serving
from tests.page_data import HOSTILE, MAILED, WHOLE, Stored, filled, store_everything
from tests.samples import UNREACHABLE

RUNS = re.compile(r"<script>alert|<img src=x|href=\"javascript:")
BY_NAME = {page.path: page for page in PAGES}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "path" in metafunc.fixturenames:
        metafunc.parametrize("path", BY_NAME)


@pytest.fixture(scope="module")
def stored(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Stored]]:
    """Address and data folder of everything there is."""
    data = tmp_path_factory.mktemp("everything")
    with new_database(server, template) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            found = store_everything(connection, data)
        yield url, data, found


@pytest.fixture(scope="module")
def everything(stored: tuple[str, Path, Stored]) -> Iterator[PageClient]:
    url, data, _ = stored
    with serving(url, data) as client:
        yield client


@pytest.fixture(scope="module")
def nothing(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageClient]:
    """Tables without rows."""
    with new_database(server, template) as url, serving(url, tmp_path_factory.mktemp("nothing")) as client:
        yield client


@pytest.fixture(scope="module", params=["no tables", "older tables", "a database that is away"])
def useless(
    request: pytest.FixtureRequest, server: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[PageClient, str]]:
    """A database that cannot be read, and what is said of it."""
    data = tmp_path_factory.mktemp("useless")
    if request.param == "a database that is away":
        with serving(UNREACHABLE, data) as client:
            yield client, "none on 127.0.0.1"
    elif request.param == "no tables":
        with new_database(server) as url, serving(url, data) as client:
            yield client, "nothing was stored in"
    else:
        with new_database(server, template) as url:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("DELETE FROM asiatongsin_migrations WHERE version = %s", [migrations()[-1].version])
            with serving(url, data) as client:
                yield client, "Upgrade the tables with `asiatongsin migrate`"


def all_of(page: Page, stored: Stored) -> list[str]:
    """Its paths for every article and every crawl there is."""
    paths = {filled(page, site, no, crawl): None for site, no in stored.articles for crawl in stored.crawls}
    return list(paths)


def in_formats(page: Page, path: str) -> dict[str, str]:
    """Its addresses by format."""
    return {form: f"{path if path != '/' else '/index'}.{form}" for form in page.formats}


def test_shows_whatever_is_stored(path: str, everything: PageClient, stored: tuple[str, Path, Stored]) -> None:
    """With a NULL date, a NULL body, gone, given again, 60,000 characters, two sites, hostile, with addresses."""
    page, found = BY_NAME[path], False
    for one in all_of(page, stored[2]):
        for language in LANGUAGES:
            answer = everything.ask(f"{language.prefix}{one}")
            assert answer.status in ({200, 404} if page.template is None else {200}), f"{one}: {answer.text}"
            found = found or answer.status == 200
            check_text(answer, one)
            if answer.headers["Content-Security-Policy"] != RAW_POLICY:
                assert RUNS.search(answer.text) is None, one
        for form, address in in_formats(page, one).items():
            answer = everything.ask(address)
            assert answer.status == 200, f"{address}: {answer.text}"
            check_format(form, answer, address)
    assert found


def check_text(answer: Answer, path: str) -> None:
    text = answer.text.replace("%40", "@").replace("&#64;", "@")
    assert re.findall(ADDRESS, text) == [], path


def check_format(form: str, answer: Answer, path: str) -> None:
    check_text(answer, path)
    if answer.status == 404:
        assert answer.json.keys() == {"error"}
    elif form == JSON:
        assert isinstance(answer.json, dict)
    elif form == CSV:
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.body.startswith(b"\xef\xbb\xbf")
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert re.search(rb"(?m)^[=+@-][a-zA-Z(]", answer.body) is None
    elif form == ATOM:
        assert ElementTree.fromstring(answer.body).tag == "{http://www.w3.org/2005/Atom}feed"


def test_is_valid_in_both_languages(path: str, everything: PageClient) -> None:
    page = BY_NAME[path]
    for no in dict.fromkeys([WHOLE, HOSTILE, MAILED] if "{no" in path else [WHOLE]):
        for language in LANGUAGES:
            answer = everything.ask(f"{language.prefix}{filled(page, no=no)}")
            if answer.headers["Content-Security-Policy"] == RAW_POLICY:
                continue
            assert troubles(answer.text, language.code) == []


def test_shows_that_nothing_is_stored(path: str, nothing: PageClient) -> None:
    page = BY_NAME[path]
    expected = {404} if "{" in path else {200}
    one = filled(page)
    for language in LANGUAGES:
        answer = nothing.ask(f"{language.prefix}{one}")
        assert answer.status in expected, answer.text
        assert troubles(answer.text, language.code) == []
    for form, address in in_formats(page, one).items():
        answer = nothing.ask(address)
        assert answer.status in expected, answer.text
        check_format(form, answer, address)


def test_says_that_the_database_cannot_be_read(path: str, useless: tuple[PageClient, str]) -> None:
    client, sentence = useless
    one = filled(BY_NAME[path])
    for language in LANGUAGES:
        answer = client.ask(f"{language.prefix}{one}")
        assert answer.status == 503, answer.text
        assert troubles(answer.text, language.code) == []
    assert sentence in client.ask(f"/en{one}").text.replace("&#39;", "'")
    for address in in_formats(BY_NAME[path], one).values():
        answer = client.ask(address)
        assert (answer.status, sentence in answer.json["error"]) == (503, True)


def test_every_link_of_a_page_leads_somewhere(everything: PageClient) -> None:
    """One of those that differ in numbers alone."""
    found: dict[str, str] = {}
    for page in PAGES:
        answer = everything.ask(f"/en{filled(page)}")
        if answer.headers["Content-Security-Policy"] != RAW_POLICY:
            found |= {re.sub(r"\d+", "0", link): link for link in links(answer.text)}
    assert [link for link in found.values() if everything.ask(link).status != 200] == []


def test_the_menu_leads_to_pages_that_need_nothing_more() -> None:
    assert [page.path for page in MENU if "{" in page.path] == []
    assert set(MENU) <= set(PAGES)
    assert len(BY_NAME) == len(PAGES)
