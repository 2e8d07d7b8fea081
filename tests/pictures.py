"""`make pictures`: four pages of the demo as pictures in docs/pictures, taken by Chromium."""

from __future__ import annotations

import shutil
import sys
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

from tests import demo_page
from tests.conftest import ROOT
from tests.page_client import served

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = ROOT / "docs" / "pictures"
WIDTH, HEIGHT = 1000, 900
COLOURS = 128
MOST_BYTES = 150_000

EDITED = "a[href*='/diff']"
"""On the page of changes: where an edit is shown word by word."""


def main() -> int:
    """0 where all pictures were taken, each of less than MOST_BYTES."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is not installed: apt-get install chromium fonts-nanum")
    demo_page.prepare()
    FOLDER.mkdir(exist_ok=True)
    with served("", demo_page.FOLDER) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="ko-KR", color_scheme="light")
        sizes = [take(tab, name, address, path) for name, path in PAGES.items()]
        browser.close()
    return int(max(sizes) > MOST_BYTES)


PAGES = {
    "front": "/",
    "search": "/search?q=예산",
    "edit": "/changes?only=edited",
    "weather": "/weather?city=서울&city=부산&city=제주",
}
"""Name of each picture, and the page that it shows; of the changes, the newest edit."""


def take(tab: Page, name: str, address: str, path: str) -> int:
    """Takes one picture; its bytes."""
    tab.goto(f"{address}{path}", wait_until="networkidle")
    if name == "edit":
        tab.locator(EDITED).first.click()
        tab.wait_for_load_state("networkidle")
    picture = Image.open(BytesIO(tab.screenshot())).convert("RGB").quantize(COLOURS)
    file = FOLDER / f"{name}.png"
    picture.save(file, optimize=True)
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT)}: {size:,} bytes", flush=True)
    return size


if __name__ == "__main__":
    sys.exit(main())
