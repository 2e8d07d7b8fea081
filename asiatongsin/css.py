"""CSS selectors as small tests of an element, and where on a page an element may be that passes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import cssselect
from cssselect import parser as css_parser
from lxml.etree import _Element

from asiatongsin.page_index import Index, Inside


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
        given = element.get("class") or ""
        if len(self.names) == 1 and (given == self.names[0] or self.names[0] not in given):
            return given == self.names[0]  # the usual cases
        found = given.split()
        return all(name in found for name in self.names)

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

    @property
    def tag(self) -> str | None:
        """The tag of what is meant; None for any."""
        return self.compounds[-1].tag

    @property
    def is_in_index(self) -> bool:
        """Whether the index of a page knows where it may be."""
        return any(compound.identity or compound.names for compound in self.compounds)

    @property
    def has_attributes(self) -> bool:
        """Whether attributes other than id and class count."""
        return any(compound.attributes for compound in self.compounds)

    def find(self, inside: Inside) -> Iterator[_Element]:
        """What it finds, in the order of the page."""
        meant, last = self.compounds[-1], len(self.compounds) - 1
        if not inside.is_page:
            candidates, known = inside.tagged(meant.tag), 0
        else:
            candidates, known = self._candidates(inside)
        for element in candidates:
            if meant.fits(element) and (last == known or self._lies_in(element, last, inside.tree)):
                yield element

    def _candidates(self, inside: Inside) -> tuple[Iterable[_Element], int]:
        """Elements of a page that may be meant, and how many of the compounds before the last they lie in for certain.

        Below the outermost compound of which the index knows where it is: a container is rarer than what it holds.
        """
        meant = self.compounds[-1]
        for number, compound in enumerate(self.compounds[:-1]):
            found = compound.in_index(inside.index)
            if found is not None:
                is_certain = not number and not self.directly[0]
                return _below(list(filter(compound.fits, found)), meant.tag), int(is_certain)
        found = meant.in_index(inside.index)
        return (inside.tagged(meant.tag) if found is None else found), 0

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


class _Unusual(Exception):
    """There is something in the selector that is not tested here."""


def place_of(css: str) -> Place | None:
    """The place a selector means; None where it says something that is not tested here, such as `:has()`."""
    alternatives = cssselect.parse(css)
    try:
        return _place(alternatives[0].parsed_tree) if len(alternatives) == 1 else None
    except _Unusual:
        return None


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
