"""All pages, one file each."""

from __future__ import annotations

from pipelines.web.page import Page
from pipelines.web.pages.article import ARTICLE, DIFFERENCE, RAW
from pipelines.web.pages.changes import CHANGES
from pipelines.web.pages.fields import FIELDS
from pipelines.web.pages.front import FRONT
from pipelines.web.pages.related import RELATED

PAGES: tuple[Page, ...] = (FRONT, ARTICLE, DIFFERENCE, RAW, CHANGES, RELATED, FIELDS)
"""Every page that has an address."""

MENU: tuple[Page, ...] = (FRONT, CHANGES, FIELDS)
"""Those that stand above every page."""
