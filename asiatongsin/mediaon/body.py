"""The text of an article: paragraphs and photos out of whatever markup the editor left."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from asiatongsin.html.addresses import join
from asiatongsin.html.element import Element, attribute, classes, text_of, texts, walk
from asiatongsin.html.selectors import Selectors
from asiatongsin.items import ArticleImage
from asiatongsin.korean import clean

BODY = Selectors(
    "#news_body_area",
    "#news_bodyArea",
    "[itemprop=articleBody]",
    "div.cnt_view",
    "div.news_detail",  # mobile
)
IMAGES = Selectors("img[src]")
MEDIA = Selectors("img[src]", "iframe", "video", "embed", "object")

MOST_BODIES = 10
"""How many matches of a selector are looked at; a page has one body, or one and a copy of it."""

# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "div", "dl", "dt", "figure",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table",
    "tbody", "tfoot", "thead", "tr", "ul",
})
_SKIPPED_TAGS = frozenset({
    "script", "style", "iframe", "video", "noscript", "template", "object", "embed", "form", "button", "select", "svg",
})
# fmt: on
_CELLS = frozenset({"td", "th"})
_VIDEO_TAGS = frozenset({"iframe", "video", "embed", "object"})
_PHOTO_FRAME = frozenset({"imgframe", "figure"})
# Banners, share buttons, comments, tags, and the numbered widgets: none of them is text of the article.
_NOT_TEXT = re.compile(
    r"^(?:com_ban|banner_slide|btn_share|jour_box|reply_wrap|tag_lists|tag_wrap|art_box|art_info|art_list"
    r"|(?:ar[lav]|hdl|ext|ban|pvw|mov)_\d{3}\w*)$"
)
_FILE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp)$", re.IGNORECASE)


class ArticleBody:
    """The element that holds the article's text, read once: `paragraphs` and `images`.

    Walks all text below the element, not only its `p`: editors of this CMS nest `div` in `p`,
    older articles are `div`s or bare text with `br` (SITE.md section 3).
    """

    def __init__(self, element: Element, page_url: str) -> None:
        self.page_url = page_url
        self.images: list[ArticleImage] = []
        self.has_video = False
        self._lines: list[list[str]] = [[]]
        walk(element, enter=self._enter, leave=self._break, text=self._add)

    @cached_property
    def paragraphs(self) -> tuple[str, ...]:
        """Paragraphs in one line each, empty ones left out. A line end of the page ends a paragraph."""
        return tuple(text for line in self._lines if (text := clean("".join(line))))

    def _enter(self, node: Element) -> bool:
        if self._is_left_out(node):
            return False
        self._break(node)
        if node.tag == "img":
            self._add_images([node], caption=None)
        return True

    def _is_left_out(self, node: Element) -> bool:
        if node.tag in _SKIPPED_TAGS:
            self.has_video |= node.tag in _VIDEO_TAGS
            return True
        names = classes(node)
        if node.tag in _PHOTO_FRAME or not _PHOTO_FRAME.isdisjoint(names):
            self._add_images(IMAGES.all(node), caption=text_of(node))
            return True
        return any(map(_NOT_TEXT.match, names))

    def _add_images(self, images: Iterable[Element], caption: str | None) -> None:
        for image in images:
            source = attribute(image, "src").strip()
            if source and not source.startswith("data:"):
                self.images.append(ArticleImage(url=join(self.page_url, source), caption=caption or _title(image)))

    def _break(self, node: Element) -> None:
        if node.tag in _CELLS:
            self._add(" ")
        elif node.tag in _BLOCKS and self._lines[-1]:
            self._lines.append([])

    def _add(self, text: str) -> None:
        self._lines[-1].append(text)


def find_body(tree: Element) -> Element | None:
    """The element of the body. Where the most trusted selector matches twice, the match that holds anything."""
    first = BODY.first(tree)
    if first is None or holds_anything(first):
        return first
    return next(filter(holds_anything, BODY.best(tree)[1:MOST_BODIES]), first)


def holds_anything(element: Element) -> bool:
    """Whether an element has any text, photo or video; much faster than reading it."""
    return any(map(clean, texts(element))) or holds_media(element)


def holds_media(element: Element) -> bool:
    """Whether an element has a photo or a video, which is a story without any text."""
    return MEDIA.first(element) is not None


def _title(image: Element) -> str | None:
    title = clean(attribute(image, "title"))
    # Editors fill in the file name by themselves.
    return title if title and not _FILE_NAME.search(title) else None
