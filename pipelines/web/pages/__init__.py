"""All pages, one file each."""

from __future__ import annotations

from pipelines.web.page import Page
from pipelines.web.pages.coverage import COVERAGE
from pipelines.web.pages.crawl import CRAWL
from pipelines.web.pages.crawls import CRAWLS
from pipelines.web.pages.front import FRONT
from pipelines.web.pages.gaps import GAPS
from pipelines.web.pages.rejected import REJECTED
from pipelines.web.pages.sites import SITES

PAGES: tuple[Page, ...] = (FRONT, CRAWLS, CRAWL, COVERAGE, REJECTED, GAPS, SITES)
"""Every page that has an address."""

MENU: tuple[Page, ...] = (FRONT, CRAWLS, SITES)
"""Those that stand above every page."""
