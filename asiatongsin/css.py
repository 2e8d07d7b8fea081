"""CSS selectors in parts: what an element must be, and what must be around it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cssselect
from cssselect import parser as css_parser


@dataclass(frozen=True, slots=True)
class Attribute:
    """`[src]`, `[src='']`, `[href*=article]`, `[src^=data]`."""

    name: str
    """Its name."""

    operator: str
    """`exists`, `=`, `*=` or `^=`."""

    value: str
    """What it is compared with."""


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
