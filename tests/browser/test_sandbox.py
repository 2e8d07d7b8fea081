"""An archived page of somebody who wants to be asked for something: nothing of it runs, and nothing leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.web.pages import PAGES
from tests.browser.conftest import Shown
from tests.browser.counting import Counting
from tests.page_data import HOSTILE, RAW, filled

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def asked_by(browser: Browser, other: Counting, address: str) -> set[str]:
    """What a page asks the other server for, until it asks for nothing more; the page could be seen."""
    other.asked.clear()
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(address, wait_until="networkidle")
    assert tab.locator("h1").inner_text() == "보관된 기사"
    context.close()
    return set(other.asked)


def test_a_hostile_page_makes_requests_where_it_is_bare_and_none_in_the_sandbox(
    browser: Browser, shown: Shown, other: Counting
) -> None:
    for page in PAGES:
        if page.path.endswith("/raw"):
            assert asked_by(browser, other, f"{shown.address}{filled(page, no=HOSTILE)}") == set(), page.path
    other.bare = RAW.format(other=other.address).encode()
    bare = asked_by(browser, other, f"{other.address}/bare")
    assert {"/style.css", "/script.js", "/photo.jpg", "/frame", "/background.png", "/image", "/form?"} <= bare
