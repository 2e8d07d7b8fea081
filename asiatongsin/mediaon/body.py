"""The text of an article: paragraphs and photos out of whatever markup the editor left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import chain, islice

from asiatongsin.article_parts import ArticleImage, ArticleLink
from asiatongsin.html.addresses import join
from asiatongsin.html.element import Element, ancestors, attribute, key, walk
from asiatongsin.html.selectors import Selectors
from asiatongsin.mediaon.blank import CHROME, holds_anything
from asiatongsin.mediaon.lines import Lines
from asiatongsin.mediaon.links import EMBED_TAGS, EMBEDDED_BY_SCRIPT, LINKS, embed_by_script, embed_of, link_of
from asiatongsin.mediaon.photo_frames import IMAGES, is_frame, photos_of, read_frame, title_of
from asiatongsin.mediaon.photos import PHOTO_TAGS, background_address

BODY = Selectors(
    "#news_body_area",
    "#news_bodyArea",
    "[itemprop=articleBody]",
    "div.cnt_view",
    "div.news_detail",  # mobile
)
_OWN = ", ".join(BODY.css[:3])  # nothing else is called so; `cnt_view` may be around more than the text
_IDS = ["news_body_area", "news_bodyArea"]

MOST_BODIES = 10
"""How many elements are looked at that may be a body. A page has one, or one in some parts, and perhaps a copy."""

# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend",
    "li", "main", "nav", "ol", "p", "pre", "section", "summary", "svg", "tbody", "text", "tfoot", "thead", "ul",
})
_TABLE_TAGS = frozenset({"table", "td", "th", "tr"})
_SKIPPED_TAGS = EMBED_TAGS | {
    "script", "style", "noscript", "template", "canvas", "button", "select", "textarea",
    "title", "desc", "defs", "metadata",  # of a drawing: never seen
}
# fmt: on
# The numbered widgets are no text of the article either.
_NOT_TEXT = re.compile(rf"{CHROME.pattern}|^(?:art_box|art_info|art_list|(?:ar[lav]|hdl|ext|ban|pvw|mov)_\d{{3}}\w*)$")
_LINK_TAGS = frozenset({"a", "area"})
_LINE_OF_DRAWING = {"x", "y", "dy"}


class ArticleBody:
    """An element that holds text of the article, read once: `paragraphs`, `images` and `links`.

    Walks all text below the element, not only its `p`: editors of this CMS nest `div` in `p`,
    older articles are `div`s or bare text with `br` (SITE.md section 3).
    """

    def __init__(self, element: Element, page_url: str) -> None:
        self.page_url = page_url
        self.images: list[ArticleImage] = []
        self.links: dict[ArticleLink, None] = {}
        self._lines = Lines()
        self._read: set[int] = set()
        walk(element, enter=self._enter, leave=self._leave, text=self._lines.add)
        self._lines.end_line()
        self.paragraphs = tuple(self._lines.read)
        """Paragraphs in one line each, empty ones left out. A line end of the page ends a paragraph."""

    def _enter(self, node: Element) -> bool:
        tag, attributes = node.tag, node.attributes
        if tag in _SKIPPED_TAGS:
            self._note_unseen(node)
            return False
        names = (attributes.get("class") or "").split() if attributes else []
        if names and any(map(_NOT_TEXT.match, names)):
            return False
        if (self._read and key(node) in self._read) or (is_frame(tag, names) and self._is_photo(node)):
            return False
        if tag in _TABLE_TAGS:
            self._lines.enter(node)
        elif tag in _BLOCKS:
            self._lines.end_line()
        if attributes:
            self._note(node, tag, attributes)
        return True

    def _leave(self, node: Element) -> None:
        tag = node.tag
        if tag in _BLOCKS:
            self._lines.end_line()
        elif tag in _TABLE_TAGS:
            self._lines.leave(node)

    def _note_unseen(self, node: Element) -> None:
        """Text in these is not seen, but what they show is: a frame, or the photo for readers without scripts."""
        if node.tag in EMBED_TAGS:
            self._add_link(embed_of(node, self.page_url))
        elif node.tag == "noscript":
            latest = {image.url for image in self.images[-2:]}
            self.images += [one for one in photos_of(IMAGES.all(node), self.page_url) if one.url not in latest]

    def _note(self, node: Element, tag: str | None, attributes: Mapping[str, str | None]) -> None:
        if tag in PHOTO_TAGS:
            self.images += photos_of([node], self.page_url)
        elif tag in _LINK_TAGS:
            self._add_link(link_of(node, self.page_url))
        elif tag == "tspan" and not _LINE_OF_DRAWING.isdisjoint(attributes):
            self._lines.add(" ")
        elif "style" in attributes and (address := background_address(attributes["style"] or "")):
            self.images.append(ArticleImage(url=join(self.page_url, address), caption=title_of(node)))
        if not EMBEDDED_BY_SCRIPT.isdisjoint(attributes):
            self._add_link(embed_by_script(attributes, self.page_url))

    def _is_photo(self, node: Element) -> bool:
        """Reads a frame of photos; whether nothing else is in it."""
        frame = read_frame(node, self.page_url, self._read)
        if frame is None:
            return False
        self.images += frame.photos
        if frame.read is not None:
            self._read |= frame.read
            return False
        for anchor in LINKS.all(node):
            self._add_link(link_of(anchor, self.page_url))
        return True

    def _add_link(self, link: ArticleLink | None) -> None:
        if link:
            self.links[link] = None


def find_bodies(tree: Element, column: Element) -> list[Element]:
    """The elements of the body in the order of the page: those that hold anything, else the most trusted one.

    `column` is the part of the page in which the body may be printed in several elements.
    """
    found = list({key(one): one for one in column.css(_OWN)}.values())  # one that has two of the names is found twice
    if len(found) > 1:
        apart = set(map(key, _apart(sorted(found, key=_trust))))
        found = [one for one in found if key(one) in apart]
    found = found or _apart(BODY.best(column))
    held = list(filter(holds_anything, found))
    if not held:
        found = _apart(chain(found, BODY.all(tree)))
        held = list(filter(holds_anything, found))
    return held or found[:1]


def without_copies(parts: list[ArticleBody]) -> list[ArticleBody]:
    """The parts of a body whose text no other part holds as well, as a copy for printers does."""
    if len(parts) < 2:
        return parts
    kept: list[tuple[str, ArticleBody]] = []
    for part in parts:
        text = "".join("".join(part.paragraphs).split())
        if not any(text in other for other, _ in kept):
            kept = [one for one in kept if one[0] not in text] + [(text, part)]
    return [part for _, part in kept]


def _trust(body: Element) -> int:
    name = attribute(body, "id")
    return _IDS.index(name) if name in _IDS else len(_IDS)


def _apart(trusted: Iterable[Element]) -> list[Element]:
    """Of elements within each other the more trusted ones."""
    taken: list[Element] = []
    for one in islice(trusted, MOST_BODIES):
        around = {key(one), *map(key, ancestors(one))}
        if not any(key(other) in around or key(one) in map(key, ancestors(other)) for other in taken):
            taken.append(one)
    return taken
