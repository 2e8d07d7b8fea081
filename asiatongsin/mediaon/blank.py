"""Whether a body is truly empty: a reader sees nothing in it, and nothing is put there later."""

from __future__ import annotations

import re
from collections.abc import Mapping

from asiatongsin.html.element import CODE, Element, texts, walk
from asiatongsin.korean import clean

CHROME = re.compile(r"^(?:com_ban|banner_slide|btn_share|jour_box|reply_wrap|tag_lists|tag_wrap|adsbygoogle)$")
"""Classes of what stands on every page: banners, share buttons, comments, tags."""

# fmt: off
_WRAPPERS = frozenset({
    "article", "b", "br", "center", "col", "colgroup", "dd", "div", "dl", "dt", "em", "font", "hr", "i", "ins", "li",
    "ol", "p", "s", "section", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr",
    "u", "ul", "wbr",
})
"""Elements that show nothing by themselves."""
# fmt: on
_LOOKS = re.compile(
    r"^(?:align|bgcolor|border|cell(?:padding|spacing)|class|color|dir|face|height|id|item\w+|lang|role)$|"
    r"^(?:size|style|title|valign|width|on\w+|(?:col|row)span)$"
)
_ADVERTISING = re.compile(r"adsbygoogle|googlesyndication|doubleclick")
_ACTS = re.compile(r"\b(?:alert|confirm|location|write(?:ln)?|inner\w+|append\w*|html|load|fetch|ajax|replace\w*)\b")


def holds_anything(element: Element) -> bool:
    """Whether an element has any text, photo or video, or may have; for most much faster than reading it."""
    return any(map(clean, texts(element, but=CODE))) or not is_blank(element)


def is_blank(element: Element) -> bool:
    """Whether an element holds nothing but blank lines, banners and scripts that show nothing.

    Whatever is not known to show nothing may be a photo that a script loads, or a story in a form not met before.
    """
    return not _Sight(element).is_seen


class _Sight:
    """Looks for what a reader may see."""

    def __init__(self, element: Element) -> None:
        self.is_seen = False
        walk(element, enter=self._enter, leave=lambda _: None, text=self._add)

    def _enter(self, node: Element) -> bool:
        attributes = node.attributes
        if self.is_seen or any(map(CHROME.match, (attributes.get("class") or "").split())):
            return False
        if node.tag == "script":
            self.is_seen |= _shows_something(node, attributes)
        elif node.tag not in {"style", "template", "link", "meta"}:
            self.is_seen |= not _is_wrapper(node.tag, attributes)
            return True
        return False

    def _add(self, text: str) -> None:
        self.is_seen |= bool(clean(text))


def _is_wrapper(tag: str | None, attributes: Mapping[str, str | None]) -> bool:
    if tag == "input":
        return attributes.get("type") == "hidden"
    if tag == "a":
        return "href" not in attributes
    return tag in _WRAPPERS and all(map(_LOOKS.match, attributes)) and "url(" not in (attributes.get("style") or "")


def _shows_something(script: Element, attributes: Mapping[str, str | None]) -> bool:
    """A file that is loaded may show anything."""
    code = "".join(texts(script))
    if _ADVERTISING.search(attributes.get("src") or code):
        return False
    return "src" in attributes or _ACTS.search(code) is not None
