"""Where a field is: CSS selectors, compiled once, tried in the order of trust."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from lxml.cssselect import CSSSelector
from lxml.etree import _Element

from asiatongsin.css import place_of
from asiatongsin.css_match import Matcher
from asiatongsin.html.parse import text_of
from asiatongsin.page_index import Inside
from asiatongsin.page_search import way_to


class Selectors:
    """CSS selectors of one field, in the order of trust."""

    def __init__(self, *css: str) -> None:
        self.css = css
        self._places = [_Selector(selector) for selector in css]

    def all(self, tree: _Element | Inside) -> Iterator[_Element]:
        """Every element that one of the selectors finds, the more trusted selectors first."""
        inside = tree if isinstance(tree, Inside) else Inside(tree)
        for place in self._places:
            if place.tag is None or inside.has(place.tag):
                yield from place.find(inside)

    def best(self, tree: _Element | Inside) -> Iterator[_Element]:
        """All that the most trusted selector finds that finds anything."""
        inside = tree if isinstance(tree, Inside) else Inside(tree)
        for place in self._places:
            found = iter(place.find(inside))
            if (first := next(found, None)) is not None:
                return chain([first], found)
        return iter(())

    def first(self, tree: _Element | Inside) -> _Element | None:
        """The first element that is found."""
        return next(self.all(tree), None)

    def text(self, tree: _Element | Inside) -> str | None:
        """The text of the first element that has any."""
        return next((text for element in self.all(tree) if (text := text_of(element))), None)


class _Selector:
    """One of them."""

    def __init__(self, css: str) -> None:
        self._by_xpath = CSSSelector(css, translator="html")
        place = place_of(css)
        self._known = (Matcher(place), way_to(place)) if place else None
        self.tag = place.tag if place else None

    def find(self, inside: Inside) -> Iterable[_Element]:
        """What it finds, in the order of the page."""
        if self._known is None:
            found: list[_Element] = self._by_xpath(inside.tree)
            return found
        matcher, way = self._known
        if inside.is_page:
            return matcher.among(way.candidates(inside.index), inside.tree, way.known)
        return matcher.among(inside.tagged(self.tag), inside.tree)
