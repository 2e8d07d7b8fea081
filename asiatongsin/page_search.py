"""The cheapest way to what a selector means on a whole page: past as few of its thousand elements as may be.

A page is looked into with some thirty selectors. As XPath, each asks every element for its class, in 120 to 160 µs, and
an index of all classes, with the objects that hold them, costs half of the page's parse. A walk that goes by a tag
takes 15 µs, one that asks the classes of one tag 20, and libxml2 has a table of all ids (60 kB, 2026-11-25).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cssselect.xpath import GenericTranslator
from lxml import etree
from lxml.etree import _Element

from asiatongsin.css import Attribute, Place
from asiatongsin.css_match import test_of
from asiatongsin.page_index import Index

COMMON_TAGS = {"a", "div", "img", "li", "p", "span", "ul"}
"""Of other tags a page has a handful, each of which can be looked at."""

Find = Callable[[Index], Iterable[_Element]]

_TESTS = {"exists": "", "=": "[. = {}]", "*=": "[contains(., {})]", "^=": "[starts-with(., {})]"}

_BY_ID = etree.XPath("id($id)")
_ALL_WITH_ID = etree.XPath("descendant-or-self::*/@id[. = $id]/..")


@dataclass(frozen=True, slots=True)
class Way:
    """Where on a page the elements are that may be meant."""

    candidates: Find
    """Finds them, in the order of the page."""

    known: int = 0
    """In how many of the first compounds they lie for certain."""


def way_to(place: Place) -> Way:
    """The cheapest way to what a selector means."""
    return next(_ways(place))


def _ways(place: Place) -> Iterator[Way]:
    """The cheapest first: by an id, by a rare tag, by the classes of a tag; the others walk past all elements."""
    meant, containers = place.compounds[-1], list(enumerate(place.compounds[:-1]))
    if meant.identity is not None:
        yield Way(_with_id(meant.identity))
    yield from (_inside(place, number) for number, one in containers if one.identity is not None)
    if meant.tag and meant.tag not in COMMON_TAGS:
        yield Way(_tagged(meant.tag))
    if meant.tag and meant.names:
        yield Way(_with_class(meant.tag, meant.names[0]))
    yield from (_inside(place, number) for number, one in containers if one.tag and one.names)
    if meant.tag and place.directly[-1:] == (True,) and place.compounds[-2].names:
        yield _inside(place, len(containers) - 1)
    yield from (_inside(place, number) for number, one in containers if one.names)
    if meant.names:
        yield Way(_with_class(None, meant.names[0]))
    if meant.attributes:
        yield Way(_with_attribute(meant.tag, meant.attributes[0]))
    yield Way(lambda index: index.root.iter(meant.tag) if meant.tag else index.root.iter())


def _inside(place: Place, number: int) -> Way:
    """By what the elements are in: a container is rarer than what it holds."""
    container, tag = place.compounds[number], place.compounds[-1].tag
    is_parent = number == len(place.directly) - 1 and place.directly[number]
    if container.identity is not None:
        find = _with_id(container.identity)
    elif container.tag is None and is_parent and tag:
        find = _found_by(f"{tag}/../@class[contains(., {_literal(container.names[0])})]/..")
    else:
        find = _with_class(container.tag, container.names[0])
    is_certain, fits = number == 0 and not place.directly[0], test_of(container)
    return Way(lambda index: _below(list(filter(fits, find(index))), tag), known=int(is_certain))


def _with_id(identity: str) -> Find:
    """Pages have each id once, and nobody looks for a second one where the first will do."""

    def find(index: Index) -> Iterator[_Element]:
        found: list[_Element] = _BY_ID(index.root, id=identity)
        if not found:
            return
        first, root = found[0], index.root
        # libxml2 takes the names of links for ids as well, and what stands behind the end of a page for a part of it.
        if first.get("id") == identity and (first is root or any(above is root for above in first.iterancestors())):
            yield first
        yield from (element for element in _ALL_WITH_ID(index.root, id=identity) if element is not first)

    return find


def _tagged(tag: str) -> Find:
    return lambda index: index.tagged(tag)


def _with_class(tag: str | None, name: str) -> Find:
    """Elements with a class that has the name in it; it may be part of another."""
    find = _found_by(f"{tag or '*'}/@class[contains(., {_literal(name)})]/..")
    return find if tag else lambda index: find(index) if index.may_have_class(name) else ()


def _with_attribute(tag: str | None, attribute: Attribute) -> Find:
    test = _TESTS[attribute.operator].format(_literal(attribute.value))
    return _found_by(f"{tag or '*'}/@{attribute.name}{test}/..")


def _found_by(path: str) -> Find:
    xpath = etree.XPath(f"descendant-or-self::{path}")
    return lambda index: xpath(index.root)


def _literal(text: str) -> str:
    return GenericTranslator.xpath_literal(text)


def _below(anchors: list[_Element], tag: str | None) -> Iterator[_Element]:
    """What is below some elements, each once, in the order of the page."""
    known = set(anchors)
    for number, anchor in enumerate(anchors):
        if not number or known.isdisjoint(anchor.iterancestors()):
            yield from anchor.iterdescendants(tag) if tag else anchor.iterdescendants()
