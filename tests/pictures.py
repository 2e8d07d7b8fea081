"""`make pictures`: four pages of the demo, in both languages, as pictures in docs/<language>/pictures, by Chromium."""

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
    from pathlib import Path

    from playwright.sync_api import Page

WIDTH, HEIGHT = 1000, 900
COLOURS = 128
MOST_BYTES = 150_000


def main() -> int:
    """0 where all pictures were taken, each of less than MOST_BYTES."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is not installed: apt-get install chromium fonts-nanum")
    demo_page.prepare()
    with served("", demo_page.FOLDER) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="ko-KR", color_scheme="light")
        sizes = [
            take(tab, f"{address}{prefix}{path}", ROOT / "docs" / language / "pictures" / f"{name}.png")
            for language, prefix in PREFIXES.items()
            for name, path in PAGES.items()
        ]
        browser.close()
    return int(max(sizes) > MOST_BYTES)


PAGES = {
    "front": "/",
    "search": "/search?q=예산",
    "changes": "/changes",
    "weather": "/weather?city=서울&city=부산&city=제주",
}
"""Name of each picture, and the page that it shows."""

PREFIXES = {"ko": "", "en": "/en"}
"""Of the addresses of the page in each language."""


def take(tab: Page, address: str, file: Path) -> int:
    """Takes a picture of an address into a file; its bytes."""
    tab.goto(address, wait_until="networkidle")
    picture = Image.open(BytesIO(tab.screenshot())).convert("RGB").quantize(COLOURS)
    file.parent.mkdir(exist_ok=True)
    picture.save(file, optimize=True)
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT)}: {size:,} bytes", flush=True)
    return size


if __name__ == "__main__":
    sys.exit(main())
