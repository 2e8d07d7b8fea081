"""How many elements the tags of a page may leave open, told without parsing it.

What is told is never less than what the parser will hold open, whatever was done to the page; it may be more.
"""

from __future__ import annotations

import re

from asiatongsin.html.markup import ANY_START, FORMATTING, FORMATTING_START, TOKEN, tags, weight_of

# fmt: off
_VOID = frozenset({
    b"area", b"base", b"br", b"col", b"embed", b"frame", b"hr", b"img", b"input", b"link", b"meta", b"param",
    b"source", b"track", b"wbr",
})
# fmt: on
_RAW = frozenset({b"iframe", b"noembed", b"noframes", b"script", b"style", b"textarea", b"title", b"xmp"})
"""There are no tags in these."""

_ENDS_ITS_KIND = frozenset({b"a", b"dd", b"dt", b"li", b"option", b"p", b"td", b"th", b"tr"})
"""An opening tag of these closes one that it follows."""

_UNSURE = frozenset({b"frameset", b"math", b"plaintext", b"select", b"svg"})
"""Behind these a tag may be none, or another one than it seems, in ways that only a parser follows."""

_BOUNDS_OF_RAW = {name: re.compile(rb"<(/?)" + name + rb"(?=[\t\n\f\r />])", re.IGNORECASE) for name in _RAW}


class Nesting:
    """What is open at most, in two counts.

    An element counts as closed where nothing is between its tags but text and elements that are closed as well: the
    parser closes these for certain. A closing tag in another place may close nothing, so all that is open before it
    stays open.
    """

    def __init__(self, markup: bytes) -> None:
        self.depth = 0
        """Elements that may be open at the same time."""

        self.formatting = 0
        """Formatting elements that may be, and attributes of these."""

        self._open: list[tuple[bytes, int]] = []
        self._open_weight, self._lost, self._lost_weight = 0, 0, 0
        self._lose(markup[self._read(markup) :])

    def _read(self, markup: bytes) -> int:
        """Reads up to the place from which on nothing is certain, or to the end."""
        place = 0
        while token := TOKEN.search(markup, place):
            place = token.end()
            name = (token["name"] or b"").lower()
            if token["end"]:
                self._close(name)
            elif name in _UNSURE:
                return token.start()
            elif name and name not in _VOID:
                self._enter(name, token)
            if name in _RAW and not token["end"]:
                end = _BOUNDS_OF_RAW[name].search(markup, place)
                if end is None or not end[1]:  # a script that writes `<script` may go on behind its end
                    return place
                place = end.start()
        return len(markup)

    def _enter(self, name: bytes, tag: re.Match[bytes]) -> None:
        if name in _ENDS_ITS_KIND and self._open and self._open[-1][0] == name:
            self._open.pop()
        weight = weight_of(tag) if FORMATTING_START.match(tag[0]) else 0
        self._open.append((name, weight))
        self._open_weight += weight
        self._note()

    def _close(self, name: bytes) -> None:
        if self._open and self._open[-1][0] == name:
            self._open_weight -= self._open.pop()[1]
            return
        self._lost += len(self._open)
        self._lost_weight += self._open_weight
        self._open.clear()
        self._open_weight = 0

    def _lose(self, rest: bytes) -> None:
        """Of what opens in the rest of the page, nothing counts as closed."""
        self._lost += sum(1 for _ in ANY_START.finditer(rest))
        self._lost_weight += sum(weight_of(tag) for tag in tags(FORMATTING_START, FORMATTING, rest))
        self._note()

    def _note(self) -> None:
        self.depth = max(self.depth, self._lost + len(self._open))
        self.formatting = max(self.formatting, self._lost_weight + self._open_weight)
