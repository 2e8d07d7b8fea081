"""Bytes of a page to a tree, and its texts and addresses."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin

from lxml import etree
from lxml.etree import _Element

from asiatongsin.html.limits import excess_of_body, excess_of_tree
from asiatongsin.korean import clean

_NO_PLAIN_TEXT = ("br", "script", "style")
_ROOT = re.compile(r"https?://[a-z0-9.\-]+(?::[0-9]+)?(?=/)", re.ASCII)
_USUAL = re.compile(rf"(?P<root>{_ROOT.pattern})?(?:/(?!\.)[\w.\-]+)+/?(?:\?[\w=&%.\-]+)?", re.ASCII)
# Comments are matched to be left alone. Neither form may look far ahead in vain, time after time.
_END = re.compile(rb"(<!--.*?(?:-->|\Z))|</(?:body|html)(?=[\s/>])[^<>]*>", re.IGNORECASE | re.DOTALL)
_UNREAD = {"script", "style", "noscript"}
_FRAME = {"html", "head", "body"}
_EMPTY = b"<html><body></body></html>"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A page as a tree."""

    tree: _Element
    """Its root."""

    excess: str | None = None
    """Why the tree does not hold the whole page, in words; None where it does."""


def parse(body: bytes) -> Parsed:
    """The tree of a page. Any bytes give a tree: broken markup is repaired, an empty page is an empty tree.

    So is a page that would take too long to read.
    """
    if excess := excess_of_body(body):
        return Parsed(_empty(), excess)
    # huge_tree: old editors leave <font> unclosed, paragraph after paragraph, and the usual bound is 256 levels.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    markup = to_utf8(body)
    tree = _tree(markup, parser)
    if tree is not None and _goes_on_behind(tree):
        tree = _tree(_END.sub(rb"\1", markup), parser)
    if tree is None:
        return Parsed(_empty())
    if excess := excess_of_tree(tree):
        return Parsed(_empty(), excess)
    is_cut = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return Parsed(tree, "nested too deeply to be read whole" if is_cut else None)


def _tree(markup: bytes, parser: etree.HTMLParser[_Element]) -> _Element | None:
    try:
        return etree.fromstring(markup, parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but white space or comments
        return None


def _goes_on_behind(tree: _Element) -> bool:
    """Whether there is something to read behind `</body>` or `</html>`, as editors paste them into their articles.

    libxml2 ends the body there, or the tree and begins a second one; browsers go on within the element they are in.
    """
    if any(map(_holds_anything, tree.itersiblings())):
        return True
    body = next(tree.iterchildren("body"), None)
    if body is None:
        return False
    return _is_text(body.tail) or any(_holds_anything(one) or _is_text(one.tail) for one in body.itersiblings())


def _is_text(text: str | None) -> bool:
    return text is not None and not (text == "" or text.isspace())


def _holds_anything(tree: _Element) -> bool:
    """Whether there is more in it than an empty frame and scripts."""
    walk = etree.iterwalk(tree, events=("start",))
    for _, node in walk:
        if node.tag in _UNREAD:
            walk.skip_subtree()
        elif node.tag not in _FRAME or _is_text(node.text):
            return True
        if node is not tree and _is_text(node.tail):
            return True
    return False


def _empty() -> _Element:
    return etree.fromstring(_EMPTY, etree.HTMLParser())


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


def text_of(element: _Element) -> str | None:
    """The text inside an element in one line; None where there is none."""
    if not len(element):
        return clean(element.text or "") or None
    is_plain = next(element.iterdescendants(*_NO_PLAIN_TEXT), None) is None
    return clean("".join(element.itertext() if is_plain else _parts_of(element))) or None


def _parts_of(element: _Element) -> Iterator[str]:
    """Text nodes but those of scripts; a line end stands for a blank, so that it does not glue two words."""
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if event == "start" and node.tag in {"script", "style"}:
            walk.skip_subtree()
        elif event == "start":
            yield " " if node.tag == "br" else node.text or ""
        elif node is not element:
            yield node.tail or ""


def join(base: str, address: str | None) -> str:
    """An absolute address; one that is no address at all (`http://[광]/`) stays as it is printed."""
    usual = _USUAL.fullmatch(address or "")  # of these urljoin makes the same, in ten times as long
    if usual and usual["root"]:
        return usual[0]
    if usual and (root := _root_of(base)):
        return root + usual[0]
    printed = clean(address or "")
    try:
        return urljoin(base, printed)
    except ValueError:
        return printed


@lru_cache(maxsize=64)
def _root_of(base: str) -> str | None:
    """Scheme and host of an address in its usual form; None where it has another one."""
    found = _ROOT.match(base)
    return found[0] if found else None


def classes(element: _Element) -> list[str]:
    """The class names of an element."""
    given = element.get("class")
    return given.split() if given else []
