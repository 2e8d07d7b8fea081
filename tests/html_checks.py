"""What is wrong with a page of HTML: by the parser of the standard, and by rules that no parser knows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib

LOADING = {"img", "iframe", "script", "link", "object", "embed", "source"}


def troubles(html: str, language: str) -> list[str]:
    """One sentence each; none for a page that is right."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(html)
    of_parser = [f"line {place[0]}: {code} {values}" for place, code, values in parser.errors]
    return [*of_parser, *_of_document(root, language), *_of_elements(root)]


def _of_document(root: Element, language: str) -> Iterator[str]:
    if root.get("lang") != language:
        yield f"its language is {root.get('lang')!r} and not {language!r}"
    if len(root.findall(".//h1")) != 1:
        yield f"it has {len(root.findall('.//h1'))} headings of the first order"
    if not root.findtext(".//title", "").removesuffix("asiatongsin").strip(" ·"):
        yield "it has no title"
    names = Counter(one.get("id") for one in root.iter() if one.get("id"))
    yield from (f"the id {name} stands there {number} times" for name, number in names.items() if number > 1)

    levels = [int(one.tag[1]) for one in root.iter() if one.tag in {"h1", "h2", "h3", "h4"}]
    yield from (f"h{low} follows on h{high}" for high, low in pairwise(levels) if low > high + 1)


def _of_elements(root: Element) -> Iterator[str]:
    labelled = {one.get("for") for one in root.iter("label")}
    within = {id(one) for label in root.iter("label") for one in label.iter()}
    for one in root.iter():
        yield from _forbidden(one)
        is_field = one.tag in {"input", "select", "textarea"} and one.get("type") not in {"hidden", "submit"}
        if is_field and not (one.get("aria-label") or one.get("id") in labelled or id(one) in within):
            yield f"<{one.tag} name={one.get('name')}> has no label"
        if one.tag == "table" and (one.find("caption") is None or not one.findall(".//th[@scope]")):
            yield "a table lacks its caption, or a head with a scope"
        if one.tag == "svg" and one.find("title") is None and not {"aria-label", "aria-hidden"} & one.keys():
            yield "a drawing has no name"


def _forbidden(one: Element) -> Iterator[str]:
    """What the policy forbids, or should."""
    yield from (
        f"<{one.tag}> has an attribute {name}" for name in (*one.keys(),) if name == "style" or name[:2] == "on"
    )
    if one.tag in {"script", "style"} and (one.text or "").strip() and one.get("type") != "application/json":
        yield f"<{one.tag}> stands within the page"
    if one.tag == "a" and re.match(r"\s*(javascript|data|vbscript):", one.get("href", ""), re.IGNORECASE):
        yield f"a link leads to {one.get('href')}"
    if one.tag in LOADING and one.get("rel") not in {"canonical", "alternate"}:
        source = one.get("src") or one.get("href") or one.get("data") or ""
        if "//" in source:
            yield f"<{one.tag}> is loaded from {source}"


def links(html: str) -> set[str]:
    """The addresses on this site that a page leads to."""
    found = html5lib.parse(html, namespaceHTMLElements=False)
    targets = {one.get(name, "") for one in found.iter() for name in ("href", "src", "action")}
    return {target for target in targets if target.startswith("/") and not target.startswith("//")}
