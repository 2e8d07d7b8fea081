"""An element that is looked into: a whole page, of which is kept what was found, or a small part of one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from lxml import etree
from lxml.etree import _Element

T = TypeVar("T")

_CLASSES = etree.XPath("descendant-or-self::*/@class", smart_strings=False)


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
        """Elements of a part with this tag, or all, in the order of the page; the part itself is among them."""
        return self.tree.iter() if tag is None else self._by_tag.get(tag, ())


class Index:
    """What is known of a page."""

    def __init__(self, root: _Element) -> None:
        self.root = root
        self.known: dict[Hashable, Any] = {}
        self._tagged: dict[str, list[_Element]] = {}
        self._classes: str | None = None

    def tagged(self, tag: str) -> list[_Element]:
        """Elements with this tag, in the order of the page; of a tag that is rare."""
        if tag not in self._tagged:
            self._tagged[tag] = list(self.root.iter(tag))
        return self._tagged[tag]

    def may_have_class(self, name: str) -> bool:
        """Whether the name stands in any class attribute; it may be part of another."""
        if self._classes is None:
            self._classes = "\0".join(_CLASSES(self.root))
        return name in self._classes


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
