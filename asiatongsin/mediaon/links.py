"""Where an article leads: files it offers, videos and frames within it, links in its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from asiatongsin.article_parts import ArticleLink
from asiatongsin.html.addresses import join
from asiatongsin.html.element import Element, attribute, text_of
from asiatongsin.html.selectors import Selectors

LINKS = Selectors("a[href]")
EMBED_TAGS = frozenset({"iframe", "video", "audio", "embed", "object", "oembed"})
EMBEDDED_BY_SCRIPT = frozenset({"data-oembed-url", "data-instgrm-permalink", "data-href", "data-video-url"})

_FILE = re.compile(
    r"\.(?:hwpx?|hwt|hml|pdf|docx?|xlsx?|pptx?|show|cell|nxl|od[tsp]|rtf|txt|csv|zip|7z|rar|egg|alz|tar|gz"
    r"|mp3|mp4|wav|m4a|avi|mov|wmv|psd|ai|eps|epub)(?=$|[?#&\s)\]}])",
    re.IGNORECASE,
)
_NO_ADDRESS = re.compile(r"\s*(?:javascript:|mailto:|tel:|sms:|data:|about:|blob:|#|$)", re.IGNORECASE)
_SOURCES = Selectors("source[src]")
_EMBEDDED = ("data-src", "data-lazy-src", "src", "data", "url")


def link_of(anchor: Element, page_url: str) -> ArticleLink | None:
    """The link of an `a`; None where it leads nowhere."""
    printed = attribute(anchor, "href")
    if _NO_ADDRESS.match(printed):
        return None
    text = text_of(anchor)
    is_file = _FILE.search(printed) or _FILE.search(text or "") or "download" in anchor.attributes
    return ArticleLink(kind="attachment" if is_file else "link", url=join(page_url, printed), text=text)


def embed_of(element: Element, page_url: str) -> ArticleLink | None:
    """What a frame, video or audio element shows; None where the page does not say."""
    elements = [element, *_SOURCES.all(element)]
    addresses = (_first_address(one.attributes, _EMBEDDED) for one in elements)
    return _embed(next(filter(None, addresses), None), page_url)


def embed_by_script(attributes: Mapping[str, str | None], page_url: str) -> ArticleLink | None:
    """What a script puts in the place of an element with one of these attributes; None where it does not say."""
    return _embed(_first_address(attributes, sorted(EMBEDDED_BY_SCRIPT)), page_url)


def attachments(column: Element, page_url: str) -> list[ArticleLink]:
    """The files that are offered anywhere in an element."""
    found = (link_of(anchor, page_url) for anchor in LINKS.all(column))
    return [link for link in found if link and link.kind == "attachment"]


def _first_address(attributes: Mapping[str, str | None], names: Iterable[str]) -> str | None:
    return next((value for name in names if not _NO_ADDRESS.match(value := attributes.get(name) or "")), None)


def _embed(address: str | None, page_url: str) -> ArticleLink | None:
    return ArticleLink(kind="embed", url=join(page_url, address)) if address else None
