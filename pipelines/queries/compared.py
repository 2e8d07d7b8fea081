"""Two texts compared, and how much of them differs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

MOST_PAIRS = 2_500_000_000
"""Pairs of old and new words, between what is the same at both ends, above which all words count as rewritten.

50,000 words and blanks in either text make so many, and take a fifth of a second (2026-11-30).
"""

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


class Part(NamedTuple):
    """What stands at the same place in either text."""

    old: Sequence[str]
    new: Sequence[str]
    is_same: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row."""

    text: str

    kind: Literal["same", "gone", "new"]
    """Whether they are in both texts, in the old one alone or in the new one alone."""


class Size(NamedTuple):
    """Characters of words and signs that were changed; white space does not count."""

    added: int
    removed: int


def words(text: str) -> list[str]:
    """Words, signs and blanks of a text, in their order; together they are the text."""
    return _WORD.findall(text)


def compare(old: Sequence[str], new: Sequence[str]) -> Iterator[Part]:
    """The parts of two texts, in their order: what is the same and what differs, in turn."""
    at_old = at_new = 0
    for from_old, from_new, size in [*_same(old, new), (len(old), len(new), 0)]:
        if at_old < from_old or at_new < from_new:
            yield Part(old[at_old:from_old], new[at_new:from_new], is_same=False)
        at_old, at_new = from_old + size, from_new + size
        if size:
            yield Part(old[from_old:at_old], new[from_new:at_new], is_same=True)


def pieces(old: str, new: str) -> Iterator[Piece]:
    """Two texts as one, word by word: without what is new it is the old text, without what is gone the new one.

    Words that follow each other and were all replaced stand together, with the blanks between them.
    """
    gone: list[str] = []
    added: list[str] = []
    parts = list(compare(words(old), words(new)))
    for place, part in enumerate(parts):
        if part.is_same and not _is_blank_between(parts[place - 1 : place + 2]):
            yield from _changed(gone, added)
            yield Piece("".join(part.old), "same")
            gone, added = [], []
        else:
            gone += part.old
            added += part.new
    yield from _changed(gone, added)


def size_of_edit(old: str, new: str) -> Size:
    """How much of a text was changed, word by word: of `25.8도` and `25.9도` two characters each."""
    pair = ([word for word in words(text) if not word.isspace()] for text in (old, new))
    different = [part for part in compare(*pair) if not part.is_same]
    return Size(
        sum(len(word) for part in different for word in part.new),
        sum(len(word) for part in different for word in part.old),
    )


def _is_blank_between(parts: Sequence[Part]) -> bool:
    """Whether the middle one of three parts is a blank within a line, between words that were replaced."""
    if len(parts) < 3:
        return False
    before, between, after = parts
    text = "".join(between.old)
    return text.isspace() and "\n" not in text and all((before.old, before.new, after.old, after.new))


def _changed(gone: Sequence[str], added: Sequence[str]) -> Iterator[Piece]:
    if gone:
        yield Piece("".join(gone), "gone")
    if added:
        yield Piece("".join(added), "new")


def _same(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Where the same words stand in both texts, and how many in a row; nothing where that would take too long."""
    from rapidfuzz.distance import Levenshtein, Postfix, Prefix  # noqa: PLC0415  no crawl needs it

    ends = Prefix.similarity(old, new) + Postfix.similarity(old, new)
    if (len(old) - ends) * (len(new) - ends) <= MOST_PAIRS:
        for block in Levenshtein.opcodes(old, new).as_matching_blocks():
            yield block.a, block.b, block.size
