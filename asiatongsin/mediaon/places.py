"""Where on a page each field was found, for whoever mends selectors."""

from __future__ import annotations

from asiatongsin.fields import METADATA_TIME
from asiatongsin.html.element import Element, attribute, is_same, text_of
from asiatongsin.html.selectors import Selectors
from asiatongsin.items import Page, PageItems
from asiatongsin.mediaon.article import (
    HEADLINE,
    INFO,
    META_HEADLINE,
    META_PUBLISHED,
    SECTION,
    SUBHEADLINE,
    TITLE,
    ArticlePage,
)
from asiatongsin.mediaon.body import BODY
from asiatongsin.mediaon.photo_frames import IMAGES
from asiatongsin.mediaon.related_stories import LINKS
from asiatongsin.mediaon.weather import CITIES, DATE

OWN_ADDRESS = Selectors("link[rel=canonical]", "meta[property='og:url']")
IN_BODY = "the text of the body"
OF_LIST = "the page of the list"


def own_address(tree: Element) -> str | None:
    """The address that a page names as its own."""
    named = (attribute(one, "href") or attribute(one, "content") for one in OWN_ADDRESS.all(tree))
    return next((address for name in named if (address := name.strip()).startswith(("http://", "https://"))), None)


def places_of(page: Page, items: PageItems) -> dict[str, str]:
    """For each field that was found, the selector that found it, or what stands in for it in words."""
    found = _of_strip(page, items)
    if items.article:
        found |= _of_article(page, items) | _of_text(page, items)
    if items.related_stories:
        found["related_stories"] = LINKS.place(page.tree, of_text=False)
    return {name: place for name, place in found.items() if place}


def _of_article(page: Page, items: PageItems) -> dict[str, str | None]:
    article, tree = items.article, page.tree
    if article is None:
        return {}
    info = INFO.place(tree, of_text=False)
    printed = " ".join(text_of(line) or "" for line in INFO.best(tree))
    return {
        "section": SECTION.place(tree),
        "headline": HEADLINE.place(tree) or META_HEADLINE.place(tree, of_text=False) or TITLE.place(tree),
        "subheadline": SUBHEADLINE.place(tree) if article.subheadline else None,
        "reporter": _place_of(article.reporter, printed, info),
        "reporter_email": _place_of(article.reporter_email, printed, info),
        "published_at": _place_of_time(items, info) if article.published_at else None,
        "modified_at": info if article.modified_at else None,
        "language": "html[lang]" if article.language else None,
    }


def _of_text(page: Page, items: PageItems) -> dict[str, str | None]:
    bodies = ArticlePage(page).bodies[:1]
    body = next((css for css in BODY.css for one in page.tree.css(css) if is_same(one, next(iter(bodies), None))), None)
    article = items.article
    within = f"{body} {', '.join(IMAGES.css)}" if body else None
    return {
        "body": body,
        "images": within if article and article.images else None,
        "links": body if article and article.links else None,
    }


def _of_strip(page: Page, items: PageItems) -> dict[str, str | None]:
    if items.weather is None:
        return {}
    return {"weather": CITIES.place(page.tree, of_text=False), "page_date": DATE.place(page.tree)}


def _place_of(value: str | None, printed: str, info: str | None) -> str | None:
    if value is None:
        return None
    return info if value in printed else IN_BODY


def _place_of_time(items: PageItems, info: str | None) -> str | None:
    if METADATA_TIME in items.fallbacks:
        return META_PUBLISHED.css[0]
    return OF_LIST if "published_at" in items.fallbacks else info
