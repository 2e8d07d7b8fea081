"""Bytes of a page to a tree, and what every page object needs to look into it."""

from __future__ import annotations

import codecs
import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.etree import _Element

from asiatongsin.korean import clean

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE)
_KOREAN_NAMES = {"euc-kr", "euckr", "ks_c_5601-1987", "ksc5601", "ks_c_5601", "windows-949", "ms949"}
_EMPTY = b"<html><body></body></html>"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A page as a tree."""

    tree: _Element
    """Its root."""

    is_cut: bool
    """Whether the page is nested more deeply than libxml2 follows, so that part of it is not in the tree."""


def parse(body: bytes, content_type: str = "") -> Parsed:
    """The tree of a page. Any bytes give a tree: broken markup is repaired, an empty page is an empty tree."""
    # huge_tree: old editors leave <font> unclosed, paragraph after paragraph, and the usual bound is 256 levels.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = etree.fromstring(to_utf8(body, content_type), parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but white space or comments
        tree = None
    if tree is None:
        tree = etree.fromstring(_EMPTY, etree.HTMLParser())
    return Parsed(tree, any("depth" in entry.message for entry in parser.error_log))


def to_utf8(body: bytes, content_type: str = "") -> bytes:
    """The same text in valid UTF-8, whatever it came in; unreadable bytes become U+FFFD.

    Valid UTF-8 wins over what header and page declare: the sites send no charset or a wrong one
    (SITE.md section 6), and Korean text in another encoding is practically never valid UTF-8.
    """
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace").encode("utf-8")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(_declared(body, content_type) or _guess(body), "replace").encode("utf-8", "replace")
    return body.removeprefix(codecs.BOM_UTF8)


def _guess(body: bytes) -> str:
    try:
        body.decode("cp949")
    except UnicodeDecodeError:
        return "utf-8"  # with a few bytes broken
    return "cp949"


def _declared(body: bytes, content_type: str) -> str | None:
    in_page = _META_CHARSET.search(body[:4096])
    in_header = _HEADER_CHARSET.search(content_type)
    for name in (in_header and in_header[1], in_page and in_page[1].decode("ascii")):
        if name is None:
            continue
        if name.lower() in _KOREAN_NAMES:
            return "cp949"  # the superset of EUC-KR that Korean sites mean by it
        with contextlib.suppress(LookupError, UnicodeDecodeError):
            body.decode(name)
            return name
    return None


class Selectors:
    """Where one field is: CSS selectors, compiled once, tried in the order of trust."""

    def __init__(self, *css: str) -> None:
        self.css = css
        self._compiled = [CSSSelector(selector, translator="html") for selector in css]

    def all(self, tree: _Element) -> Iterable[_Element]:
        """Every element that one of the selectors finds, the more trusted selectors first."""
        for selector in self._compiled:
            yield from selector(tree)

    def best(self, tree: _Element) -> list[_Element]:
        """All that the most trusted selector finds that finds anything."""
        return next((found for selector in self._compiled if (found := selector(tree))), [])

    def first(self, tree: _Element) -> _Element | None:
        """The first element that is found."""
        return next(iter(self.all(tree)), None)

    def text(self, tree: _Element) -> str | None:
        """The text of the first element that has any."""
        return next((text for element in self.all(tree) if (text := text_of(element))), None)


def text_of(element: _Element) -> str | None:
    """The text inside an element in one line; None where there is none."""
    return clean("".join(_parts_of(element))) or None


def _parts_of(element: _Element) -> Iterator[str]:
    """Text nodes; a line end stands for a blank, so that it does not glue two words."""
    for node in element.iter():
        if node.tag == "br":
            break
    else:
        yield from element.itertext()
        return
    for event, node in etree.iterwalk(element, events=("start", "end")):
        text = node.text if event == "start" else node.tail if node is not element else None
        yield " " if event == "start" and node.tag == "br" else text or ""


def join(base: str, address: str | None) -> str:
    """An absolute address; one that is no address at all (`http://[광]/`) stays as it is printed."""
    printed = clean(address or "")
    try:
        return urljoin(base, printed)
    except ValueError:
        return printed


def classes(element: _Element) -> list[str]:
    """The class names of an element."""
    return (element.get("class") or "").split()
