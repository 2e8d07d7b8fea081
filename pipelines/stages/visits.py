"""The visit of an article, made from the page that came. The stage `recheck` sets the time of the next one."""

from __future__ import annotations

import re

from asiatongsin.capture import Check
from asiatongsin.items import Article, Page

_VALIDATOR = re.compile(r"[\x21-\x7e\x80-\xff][\x20-\x7e\x80-\xff]{0,999}")
"""An ETag or Last-Modified that may be sent back to the server: nothing in it can begin another header."""


def visit_of(page: Page, article: Article | None = None, *, is_served: bool = False) -> Check | None:
    """The visit of an article page, without a date for the next one; None for other pages.

    ETag and Last-Modified are taken where `is_served`: the article was read, or the server said it is unmodified. Those
    of the first page say nothing of the further ones.
    """
    if page.kind != "article" or page.no is None:
        return None
    return Check(
        checked_at=page.fetched_at,
        dated_at=page.stored.dated_at if page.stored else None,
        is_unchanged=bool(page.stored and article and article.content_hash == page.stored.content_hash),
        listed_as=page.listed_as,
        etag=_validator(page, "etag") if is_served and not page.parts else None,
        last_modified=_validator(page, "last-modified") if is_served and not page.parts else None,
    )


def _validator(page: Page, name: str) -> str | None:
    values = [value.strip() for header, value in page.headers if header.lower() == name]
    return values[0] if len(values) == 1 and _VALIDATOR.fullmatch(values[0]) else None
