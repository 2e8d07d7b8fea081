"""An element that is looked into: a page with an index of its classes and ids, or a small part of one.

Each XPath walks through the whole page, 30 to 80 µs for a thousand elements, and a page is looked into with some thirty
selectors. So its classes and ids are collected once, and a selector goes to the few elements that it may mean: a page
of 60 kB was read in 7 times the time of its parse, now in 3 times (2026-11-25).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, TypeVar

from lxml import etree
from lxml.etree import _Element

T = TypeVar("T")

_CLASSES = etree.XPath("descendant-or-self::*/@class")
_IDS = etree.XPath("descendant-or-self::*/@id")


class Inside:
    """An element that is looked into, a whole page or a small part of one; where several fields are, made once."""

    def __init__(self, tree: _Element) -> None:
        self.tree = tree
        self.is_page = tree.getparent() is None
        self._by_tag: dict[str, list[_Element]] = {}
        if not self.is_page:
            for element in tree.iter():
                self._by_tag.setdefault(str(element.tag), []).append(element)

    @property
    def index(self) -> Index:
        """Of a whole page."""
        return _index_of(self.tree)

    def has(self, tag: str) -> bool:
        """Whether there may be an element with this tag."""
        return self.is_page or tag in self._by_tag

    def tagged(self, tag: str | None) -> Iterable[_Element]:
        """Elements with this tag, or all, in the order of the page; the one that is looked into is among them."""
        if self.is_page or tag is None:
            return self.tree.iter(tag) if tag else self.tree.iter()
        return self._by_tag.get(tag, ())


class Index:
    """The classes and ids of a page, as one text each, in which a name is found without a look at the others."""

    def __init__(self, root: _Element) -> None:
        self.known: dict[Hashable, Any] = {}
        self._values = {"class": _CLASSES(root), "id": _IDS(root)}
        self._texts = {name: "\0".join(values) for name, values in self._values.items()}

    def with_class(self, name: str) -> Iterator[_Element]:
        """Elements whose class attribute has the name in it, in the order of the page; it may be part of another."""
        return self._with("class", name)

    def with_id(self, name: str) -> Iterator[_Element]:
        """Elements whose id has the name in it."""
        return self._with("id", name)

    def _with(self, attribute: str, name: str) -> Iterator[_Element]:
        text, values = self._texts[attribute], self._values[attribute]
        place, number, counted = text.find(name), 0, 0
        while place >= 0:
            number += text.count("\0", counted, place)
            yield values[number].getparent()
            counted = text.find("\0", place)
            place = text.find(name, counted) if counted >= 0 else -1


_last: list[tuple[_Element, Index]] = []


def _index_of(root: _Element) -> Index:
    """The index of a page. The last one is kept: a page is read by several, one after the other, and never changed."""
    if not _last or _last[0][0] is not root:
        _last[:] = [(root, Index(root))]
    return _last[0][1]


def once(key: Hashable, page: _Element, find: Callable[[_Element], T]) -> T:
    """What is found on a page, where several ask for it."""
    known = _index_of(page).known
    if key not in known:
        known[key] = find(page)
    found: T = known[key]
    return found
