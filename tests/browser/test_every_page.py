"""Every page on a phone, in the dark, without a word in the console and without a request to anybody else."""

from __future__ import annotations

from pipelines.web.pages import PAGES
from tests.browser.conftest import Open
from tests.page_data import HOSTILE, filled

PHONE = {"width": 390, "height": 800}

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

PALE = """() => {
    const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = (rgb) => rgb.slice(0, 3).map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const ground = (element) => {
        for (let one = element; one; one = one.parentElement) {
            const color = numbers(getComputedStyle(one).backgroundColor);
            if (color.length === 3 || color[3] > 0) return color;
        }
        return [255, 255, 255];
    };
    const pale = [];
    for (const one of document.querySelectorAll("body *")) {
        const text = [...one.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
        if (!text.length || !one.offsetParent || one.closest("svg")) continue;
        const [high, low] = [light(numbers(getComputedStyle(one).color)), light(ground(one))].sort((a, b) => b - a);
        if ((high + 0.05) / (low + 0.05) < 4.5) pale.push(one.outerHTML.slice(0, 120));
    }
    return [light(ground(document.body)), pale];
}"""
"""How light the page is, and elements whose text has less contrast than 4.5 to 1 (WCAG 2.2, level AA)."""

PATHS = [filled(page, no=HOSTILE) for page in PAGES if not page.path.endswith("/raw")]


def test_can_be_read_on_a_phone_in_the_light_and_in_the_dark(tab: Open) -> None:
    page = tab(viewport=PHONE, color_scheme="light")
    for path in PATHS:
        shown = page.open(path)
        assert shown.evaluate(TOO_WIDE) == 0, path
        for scheme in ("light", "dark"):
            shown.emulate_media(color_scheme=scheme)
            light, pale = shown.evaluate(PALE)
            assert (light < 0.1) == (scheme == "dark"), path
            assert pale == [], path
