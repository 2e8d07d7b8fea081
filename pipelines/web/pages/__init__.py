"""All pages, one file each."""

from __future__ import annotations

from pipelines.web.page import Page
from pipelines.web.pages.front import FRONT

PAGES: tuple[Page, ...] = (FRONT,)
"""Every page that has an address."""

MENU: tuple[Page, ...] = (FRONT,)
"""Those that stand above every page."""
