"""All pages, one file each."""

from __future__ import annotations

from pipelines.web.page import Page
from pipelines.web.pages.article import ARTICLE, DIFFERENCE, RAW
from pipelines.web.pages.changes import CHANGES
from pipelines.web.pages.coverage import COVERAGE
from pipelines.web.pages.crawl import CRAWL
from pipelines.web.pages.crawls import CRAWLS
from pipelines.web.pages.day import DAY
from pipelines.web.pages.fields import FIELDS
from pipelines.web.pages.front import FRONT
from pipelines.web.pages.gaps import GAPS
from pipelines.web.pages.rejected import REJECTED
from pipelines.web.pages.rejected_page import REJECTED_PAGE
from pipelines.web.pages.related import RELATED
from pipelines.web.pages.search import SEARCH
from pipelines.web.pages.sites import SITES
from pipelines.web.pages.volume import VOLUME
from pipelines.web.pages.weather import WEATHER

_OF_ARTICLES = (ARTICLE, DIFFERENCE, RAW, CHANGES, RELATED)
_OF_CRAWLS = (CRAWLS, CRAWL, COVERAGE, REJECTED, REJECTED_PAGE, GAPS, SITES)

PAGES: tuple[Page, ...] = (FRONT, SEARCH, DAY, VOLUME, *_OF_ARTICLES, WEATHER, *_OF_CRAWLS, FIELDS)
"""Every page that has an address."""

MENU: tuple[Page, ...] = (FRONT, SEARCH, CHANGES, DAY, VOLUME, WEATHER, CRAWLS, SITES, FIELDS)
"""Those that stand above every page."""
