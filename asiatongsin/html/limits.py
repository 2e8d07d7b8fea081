"""Pages whose markup alone would take seconds or gigabytes: told before they are parsed, or before they are read.

No page of a newspaper is like that; one that wants to bring a crawler down is.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element

MOST_TAGS = 50_000
"""Opening and closing ones; usual pages have some thousand. Reading takes longer with each."""

MOST_PAIRS = 2_500_000
"""Elements, each counted once for every element around it: what reading costs at worst. Usual pages come to some
thousand; a thousand paragraphs, each within one more `font` that was never closed, to half a million."""

MOST_SQUARES = 200_000_000
"""Attributes of a tag, squared, over all tags: libxml2 walks along all attributes of a tag to add one to it.
55,000 in one tag, in half a megabyte, took it 2.6 s (2026-11-24)."""

LONG_BODY, LONG_TAG = 80_000, 2_000
"""Bytes below which a page, or a tag, cannot hold enough attributes to matter."""

# As the HTML standard cuts a tag into attributes: a quote means something only behind an equals sign. In a script the
# words between `<n` and the next `>` count as well: where scripts end, parsers do not agree.
_ATTRIBUTE = re.compile(rb"""(?=[^>])[\s/]*+(?:=?[^\s/>=]++|=)(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]++)?+)?+""")
_TAG = re.compile(rb"<[a-zA-Z](?:" + _ATTRIBUTE.pattern + rb")*+")
_has_50_levels = etree.XPath(f"boolean({'/*' * 50})")


def excess_of_body(body: bytes) -> str | None:
    """Why a page should not even be parsed, in words; None where it may be."""
    if body.count(b"<") > MOST_TAGS:
        return f"more than {MOST_TAGS} tags"
    if len(body) > LONG_BODY and _squares(body) > MOST_SQUARES:
        return "tags with too many attributes"
    return None


def excess_of_tree(tree: _Element) -> str | None:
    """Why a parsed page should not be read, in words; None where it may be."""
    if _has_50_levels(tree) and _has_too_many_pairs(tree):
        return "nested too deeply to be read"
    return None


def _squares(body: bytes) -> int:
    long_tags = (tag[0] for tag in _TAG.finditer(body) if len(tag[0]) > LONG_TAG)
    return sum(sum(1 for _ in _ATTRIBUTE.finditer(tag)) ** 2 for tag in long_tags)


def _has_too_many_pairs(tree: _Element) -> bool:
    pairs = depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        pairs += depth
        depth += 1
        if pairs > MOST_PAIRS:
            return True
    return False
