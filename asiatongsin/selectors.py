"""Where a field is: CSS selectors, compiled once.

Each XPath walks through the whole page, 30 to 80 µs for a thousand elements, and a page is looked into with some thirty
selectors. So the classes and ids of a page are collected once, and from them a selector goes to the few elements it may
mean (2026-11-25: 1.8 ms of a page became 0.3 ms). What is out of the ordinary is left to lxml's XPath.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import cssselect
from cssselect import parser as css_parser
from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.etree import _Element

from asiatongsin.html import text_of

_CLASSES = etree.XPath("descendant-or-self::*/@class")
_IDS = etree.XPath("descendant-or-self::*/@id")


class Selectors:
    """CSS selectors of one field, in the order of trust."""

    def __init__(self, *css: str) -> None:
        self.css = css
        self._places = [_compiled(selector) for selector in css]

    def all(self, tree: _Element) -> Iterator[_Element]:
        """Every element that one of the selectors finds, the more trusted selectors first."""
        inside = Inside(tree)
        for find in self._places:
            yield from find(inside)

    def best(self, tree: _Element) -> list[_Element]:
        """All that the most trusted selector finds that finds anything."""
        inside = Inside(tree)
        return next((found for find in self._places if (found := list(find(inside)))), [])

    def first(self, tree: _Element) -> _Element | None:
        """The first element that is found."""
        return next(self.all(tree), None)

    def text(self, tree: _Element) -> str | None:
        """The text of the first element that has any."""
        return next((text for element in self.all(tree) if (text := text_of(element))), None)


class Inside:
    """An element that is looked into, a whole page or a small part of one."""

    def __init__(self, tree: _Element) -> None:
        self.tree = tree
        self.is_page = tree.getparent() is None
        self._elements: list[_Element] | None = None

    @property
    def index(self) -> Index:
        """Of a whole page."""
        return _index_of(self.tree)

    def tagged(self, tag: str | None) -> Iterable[_Element]:
        """Elements with this tag, or all, in the order of the page; the one that is looked into is among them."""
        if self.is_page:
            return self.tree.iter(tag) if tag else self.tree.iter()
        if self._elements is None:
            self._elements = list(self.tree.iter())
        return [element for element in self._elements if element.tag == tag] if tag else self._elements


class Index:
    """The classes and ids of a page, as one text each, in which a name is found without a look at the others."""

    def __init__(self, root: _Element) -> None:
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


@dataclass(frozen=True, slots=True)
class Attribute:
    """`[src]`, `[src='']`, `[href*=article]`, `[src^=data]`."""

    name: str
    """Its name."""

    operator: str
    """`exists`, `=`, `*=` or `^=`."""

    value: str
    """What it is compared with."""

    def fits(self, element: _Element) -> bool:
        given = element.get(self.name)
        if given is None or self.operator == "exists":
            return given is not None
        if self.operator == "=":
            return given == self.value
        return self.value in given if self.operator == "*=" else given.startswith(self.value)


@dataclass(frozen=True, slots=True)
class Compound:
    """What one element must be: `li.icon_w`, `#gnb`, `p:not(.title)`."""

    tag: str | None = None
    """Its tag; None for any."""

    identity: str | None = None
    """Its id."""

    names: tuple[str, ...] = ()
    """Its classes."""

    attributes: tuple[Attribute, ...] = ()
    """What its attributes are."""

    is_last: bool = False
    """It has no sibling behind it."""

    without: tuple[Compound, ...] = ()
    """What it must not be."""

    def fits(self, element: _Element) -> bool:
        return (
            (self.tag is None or element.tag == self.tag)
            and (not self.names or self._has_names(element))
            and (self.identity is None or element.get("id") == self.identity)
            and (not self.attributes or all(attribute.fits(element) for attribute in self.attributes))
            and (not self.is_last or element.getnext() is None)
            and (not self.without or not any(other.fits(element) for other in self.without))
        )

    def _has_names(self, element: _Element) -> bool:
        given = (element.get("class") or "").split()
        return all(name in given for name in self.names)

    def in_index(self, index: Index) -> Iterator[_Element] | None:
        """Elements among which those are that fit, out of the index; None where it does not help."""
        if self.identity is not None:
            return index.with_id(self.identity)
        return index.with_class(self.names[0]) if self.names else None


@dataclass(frozen=True, slots=True)
class Place:
    """A selector: compounds from the outermost to the one that is meant, and how each lies in the one before it."""

    compounds: tuple[Compound, ...]
    """At least one."""

    directly: tuple[bool, ...]
    """For each but the first: whether it is a child of the one before, not only somewhere inside."""

    def find(self, inside: Inside) -> Iterator[_Element]:
        """What it finds, in the order of the page."""
        meant, last = self.compounds[-1], len(self.compounds) - 1
        for element in self._candidates(inside):
            if meant.fits(element) and (not last or self._lies_in(element, last, inside.tree)):
                yield element

    def _candidates(self, inside: Inside) -> Iterable[_Element]:
        meant = self.compounds[-1]
        if not inside.is_page:
            return inside.tagged(meant.tag)
        for compound in reversed(self.compounds):
            found = compound.in_index(inside.index)
            if found is not None:
                return found if compound is meant else _below(list(filter(compound.fits, found)), meant.tag)
        return inside.tagged(meant.tag)

    def _lies_in(self, element: _Element, number: int, top: _Element) -> bool:
        """Whether what is around the element, up to the one that is looked into, is what the compounds before say."""
        before = self.compounds[number - 1]
        while element is not top:
            above = element.getparent()
            if above is None:
                return False
            if before.fits(above) and (number == 1 or self._lies_in(above, number - 1, top)):
                return True
            if self.directly[number - 1]:
                return False
            element = above
        return False


def _below(anchors: list[_Element], tag: str | None) -> Iterator[_Element]:
    """What is below some elements, each once, in the order of the page."""
    known = set(anchors)
    for number, anchor in enumerate(anchors):
        if not number or known.isdisjoint(anchor.iterancestors()):
            yield from anchor.iterdescendants(tag) if tag else anchor.iterdescendants()


def _compiled(css: str) -> Callable[[Inside], Iterable[_Element]]:
    by_xpath = CSSSelector(css, translator="html")
    try:
        [selector] = cssselect.parse(css)
        place = _place(selector.parsed_tree)
    except _Unusual:
        return lambda inside: by_xpath(inside.tree)
    if any(compound.identity or compound.names for compound in place.compounds):
        return place.find
    # Where nothing of it is in the index, XPath reads the attributes of all elements faster than Python does.
    if any(compound.attributes for compound in place.compounds) or place.compounds[-1].tag is None:
        return lambda inside: by_xpath(inside.tree) if inside.is_page else place.find(inside)
    return place.find


class _Unusual(Exception):
    """A selector that is left to XPath."""


def _place(node: object) -> Place:
    if not isinstance(node, css_parser.CombinedSelector):
        return Place((_compound(node),), ())
    if node.combinator not in {" ", ">"}:
        raise _Unusual
    before = _place(node.selector)
    return Place((*before.compounds, _compound(node.subselector)), (*before.directly, node.combinator == ">"))


def _compound(node: object) -> Compound:
    if isinstance(node, css_parser.Element):
        if node.namespace:
            raise _Unusual
        return Compound(tag=node.element.lower() if node.element else None)
    if isinstance(node, css_parser.Class):
        before = _compound(node.selector)
        return replace(before, names=(*before.names, node.class_name))
    if isinstance(node, css_parser.Hash):
        return replace(_compound(node.selector), identity=node.id)
    if isinstance(node, css_parser.Attrib):
        before = _compound(node.selector)
        return replace(before, attributes=(*before.attributes, _attribute(node)))
    if isinstance(node, css_parser.Pseudo) and node.ident == "last-child":
        return replace(_compound(node.selector), is_last=True)
    if isinstance(node, css_parser.Negation):
        before = _compound(node.selector)
        return replace(before, without=(*before.without, _compound(node.subselector)))
    raise _Unusual


def _attribute(node: css_parser.Attrib) -> Attribute:
    value = node.value.value if node.value else ""
    if node.namespace or getattr(node, "flag", None) or node.operator not in {"exists", "=", "*=", "^="}:
        raise _Unusual
    if node.operator in {"*=", "^="} and not value:
        raise _Unusual
    return Attribute(node.attrib.lower(), node.operator, value or "")
