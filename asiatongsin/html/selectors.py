"""Where a field is: CSS selectors, tried in the order of trust."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from asiatongsin.html.element import Element, text_of


_ENDS_WITH_TAG = re.compile(r"(?:[^,]* )?(?P<tag>[a-z][a-z0-9]*)(?:[.#][\w-]+|\[[^\]\s]+\]|:\w+|:not\([^()\s]+\))*")


class Inside:
    """A small element and all in it by their tags, for selectors of which most find nothing there."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self._by_tag: dict[str | None, list[Element]] = {}
        for inner in element.traverse():
            self._by_tag.setdefault(inner.tag, []).append(inner)

    def find(self, css: str, tag: str | None) -> list[Element]:
        """What a selector finds, which looks for a tag, or for any where that is None."""
        if css == tag or (tag is not None and tag not in self._by_tag):
            return self._by_tag.get(tag, [])
        return self.element.css(css)


class Selectors:
    """CSS selectors of one field, in the order of trust.

    They look at an element and at all that is in it. What a selector asks to be around what it means may also be
    around the element that is looked into: `ul > li` finds an entry of a list in that entry itself.
    """

    def __init__(self, *css: str) -> None:
        self.css = css
        self._tags = [found["tag"] if (found := _ENDS_WITH_TAG.fullmatch(one)) else None for one in css]

    def all(self, element: Element) -> Iterator[Element]:
        """Every element that one of the selectors finds, the more trusted selectors first."""
        return chain.from_iterable(map(element.css, self.css))

    def best(self, element: Element) -> list[Element]:
        """All that the most trusted selector finds that finds anything."""
        for css in self.css:
            if found := element.css(css):
                return found
        return []

    def first(self, element: Element) -> Element | None:
        """The first element that is found."""
        for css in self.css:
            if (found := element.css_first(css)) is not None:
                return found
        return None

    def all_inside(self, inside: Inside) -> Iterator[Element]:
        """As `all`."""
        return chain.from_iterable(map(inside.find, self.css, self._tags))

    def text(self, element: Element) -> str | None:
        """The text of the first element that has any."""
        for css in self.css:
            if text := _text(element, css):
                return text
        return None


def _text(element: Element, css: str) -> str | None:
    """Mostly the first one that is found has a text, and looking for one costs less than looking for all."""
    first = element.css_first(css)
    if first is None:
        return None
    return text_of(first) or next((text for found in element.css(css) if (text := text_of(found))), None)
