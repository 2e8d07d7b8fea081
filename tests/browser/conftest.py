"""A real Chromium, one for all tests of this folder, before the web page over rows of every kind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.browser.counting import Counting, counting
from tests.conftest import new_database
from tests.page_client import served
from tests.page_data import Stored, store_everything

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-quic"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """It ends with this folder: while it runs, no other test of this process can have an event loop."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium fonts-nanum")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make tools")
    no_sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *no_sandbox])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def other() -> Iterator[Counting]:
    """A server of somebody else, which counts who asks it."""
    with counting() as server:
        yield server


@dataclass(frozen=True)
class Shown:
    """The web page that is looked at."""

    address: str
    stored: Stored


@pytest.fixture(scope="package")
def shown(server: str, template: str, other: Counting, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """All pages, over a database with everything."""
    data = tmp_path_factory.mktemp("shown")
    with new_database(server, template) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            stored = store_everything(connection, data, other.address)
        with served(url, data) as address:
            yield Shown(address, stored)


@dataclass
class Watched:
    """A tab, what it asked for and what its console said."""

    tab: Page
    address: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """The page at a path, when it has loaded."""
        self.tab.goto(f"{self.address}{path}")
        return self.tab

    def elsewhere(self) -> list[str]:
        """What it asked for at another address than that of the page."""
        return [url for url in self.asked if not url.startswith((f"{self.address}/", "data:"))]


def watched(context: BrowserContext, address: str) -> Watched:
    """A new tab that is watched from its beginning."""
    made = Watched(context.new_page(), address)
    made.tab.on("console", lambda message: made.said.append(message.text))
    made.tab.on("pageerror", lambda error: made.said.append(str(error)))
    made.tab.on("request", lambda request: made.asked.append(request.url))
    return made


Open = Callable[..., Watched]


@pytest.fixture
def tab(browser: Browser, shown: Shown) -> Iterator[Open]:
    """Opens a tab: `tab(color_scheme="dark")`. At the end its console is silent, and it has asked nobody else."""
    contexts, tabs = [], []

    def new(**given: Any) -> Watched:
        contexts.append(browser.new_context(locale="ko-KR", **given))
        tabs.append(watched(contexts[-1], shown.address))
        return tabs[-1]

    yield new
    for context in contexts:
        context.close()
    assert [said for one in tabs for said in one.said] == []
    assert [url for one in tabs for url in one.elsewhere()] == []
