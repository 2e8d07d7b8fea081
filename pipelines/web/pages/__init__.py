"""All pages, one file each."""

from __future__ import annotations

from pipelines.web.page import Page
from pipelines.web.pages.day import DAY
from pipelines.web.pages.front import FRONT
from pipelines.web.pages.search import SEARCH
from pipelines.web.pages.volume import VOLUME

PAGES: tuple[Page, ...] = (FRONT, SEARCH, VOLUME, DAY)
"""Every page that has an address."""

MENU: tuple[Page, ...] = (FRONT, SEARCH, VOLUME, DAY)
"""Those that stand above every page."""
