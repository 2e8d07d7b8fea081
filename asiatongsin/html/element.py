"""The few words in which page objects ask an element of a page; what the library calls them stays in here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set

from selectolax.lexbor import LexborNode as Element

from asiatongsin.korean import clean

__all__ = [
    "Element",
    "ancestors",
    "attribute",
    "children",
    "classes",
    "depths",
    "is_same",
    "key",
    "text_of",
    "texts",
    "walk",
    "whole_text",
]

CODE = frozenset({"script", "style"})
"""What is in them is no text for a reader."""

_NO_PLAIN_TEXT = "br,script,style"


def attribute(element: Element, name: str) -> str:
    """What an attribute says; empty where there is none."""
    return element.attributes.get(name) or ""


def classes(element: Element) -> list[str]:
    """The class names of an element."""
    return attribute(element, "class").split()


def key(element: Element) -> int:
    """The same number for the same element of a page, another one for every other element of it."""
    return element.mem_id


def is_same(one: Element, other: Element | None) -> bool:
    """Whether both are one element of a page. `==` would say whether they are written alike."""
    return other is not None and one.mem_id == other.mem_id


def ancestors(element: Element) -> Iterator[Element]:
    """The elements around an element, the nearest first."""
    above = element.parent
    while above is not None and above.is_element_node:
        yield above
        above = above.parent


def children(element: Element) -> Iterator[Element]:
    """The elements directly in an element."""
    return element.iter()


def depths(top: Element) -> Iterator[int]:
    """Of each element in an element, and of that itself, how many are around it within that element."""
    known: dict[int, int] = {}
    for node in top.traverse():
        around = node.parent
        depth = known[node.mem_id] = 1 + known.get(around.mem_id, -1) if around is not None else 0
        yield depth


def texts(element: Element, but: Set[str] = frozenset()) -> Iterator[str]:
    """Its text nodes in the order of the page, except those directly in elements with these tags."""
    for node in element.traverse(include_text=True):
        text = node.text_content
        if text is not None and not (but and (around := node.parent) is not None and around.tag in but):
            yield text


def whole_text(element: Element) -> str:
    """All text in an element as it stands there, that of scripts included."""
    return element.text()


def text_of(element: Element) -> str | None:
    """The text inside an element in one line; None where there is none."""
    child = element.first_child
    if child is None:
        return None
    if child.next is None and (text := child.text_content) is not None:
        return clean(text) or None
    is_plain = element.css_first(_NO_PLAIN_TEXT) is None
    return clean(element.text() if is_plain else "".join(_parts_of(element))) or None


def _parts_of(element: Element) -> Iterator[str]:
    """Text nodes but those of scripts; a line end stands for a blank, so that it does not glue two words."""
    for node in element.traverse(include_text=True):
        if node.tag == "br":
            yield " "
        elif (text := node.text_content) is not None and (around := node.parent) is not None:
            yield "" if around.tag in CODE else text


def walk(
    top: Element,
    enter: Callable[[Element], bool],
    leave: Callable[[Element], None],
    text: Callable[[str], None],
) -> None:
    """Reports all that is below an element, in the order of the page.

    `enter` says whether to go into an element; it is left by `leave` in either case. Walks without recursion: pages
    are nested more deeply than Python lets functions be.
    """
    node = top.first_child
    while node is not None:
        inner = None
        if (words := node.text_content) is not None:
            text(words)
        elif node.is_element_node:
            inner = node.first_child if enter(node) else None
            if inner is None:
                leave(node)
        node = inner or node.next or _behind(node, top.mem_id, leave)


def _behind(node: Element, top: int, leave: Callable[[Element], None]) -> Element | None:
    """What follows the last node within another; None where the element that is walked ends."""
    above = node.parent
    while above is not None and above.mem_id != top:
        leave(above)
        if (following := above.next) is not None:
            return following
        above = above.parent
    return None
