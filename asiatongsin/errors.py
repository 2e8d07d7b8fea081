"""What can go wrong on the side of the site. Each error is named after what happens next.

PageError                the page does not become an article
├── PageRemoved          the site says there is no such article: noted, and asked for another day
└── PageUnreadable       the page lacks what must be there: kept raw and counted
ValueError
├── ArgumentError        an argument of the spider makes no sense: nothing is fetched
└── SettingError         a setting makes no sense: nothing is fetched
scrapy's IgnoreRequest   the page is not requested
├── Refused              the address is forbidden or not on the site: noted, and never requested again
└── Stopped              the crawl ends before the request: the next crawl makes it

The last two are in `middlewares/failures.py`, so that whoever reads pages need not import Scrapy.
"""

from __future__ import annotations


class PageError(Exception):
    """The page does not become an article; the subclasses say what happens to it instead."""


class PageRemoved(PageError):
    """The site says, in the form `form` (for example `404` or `alert`), that there is no such article."""

    def __init__(self, form: str) -> None:
        super().__init__(f"removed: {form}")
        self.form = form


class PageUnreadable(PageError):
    """The page holds something, but not what must be there: `missing` names the parts that were not found."""

    def __init__(self, reason: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.missing = missing


class ArgumentError(ValueError):
    """An argument makes no sense; the message says what to write instead."""


class SettingError(ValueError):
    """A setting makes no sense; the message says what to write instead."""
