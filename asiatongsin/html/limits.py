"""Pages whose markup alone would take seconds or gigabytes: told before they are parsed, or before they are read.

No page of a newspaper is like that; one that wants to bring a crawler down is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from asiatongsin.html.element import Element, depths
from asiatongsin.html.formatting import is_bearable, open_formatting, without_formatting
from asiatongsin.html.markup import ANY_START, TAG, TangledMarkup, attributes_in, tags
from asiatongsin.html.nesting import Nesting

MOST_TAGS = 50_000
"""Opening and closing ones; usual pages have some thousand. Reading takes longer with each."""

MOST_STEPS = 150_000_000
"""Tags, each counted once for every element that may be open at it: for many a tag the parser walks up all of them.
20,000 `div` in each other, 200 million steps, took it 0.5 s (2026-11-30)."""

MOST_SQUARES = 200_000_000
"""Attributes of a tag, squared, over all tags: the parser walks along all attributes of a tag to add one to it.
20,000 in one tag took it 0.6 s (2026-11-30)."""

LONG_PAGE, LONG_TAG = 64_000, 2_000
"""Bytes below which a page, or a tag, cannot hold enough attributes to matter."""

MOST_PAIRS = 2_500_000
"""Elements, each counted once for every element around it: what reading costs at worst. Usual pages come to some
thousand; a thousand elements, each within one more that was never closed, to half a million."""

LEVELS = "*" + " > *" * 50
"""Where there is nothing in fifty elements, there are not too many pairs either."""

# No page has more attributes than words, nor more that differ.
_WORDS = bytes.maketrans(b"/\"'>", b"    ")
_FRAME = frozenset({b"html", b"body"})


@dataclass(frozen=True, slots=True)
class Bounded:
    """The markup of a page, as it can be parsed within a second."""

    markup: bytes = b""
    """All of it, or nothing."""

    excess: str | None = None
    """Why there is nothing, in words."""

    is_small: bool = True
    """There cannot be so much in it that reading takes long."""


def bounded(markup: bytes) -> Bounded:
    """What of a page, in UTF-8, can be parsed within a second."""
    try:
        return _bounded(markup, markup.count(b"<"))
    except TangledMarkup:
        return Bounded(excess="too many tags within tags")


def _bounded(markup: bytes, tags_in_it: int) -> Bounded:
    if tags_in_it > MOST_TAGS:
        return Bounded(excess=f"more than {MOST_TAGS} tags")
    if _has_too_many_attributes(markup):
        return Bounded(excess="tags with too many attributes")
    if tags_in_it**2 > MOST_STEPS and Nesting(markup).depth * tags_in_it > MOST_STEPS:
        return Bounded(excess="nested too deeply to be parsed")
    copied = open_formatting(markup)
    if not is_bearable(copied, tags_in_it):
        copied = Nesting(markup).formatting
    if not is_bearable(copied, tags_in_it):
        copied, markup = 0, without_formatting(markup)
    return Bounded(markup, is_small=tags_in_it**2 * (1 + copied) <= 2 * MOST_PAIRS)


def is_too_deep(tree: Element) -> bool:
    """Whether a parsed page should not be read, since too much is within too much."""
    return tree.css_first(LEVELS) is not None and any(pairs > MOST_PAIRS for pairs in accumulate(depths(tree)))


def _has_too_many_attributes(markup: bytes) -> bool:
    if len(markup) <= LONG_PAGE:
        return False
    words = markup.translate(_WORDS).split()
    return len(words) * len(set(words)) > MOST_SQUARES and _squares(markup) > MOST_SQUARES


def _squares(markup: bytes) -> int:
    """The parser adds the attributes of every `html` and `body` to those of the first."""
    squares, of_frame = 0, 0
    for tag in tags(ANY_START, TAG, markup):
        is_frame = tag["name"].lower() in _FRAME
        if is_frame or tag.end() - tag.start() > LONG_TAG:
            attributes = attributes_in(tag)
            squares += attributes**2
            of_frame += attributes if is_frame else 0
    return squares + of_frame**2
