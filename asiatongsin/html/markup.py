"""How the HTML standard cuts markup into tags, as patterns over the bytes of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAME_ENDS = rb"(?=[\t\n\f\r />])"
# A quote means something only behind an equals sign, and the first character of a name may be one itself.
_VALUE = rb"(?:\"[^\"]*+\"|'[^']*+'|[^\t\n\f\r >]++)"
_ATTRIBUTE = rb"(?=[^>])[\t\n\f\r /]*+(?:=?[^\t\n\f\r />=]++|=)(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+" + _VALUE + rb"?+)?+"
_TAG_ENDS = rb"[\t\n\f\r /]*+>"
_FORMATTING = ["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]


def _any_case(name: str) -> str:
    return "".join(f"[{letter}{letter.upper()}]" for letter in name)


_FORMATTING_NAME = "|".join(map(_any_case, _FORMATTING)).encode()

ATTRIBUTE = re.compile(_ATTRIBUTE)
"""An attribute of a tag, and what parts it from the one before."""

TAG = re.compile(rb"<(?P<name>[a-zA-Z][^\t\n\f\r />]*+)(?P<attributes>(?:" + _ATTRIBUTE + rb")*+)")
"""An opening tag, but for its end."""

TOKEN = re.compile(
    rb"<!--(?:-?>|.*?(?:--!?>|\Z))"
    rb"|<(?P<end>/?)(?P<name>[a-zA-Z][^\t\n\f\r />]*+)(?P<attributes>(?:"
    + _ATTRIBUTE
    + rb")*+)(?:"
    + _TAG_ENDS
    + rb")?+"
    rb"|<(?:[!?]|/(?![a-zA-Z]))[^>]*+>?+",
    re.DOTALL,
)
"""A comment, a tag, or what is taken for a comment, where none of them is around it."""

ANY_START = re.compile(rb"<(?=[a-zA-Z])")
"""Where an opening tag may begin."""

# Most tags have other first letters, or second ones: the first test is there to make it fast.
FORMATTING_START = re.compile(
    rb"<(?=[bcefinstuBCEFINSTU][imotIMOT\t\n\f\r />])(?=(?:" + _FORMATTING_NAME + rb")" + _NAME_ENDS + rb")"
)
"""Where an opening tag may begin whose element the parser opens again in the next paragraph, if it was not closed.

So it does with `a`, but of these it never holds more than one.
"""

FORMATTING_NAME = re.compile(rb"(?<=<)(?P<end>/?)(?=(?:" + _FORMATTING_NAME + rb")" + _NAME_ENDS + rb")")
"""The place in front of the name of such an element, in its tags."""

# No bracket in it, so that looking for it in vain ends at the next one.
_PLAIN_ATTRIBUTE = rb"[\t\n\f\r ]++[a-zA-Z-]++(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\t\n\f\r \"'<>=]++))?+"
_PLAIN_ATTRIBUTES = rb"(?:" + _PLAIN_ATTRIBUTE + rb")*+" + _TAG_ENDS
_PHOTO = rb"<img" + _PLAIN_ATTRIBUTES + rb"[^<]*+"
_LINK = rb"<(?P<inner>a|span)" + _PLAIN_ATTRIBUTES + rb"[^<]*+(?:" + _PHOTO + rb")?+</(?P=inner)>[^<]*+"

FORMATTING = re.compile(
    rb"<(?P<name>" + _FORMATTING_NAME + rb")" + _NAME_ENDS + rb"(?P<attributes>(?:" + _ATTRIBUTE + rb")*+)"
    rb"(?:" + _TAG_ENDS + rb"(?:[^<]*+(?:" + _LINK + rb")?+</(?P<closed>(?P=name))" + _TAG_ENDS + rb")?+)?+"
)
"""Its opening tag, with the closing one where nothing but text and one link or photo is between them."""


class TangledMarkup(Exception):
    """Tags stand in the attributes of others over and over again: where each ends would take too long to find."""


def tags(start: re.Pattern[bytes], tag: re.Pattern[bytes], markup: bytes) -> Iterator[re.Match[bytes]]:
    """Whatever may be a tag, wherever it stands, be it in a comment, in a script or in an attribute of another."""
    left = 4 * len(markup) + 4_000_000  # 0.1 s
    for place in start.finditer(markup):
        found = tag.match(markup, place.start())
        if found is not None:
            yield found
            left -= found.end() - found.start()
        if left < 0:
            raise TangledMarkup


def attributes_in(tag: re.Match[bytes]) -> int:
    """How many attributes a tag has."""
    return sum(1 for _ in ATTRIBUTE.finditer(tag["attributes"]))


def weight_of(tag: re.Match[bytes]) -> int:
    """What a copy of an element costs: itself and each attribute one, and so do 100 bytes of them."""
    return 1 + attributes_in(tag) + len(tag["attributes"]) // 100
