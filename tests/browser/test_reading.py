"""What a reader does: searches by keyboard, follows a hit, compares two texts, looks at the weather."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from pipelines.web.pages import PAGES
from tests.browser.conftest import Open

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATHS = {page.path for page in PAGES}

IS_AT = "where => document.activeElement.matches(where)"

COLOURED = """() => {
    const canvas = document.querySelector("#temperatures canvas");
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(
        getComputedStyle(document.documentElement).getPropertyValue("--line-1").trim().slice(at, at + 2), 16));
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const columns = new Set();
    for (let at = 0; at < data.length; at += 4) {
        const off = Math.abs(data[at] - red) + Math.abs(data[at + 1] - green) + Math.abs(data[at + 2] - blue);
        if (data[at + 3] > 200 && off < 24) columns.add((at / 4) % width);
    }
    return [...columns].sort((a, b) => a - b);
}"""
"""Columns of the plot in which a pixel has the colour of the first line."""


def go_to(page: Page, where: str) -> None:
    """Presses the tabulator until something is reached."""
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate(IS_AT, where):
            return
    pytest.fail(f"the tabulator does not lead to {where}")


@pytest.mark.skipif("/search" not in PATHS, reason="there is no search yet")
def test_the_keyboard_alone_leads_from_a_word_to_an_edit(tab: Open) -> None:
    page = tab().open("/")
    go_to(page, ".skip")
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    go_to(page, "header input[name=q]")
    page.keyboard.type("예산")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert set(page.locator("mark").all_inner_texts()) == {"예산"}
    go_to(page, "main article h3 a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/article/**")
    go_to(page, "main a[href*='/diff']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/diff**")
    assert page.locator("main ins").count() > 0
    assert page.locator("main del").count() > 0


@pytest.mark.skipif("/weather" not in PATHS, reason="there is no weather yet")
def test_the_plot_is_drawn_with_its_gap(tab: Open) -> None:
    """Strips of 70 to 5 hours ago; none came between 42 and 30 hours ago."""
    page = tab(viewport={"width": 1000, "height": 1400}, color_scheme="light").open("/weather?city=서울")
    page.locator("#temperatures[data-drawn='1']").wait_for(state="attached")
    columns = page.evaluate(COLOURED)
    first, last = columns[0], columns[-1]
    gaps = [(b - a, a) for a, b in pairwise(columns)]
    longest, at = max(gaps)
    assert 10 / 65 < longest / (last - first) < 14 / 65
    assert 26 / 65 < (at - first) / (last - first) < 30 / 65
    assert sorted(gaps)[-2][0] < 0.05 * (last - first)  # drawn everywhere else


@pytest.mark.skipif("/weather" not in PATHS, reason="there is no weather yet")
def test_the_table_beside_the_plot_needs_no_script(tab: Open) -> None:
    page = tab(java_script_enabled=False).open("/en/weather?city=서울")
    assert page.locator("table.days tbody tr").count() >= 3
    assert page.locator("noscript").is_visible()
