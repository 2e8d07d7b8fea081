"""The teasers around an article: related, popular and latest stories, whatever widgets the site chose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from asiatongsin.html.addresses import join
from asiatongsin.html.element import Element, ancestors, attribute, classes, is_same, key, text_of
from asiatongsin.html.selectors import Selectors, SmallElement
from asiatongsin.items import RelatedStory
from asiatongsin.korean import drop_broken_entity
from asiatongsin.mediaon.urls import article_no
from asiatongsin.site import Site

LINKS = Selectors("a[href*='article.html?']")
BLOCK_TITLE = Selectors(".tit_set h2", ".tit_set h3", "h2.skin_tit", ".skin_tit")
PLAIN_BLOCK_TITLE = Selectors("h2", "h3", "h4", "strong", "b")
TITLE = Selectors("h2", "h3", "strong", "i.ofe", "b.ofe", "b > span", "b:not(.clamp)")
LEAD = Selectors("p.ffd", "p", "b.clamp", "em")
IMAGES = Selectors("img")

FEW_BLOCKS = 10
"""So many are looked into for a title, one by one. Blocks within each other would be looked through again and again."""

# One numbered skin each: arl_054, hdl_003, pvw_001, and m01_hdl10 on older layouts.
_OLDER = r"[a-z]\d{2,3}_(?!arv)[a-z]{3}\d{1,3}"
_WIDGET = re.compile(rf"(?<!\S)(?:(?!arv_)[a-z]{{3}}_\d{{3}}|{_OLDER})\w*(?!\S)")
_BLOCK_TAGS = {"div", "section", "aside", "dl"}
_EXCLUDED_CLASSES = re.compile(r"(?<!\S)(?:art_top|fix_art_top|head_cen|top_nav)(?!\S)")
_EXCLUDED_IDS = {"gnb", "header", "footer"}


class _Place(NamedTuple):
    """Where a link is."""

    block: Element | None = None
    """The innermost widget around it, else the innermost block."""

    is_widget: bool = False
    """Whether the block is a widget."""

    is_excluded: bool = False
    """The link is in the body, the headline or the menu, so it is no related story."""


_OUTSIDE_BLOCKS, _EXCLUDED = _Place(), _Place(is_excluded=True)


class RelatedStories:
    """Every teaser that is neither article nor body nor menu, block by block in page order."""

    def __init__(self, tree: Element, page_url: str, bodies: Iterable[Element]) -> None:
        self.tree = tree
        self.page_url = page_url
        self.bodies = set(map(key, bodies))
        self.site = _site("{0.scheme}://{0.netloc}".format(urlsplit(page_url)))
        self._in_teaser: dict[int, bool] = {}
        self._places: dict[int, _Place] = {}
        self._names: dict[int, str] = {}

    def stories(self) -> tuple[RelatedStory, ...]:
        """The stories; positions count within a block, an article shown twice in one block counts once."""
        blocks: dict[str, dict[int, RelatedStory]] = {}
        for link, no, name in self._links():
            stories = blocks.setdefault(name, {})
            story = self._story(link, name, no, position=len(stories) + 1)
            stories[no] = _merge(stories[no], story) if no in stories else story
        return tuple(_titled(story) for stories in blocks.values() for story in stories.values())

    def _links(self) -> Iterator[tuple[Element, int, str]]:
        """Links to other articles, with the number of the article and the name of the block."""
        own = article_no(self.page_url)
        for link in LINKS.all(self.tree):
            address = join(self.page_url, attribute(link, "href"))
            no = article_no(address)
            if no is None or no == own or not self.site.owns(address):
                continue
            place = self._place_of(link)
            if not place.is_excluded:
                yield link, no, self._name(place.block) if place.block is not None else "page"

    def _place_of(self, link: Element) -> _Place:
        """Where a link is. Each element around links is looked at once, however many links it holds."""
        unknown: list[tuple[int, Element]] = []
        place = _OUTSIDE_BLOCKS
        for above in ancestors(link):
            number = key(above)
            if (known := self._places.get(number)) is not None:
                place = known
                break
            unknown.append((number, above))
        for number, element in reversed(unknown):
            is_excluded = place.is_excluded or number in self.bodies
            place = self._places[number] = _EXCLUDED if is_excluded else self._place_within(element, place)
        return place

    def _place_within(self, element: Element, around: _Place) -> _Place:
        """The place of the children of an element, which is itself at the place `around`."""
        attributes = element.attributes
        if attributes.get("id") in _EXCLUDED_IDS:
            return _EXCLUDED
        names = attributes.get("class")
        if not names:
            return around
        if _EXCLUDED_CLASSES.search(names):
            return _EXCLUDED
        if _WIDGET.search(names):
            return _Place(element, is_widget=True)
        is_block = element.tag in _BLOCK_TAGS and names.strip() and not around.is_widget
        return _Place(element) if is_block else around

    def _name(self, block: Element) -> str:
        """The printed title of a block, else its widget class, else the first of its classes."""
        if (known := self._names.get(key(block))) is not None:
            return known
        widget = _WIDGET.search(attribute(block, "class"))
        has_title_bar = widget is not None and not re.match(_OLDER, widget[0])
        title = self._widget_title(block) if has_title_bar else self._plain_titles.get(key(block))
        name = self._names[key(block)] = title or (widget[0] if widget else classes(block)[0])
        return name

    def _widget_title(self, block: Element) -> str | None:
        """Mostly the first heading that is found has it. To look into a few blocks costs less than into the page."""
        if len(self._names) < FEW_BLOCKS:
            heading = BLOCK_TITLE.first(block)
            if heading is None:
                return None
            if not is_same(heading, block) and (title := text_of(heading)):
                return title
        return self._widget_titles.get(key(block))

    @cached_property
    def _widget_titles(self) -> dict[int, str]:
        return _titles(BLOCK_TITLE.all(self.tree))

    @cached_property
    def _plain_titles(self) -> dict[int, str]:
        return _titles(one for one in PLAIN_BLOCK_TITLE.all(self.tree) if not self._is_in_teaser(one))

    def _is_in_teaser(self, heading: Element) -> bool:
        """Whether a heading belongs to a teaser, or to the article itself, and not to the block."""
        unknown: list[int] = []
        is_in = False
        for above in ancestors(heading):
            if (known := self._in_teaser.get(key(above))) is not None:
                is_in = known
                break
            unknown.append(key(above))
            if is_in := above.tag == "a" or bool(_EXCLUDED_CLASSES.search(attribute(above, "class"))):
                break
        self._in_teaser.update(dict.fromkeys(unknown, is_in))
        return is_in or LINKS.first(heading) is not None

    def _story(self, link: Element, block: str, no: int, position: int) -> RelatedStory:
        teaser = _teaser(link)
        return RelatedStory(
            block=block,
            position=position,
            related_no=no,
            title=teaser.title,
            lead=teaser.lead,
            image_url=join(self.page_url, teaser.source) if teaser.source is not None else None,
        )


class _Teaser(NamedTuple):
    """What a link shows."""

    title: str | None
    lead: str | None
    source: str | None


def _teaser(link: Element) -> _Teaser:
    around = link.parent
    names = classes(around) if around is not None else []
    inside = SmallElement(link)
    source = next(filter(_is_shown, (attribute(image, "src") for image in IMAGES.all(inside))), None)
    if around is not None and around.tag in {"p", "span"} and source is None:
        # On older layouts a teaser is several links; that of its lead stands so (cnbnews.com in 2018).
        return _Teaser(title=None, lead=text_of(link), source=None)
    if "writer" in names:  # pressian.com in 2018: who wrote it
        return _Teaser(title=None, lead=None, source=None)
    title = TITLE.text(inside) or text_of(link)
    lead = LEAD.text(inside)
    return _Teaser(
        title=title,
        lead=(drop_broken_entity(lead) or None) if lead and lead != title else None,
        source=source,
    )


def _is_shown(source: str) -> bool:
    """Whether a thumbnail has an address, and not the picture itself in its place."""
    return source != "" and not source.startswith("data:")


@lru_cache(maxsize=64)
def _site(address: str) -> Site:
    return Site.parse(address)


def _titles(headings: Iterable[Element]) -> dict[int, str]:
    """For each element around these headings, the text of the first heading in it."""
    titles: dict[int, str] = {}
    for heading in headings:
        if text := text_of(heading):
            for above in ancestors(heading):
                if titles.setdefault(key(above), text) is not text:
                    break
    return titles


def _titled(story: RelatedStory) -> RelatedStory:
    """A story whose only text is that of a link in a paragraph has it for its title."""
    if story.title is None:
        return replace(story, title=story.lead, lead=None)
    lead = drop_broken_entity(story.lead) or None if story.lead else None
    return story if lead == story.lead else replace(story, lead=lead)


def _merge(first: RelatedStory, second: RelatedStory) -> RelatedStory:
    """One story out of two links to it: one is around its thumbnail, one around its text."""
    return RelatedStory(
        block=first.block,
        position=first.position,
        related_no=first.related_no,
        title=first.title or second.title,
        lead=first.lead or second.lead,
        image_url=first.image_url or second.image_url,
    )
