"""All pages, one file each."""

from __future__ import annotations

from pipelines.web.page import Page
from pipelines.web.pages.article import ARTICLE, DIFFERENCE, RAW
from pipelines.web.pages.front import FRONT

PAGES: tuple[Page, ...] = (FRONT, ARTICLE, DIFFERENCE, RAW)
"""Every page that has an address."""

MENU: tuple[Page, ...] = (FRONT,)
"""Those that stand above every page."""
