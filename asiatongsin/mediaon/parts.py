"""Articles that are printed on several pages, `article.html?no=5&page=2` and so on."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus

from asiatongsin.capture import Part
from asiatongsin.html.addresses import join
from asiatongsin.html.element import Element, ancestors, attribute, classes
from asiatongsin.html.parse import parse
from asiatongsin.html.selectors import Selectors
from asiatongsin.items import Page
from asiatongsin.mediaon.blank import CHROME
from asiatongsin.mediaon.urls import article_no, part_no

LINKS = Selectors("a[href*='page=']")

MOST_PARTS = 20
"""How many further pages of an article are read."""

_PAGED = re.compile(rb"article\.html\?[^\"'<>]{0,200}\bpage=[2-9]")  # spares most pages the search for links


def next_part(page: Page) -> str | None:
    """The address of the next page of an article, which the pages before link to; None where there is none.

    A pager of comments is not meant.
    """
    wanted = len(page.parts) + 2
    if page.no is None or page.status != HTTPStatus.OK or wanted > MOST_PARTS + 1:
        return None
    bodies = filter(_PAGED.search, [page.body, *(part.body for part in page.parts[-1:])])
    links = (link for body in bodies for link in LINKS.all(parse(body).tree))
    addresses = (join(page.url, attribute(link, "href")) for link in links if not _is_chrome(link))
    return next((url for url in addresses if article_no(url) == page.no and part_no(url) == wanted), None)


def with_part(page: Page, answer: Page) -> Page:
    """The article with its next part; with an empty one where another page came."""
    is_part = answer.status == HTTPStatus.OK and article_no(answer.url) == page.no
    part = Part(body=answer.body, exchanges=answer.exchanges) if is_part else Part(body=b"")
    return replace(page, parts=(*page.parts, part))


def _is_chrome(link: Element) -> bool:
    return any(CHROME.match(name) for around in ancestors(link) for name in classes(around))
