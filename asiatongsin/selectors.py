"""Where a field is: CSS selectors, compiled once, tried in the order of trust."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml.cssselect import CSSSelector
from lxml.etree import _Element

from asiatongsin.css import place_of
from asiatongsin.html import text_of
from asiatongsin.page_index import Inside


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

    def best(self, tree: _Element | Inside) -> list[_Element]:
        """All that the most trusted selector finds that finds anything."""
        inside = tree if isinstance(tree, Inside) else Inside(tree)
        return next((found for place in self._places if (found := list(place.find(inside)))), [])

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
        self._place = place = place_of(css)
        self.tag = place.tag if place else None
        # Where the index does not help, XPath reads the attributes of all elements of a page faster than Python does.
        self._is_slow_on_pages = place is None or not (place.is_in_index or (place.tag and not place.has_attributes))

    def find(self, inside: Inside) -> Iterable[_Element]:
        """What it finds, in the order of the page."""
        if self._place is None or (self._is_slow_on_pages and inside.is_page):
            found: list[_Element] = self._by_xpath(inside.tree)
            return found
        return self._place.find(inside)
