"""The teasers around an article: related, popular and latest stories, whatever widgets the site chose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from lxml import etree
from lxml.etree import _Element

from asiatongsin.html.parse import classes, join, text_of
from asiatongsin.html.selectors import Selectors
from asiatongsin.items import RelatedStory
from asiatongsin.korean import drop_broken_entity
from asiatongsin.mediaon.body import find_body
from asiatongsin.mediaon.urls import article_no
from asiatongsin.page_index import Inside
from asiatongsin.site import Site

LINKS = Selectors("a[href*='article.html?']")
BLOCK_TITLE = Selectors(".tit_set h2", ".tit_set h3", "h2.skin_tit", ".skin_tit")
PLAIN_BLOCK_TITLE = Selectors("h2", "h3", "h4", "strong", "b")
TITLE = Selectors("h2", "h3", "strong", "i.ofe", "b.ofe", "b > span", "b:not(.clamp)")
LEAD = Selectors("p.ffd", "p", "b.clamp", "em")
THUMBNAIL = Selectors("img[src]:not([src='']):not([src^='data:'])")

MOST_KNOWN, LONGEST_KNOWN = 1000, 4000
"""So many teasers are remembered, none of more bytes."""

_WIDGET = re.compile(r"^[a-z]{3}_\d{3}\w*$")  # arl_054, hdl_003, pvw_001: one numbered skin each
_BLOCK_TAGS = {"div", "section", "aside", "dl"}
_NOT_A_BLOCK = {"art_top", "fix_art_top", "head_cen", "top_nav"}
_NOT_A_BLOCK_ID = {"gnb", "header", "footer"}


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What is around a link."""

    is_no_block: bool = False
    """Body, headline or menu are among it."""

    widget: _Element | None = None
    """The innermost widget."""

    def with_inner(self, element: _Element, body: _Element | None) -> _Surroundings:
        """The same, and inside of this element."""
        is_no_block = self.is_no_block or element is body or element.get("id") in _NOT_A_BLOCK_ID
        if not (element.get("class") or is_no_block):
            return self
        is_no_block = is_no_block or not _NOT_A_BLOCK.isdisjoint(classes(element))
        return _Surroundings(is_no_block, element if _widget_class(element) else self.widget)


_NOTHING = _Surroundings()


class RelatedStories:
    """Every teaser that is neither article nor body nor menu, block by block in page order."""

    def __init__(self, tree: _Element, page_url: str) -> None:
        self.tree = tree
        self.page_url = page_url
        self.site = _site("{0.scheme}://{0.netloc}".format(urlsplit(page_url)))
        self._body = find_body(tree)
        self._names: dict[_Element, str] = {}
        self._surroundings: dict[_Element, _Surroundings] = {}

    def stories(self) -> tuple[RelatedStory, ...]:
        """The stories; positions count within a block, an article shown twice in one block counts once."""
        blocks: dict[str, dict[int, RelatedStory]] = {}
        for link, no in self._links():
            name = self._block_name(link)
            stories = blocks.setdefault(name, {})
            story = self._story(link, name, no, position=len(stories) + 1)
            stories[no] = _merge(stories[no], story) if no in stories else story
        return tuple(story for stories in blocks.values() for story in stories.values())

    def _links(self) -> Iterator[tuple[_Element, int]]:
        own = article_no(self.page_url)
        for link in LINKS.all(self.tree):
            address = join(self.page_url, link.get("href"))
            no = article_no(address)
            if no in {None, own} or not self.site.owns(address):
                continue
            if not self._around(link.getparent()).is_no_block:
                yield link, no or 0

    def _around(self, element: _Element | None) -> _Surroundings:
        """What a link inside this element is in; asked once for each element, however many links it holds."""
        unknown: list[_Element] = []
        around = _NOTHING
        while element is not None:
            if element in self._surroundings:
                around = self._surroundings[element]
                break
            unknown.append(element)
            element = element.getparent()
        for element in reversed(unknown):
            around = self._surroundings[element] = around.with_inner(element, self._body)
        return around

    def _block_name(self, link: _Element) -> str:
        block = self._around(link.getparent()).widget
        if block is None:
            block = next((above for above in link.iterancestors() if above.tag in _BLOCK_TAGS and classes(above)), None)
        if block is None:
            return "page"
        if block not in self._names:
            self._names[block] = _name_of(block)
        return self._names[block]

    def _story(self, link: _Element, block: str, no: int, position: int) -> RelatedStory:
        teaser = _teaser(link)
        return RelatedStory(
            block=block,
            position=position,
            related_no=no,
            title=teaser.title,
            lead=teaser.lead,
            image_url=join(self.page_url, teaser.source) if teaser.source is not None else None,
        )


@dataclass(frozen=True, slots=True)
class _Teaser:
    """What a link shows."""

    title: str | None
    lead: str | None
    source: str | None


_known: dict[bytes, _Teaser] = {}


def _teaser(link: _Element) -> _Teaser:
    """The teaser of a link; rankings stand on many pages in the same words, and markup is compared faster than read."""
    markup = etree.tostring(link, encoding="utf-8", with_tail=False)
    if len(markup) > LONGEST_KNOWN:
        return _read_teaser(link)
    if markup not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[markup] = _read_teaser(link)
    return _known[markup]


def _read_teaser(link: _Element) -> _Teaser:
    inside = Inside(link)
    title = TITLE.text(inside) or text_of(link)
    lead = LEAD.text(inside)
    image = THUMBNAIL.first(inside)
    return _Teaser(
        title=title,
        lead=(drop_broken_entity(lead) or None) if lead and lead != title else None,
        source=(image.get("src") or "") if image is not None else None,
    )


@lru_cache(maxsize=64)
def _site(address: str) -> Site:
    return Site.parse(address)


def _widget_class(element: _Element) -> str | None:
    return next((name for name in classes(element) if _WIDGET.match(name) and not name.startswith("arv_")), None)


def _name_of(block: _Element) -> str:
    """The printed title of a block, else its widget class, else the first of its classes."""
    widget = _widget_class(block)
    if widget:
        return BLOCK_TITLE.text(block) or widget
    headings = (one for one in PLAIN_BLOCK_TITLE.all(block) if not _is_in_story(one))
    return next((text for one in headings if (text := text_of(one))), None) or classes(block)[0]


def _is_in_story(heading: _Element) -> bool:
    """Whether a heading belongs to a teaser, or to the article itself, and not to the block."""
    above = list(heading.iterancestors())
    of_article = any(not _NOT_A_BLOCK.isdisjoint(classes(element)) for element in above)
    return of_article or any(element.tag == "a" for element in above) or LINKS.first(heading) is not None


def _merge(first: RelatedStory, second: RelatedStory) -> RelatedStory:
    """One story out of the two links to it: one around its thumbnail, one around its text."""
    return RelatedStory(
        block=first.block,
        position=first.position,
        related_no=first.related_no,
        title=first.title or second.title,
        lead=first.lead or second.lead,
        image_url=first.image_url or second.image_url,
    )
