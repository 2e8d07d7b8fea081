"""Formatting elements that are left open, of which the parser makes a copy in every paragraph that follows.

The standard has it so: in `<p><font color=red>a<p>b` both paragraphs are red. 1,000 of them that differ, one to a
paragraph, come to half a million elements and 200 MB out of 16 kB (2026-11-30).
"""

from __future__ import annotations

from asiatongsin.html.markup import FORMATTING, FORMATTING_NAME, FORMATTING_START, tags, weight_of

MOST_COPIES = 2_500_000
"""Elements, each counted once for every copied one around it. Of 400 `font` left open there are some 30 million."""

RENAMED = b"x-"
"""Stands in front of the name of an element that is not to be copied."""


def open_formatting(markup: bytes) -> int:
    """Formatting elements that may be left open, and attributes of these.

    Those with nothing but text and a link in them are not: the parser closes them for certain.
    """
    return sum(weight_of(tag) for tag in tags(FORMATTING_START, FORMATTING, markup) if not tag["closed"])


def is_bearable(left_open: int, tags_in_it: int) -> bool:
    """Whether a page of so many tags may have so many formatting elements left open."""
    return left_open * left_open * tags_in_it <= MOST_COPIES


def without_formatting(markup: bytes) -> bytes:
    """The same markup, with the formatting elements that may be left open made plain ones: the text stays the same."""
    closed = [tag for tag in tags(FORMATTING_START, FORMATTING, markup) if tag["closed"]]
    kept = {place for tag in closed for place in (tag.start("name"), tag.start("closed"))}
    return FORMATTING_NAME.sub(lambda at: at["end"] if at.end() in kept else at["end"] + RENAMED, markup)
