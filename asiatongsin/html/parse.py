"""Bytes of a page to a tree."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from asiatongsin.html.element import Element
from asiatongsin.html.limits import bounded, is_too_deep

_OPTIONS = LexborDocumentOptions.WO_EVENTS.value  # nothing is told of the elements while they are made: faster

_KEPT = 8 << 20
"""Bytes of freed memory that the C library keeps for the next page, since a block of this size was freed once.

It would hand the 500 kB of each tree back to the system, at 0.3 ms a page (glibc, 2026-11-30).
"""
bytes(_KEPT)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A page as a tree."""

    tree: Element
    """Its root, `html`."""

    excess: str | None = None
    """Why the tree does not hold the page, in words; None where it does."""


def parse(body: bytes) -> Parsed:
    """The tree of a page, as browsers make it: any bytes give one, and an empty page is an empty tree.

    So is a page that would take too long to read.
    """
    page = bounded(to_utf8(body))
    tree = _tree(page.markup)
    if not page.is_small and is_too_deep(tree):
        return Parsed(_tree(b""), "nested too deeply to be read")
    return Parsed(tree, page.excess)


def _tree(markup: bytes) -> Element:
    root = LexborHTMLParser(markup, options=_OPTIONS).root
    if root is None:  # the standard makes html, head and body even where a page has none
        raise MemoryError("no memory for a page")
    return root


def to_utf8(body: bytes) -> bytes:
    """The same text in valid UTF-8, whatever it came in; unreadable bytes become U+FFFD.

    What header and page declare is not asked: the sites send no charset or a wrong one (SITE.md section 6), while
    Korean text is practically never valid in both of the encodings it comes in.
    """
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace").encode("utf-8").replace(b"\x00", b"")
    body = body.removeprefix(codecs.BOM_UTF8).replace(b"\x00", b"")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        readings = (body.decode(encoding, "replace") for encoding in ("utf-8", "cp949"))
        return min(readings, key=lambda text: text.count("\ufffd")).encode("utf-8")
    return body
