"""All pages, one file each."""

from __future__ import annotations

from pipelines.web.page import Page
from pipelines.web.pages.front import FRONT
from pipelines.web.pages.weather import WEATHER

PAGES: tuple[Page, ...] = (FRONT, WEATHER)
"""Every page that has an address."""

MENU: tuple[Page, ...] = (FRONT, WEATHER)
"""Those that stand above every page."""
