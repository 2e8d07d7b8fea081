"""Pages that say there is no such article. Their real form is unknown (SITE.md section 6), so all likely ones count."""

from __future__ import annotations

import re
from http import HTTPStatus
from itertools import accumulate

from asiatongsin.html.addresses import join
from asiatongsin.html.element import CODE, Element, attribute, texts
from asiatongsin.html.selectors import Selectors
from asiatongsin.korean import clean
from asiatongsin.mediaon.article import ArticlePage
from asiatongsin.mediaon.body import holds_anything
from asiatongsin.mediaon.urls import is_front_page

SCRIPTS = Selectors("script")
REFRESH = Selectors("meta[http-equiv=refresh i]")

GONE_STATUSES = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
"""Statuses with which a site says that there is no such article."""

_LOCATION = re.compile(r"location(?:\.href)?\s*=\s*['\"]([^'\"]*)['\"]|location\.replace\(\s*['\"]([^'\"]*)['\"]")
_REFRESH_TO = re.compile(r"url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_ALERT = re.compile(r"\balert\s*\(|history\.(?:back|go)\s*\(")
_LONGEST_MESSAGE = 300  # characters; a page around an article has many more


def removed_form(article: ArticlePage) -> str | None:
    """How a page says that the article is gone: `404`, `410`, `front page`, `alert`; None where it does not.

    The fifth form is an empty body. `ArticlePage.is_empty` finds it, since the body must be read for that.
    """
    page = article.page
    if page.status in GONE_STATUSES:
        return str(page.status)
    if is_front_page(page.url):
        return "front page"
    if _has_body(article.body_element) or _is_longer_than_message(page.tree):
        return None
    script = " ".join(text for script in SCRIPTS.all(page.tree) for text in texts(script))
    if any(is_front_page(join(page.url, address)) for address in _automatic_targets(page.tree, script)):
        return "front page"
    return "alert" if _ALERT.search(script) else None


def _has_body(body: Element | None) -> bool:
    return body is not None and holds_anything(body)


def _is_longer_than_message(tree: Element) -> bool:
    seen = accumulate(len(clean(text)) for text in texts(tree, but=CODE | {"title"}))
    return any(length > _LONGEST_MESSAGE for length in seen)


def _automatic_targets(tree: Element, script: str) -> list[str]:
    """Addresses to which the page sends its reader by script or refresh."""
    by_script = [first or second for first, second in _LOCATION.findall(script)]
    refresh = (_REFRESH_TO.search(attribute(meta, "content")) for meta in REFRESH.all(tree))
    return by_script + [found[1] for found in refresh if found]
