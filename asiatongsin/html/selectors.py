"""Where a field is: CSS selectors, tried in the order of trust."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import chain, islice
from typing import Protocol

from asiatongsin.html.element import Element, text_of

FEW = 100
"""Elements up to which one is looked through. Where more are in it, as in links that were never closed, it is not."""

_AROUND = re.compile(r"(?P<around>\.[\w-]+) [^,]+")
_TAG_AT_END = re.compile(r"(?:[^,]* )?(?P<tag>[a-z][a-z0-9]*)(?:[.#][\w-]+|\[[^\]\s]+\]|:[\w-]+|:not\([^()\s]+\))*")


class Searched(Protocol):
    """What selectors look into: an element, or one that was looked through before."""

    def css(self, query: str) -> list[Element]:
        """All that a selector finds, in the order of the page."""

    def css_first(self, query: str) -> Element | None:
        """The first of them."""


class WholePage:
    """A page, for fields that stand in something with a class: that is looked for once."""

    def __init__(self, tree: Element) -> None:
        self._tree = tree
        self._around: dict[str, list[Element]] = {}

    def css(self, query: str) -> list[Element]:
        return [found for part in self._parts(query) for found in part.css(query)]

    def css_first(self, query: str) -> Element | None:
        return next((found for part in self._parts(query) if (found := part.css_first(query)) is not None), None)

    def _parts(self, query: str) -> list[Element]:
        around = _around(query)
        if around is None:
            return [self._tree]
        if around not in self._around:
            found = self._tree.css(around)
            self._around[around] = found if len(found) < 2 else [self._tree]  # one may be within another
        return self._around[around]


class SmallElement:
    """An element and the few in it by their tags, for selectors of which most find nothing there."""

    def __init__(self, element: Element) -> None:
        self._element = element
        self._by_tag: dict[str | None, list[Element]] = defaultdict(list)
        inside = list(islice(element.traverse(), FEW + 1))
        self._is_small = len(inside) <= FEW
        for inner in inside:
            self._by_tag[inner.tag].append(inner)

    def css(self, query: str) -> list[Element]:
        tag = _tag(query) if self._is_small else None
        if query == tag or (tag is not None and tag not in self._by_tag):
            return self._by_tag.get(tag, [])
        return self._element.css(query)

    def css_first(self, query: str) -> Element | None:
        return next(iter(self.css(query)), None)


class Selectors:
    """CSS selectors of one field, in the order of trust.

    They look at an element and at all that is in it. What a selector asks to be around what it means may also be
    around the element that is looked into: `ul > li` finds an entry of a list in that entry itself.
    """

    def __init__(self, *css: str) -> None:
        self.css = css

    def all(self, element: Searched) -> Iterator[Element]:
        """Every element that one of the selectors finds, the more trusted selectors first."""
        return chain.from_iterable(map(element.css, self.css))

    def best(self, element: Searched) -> list[Element]:
        """All that the most trusted selector finds that finds anything."""
        for css in self.css:
            if found := element.css(css):
                return found
        return []

    def first(self, element: Searched) -> Element | None:
        """The first element that is found."""
        for css in self.css:
            if (found := element.css_first(css)) is not None:
                return found
        return None

    def place(self, element: Searched, *, of_text: bool = True) -> str | None:
        """The selector that finds the field: with `of_text` one that finds a text, as `text` does; else any element."""
        return next((css for css in self.css if (_text(element, css) if of_text else element.css(css))), None)

    def text(self, element: Searched) -> str | None:
        """The text of the first element that has any."""
        for css in self.css:
            if text := _text(element, css):
                return text
        return None


def _text(element: Searched, css: str) -> str | None:
    """Mostly the first one that is found has a text, and looking for one costs less than looking for all."""
    first = element.css_first(css)
    if first is None:
        return None
    return text_of(first) or next((text for found in element.css(css) if (text := text_of(found))), None)


@cache
def _around(css: str) -> str | None:
    """The class that a selector asks to be around all that it finds; None where it asks for none."""
    found = _AROUND.fullmatch(css)
    return found["around"] if found else None


@cache
def _tag(css: str) -> str | None:
    """The tag of all that a selector finds; None where it finds several."""
    found = _TAG_AT_END.fullmatch(css)
    return found["tag"] if found else None
