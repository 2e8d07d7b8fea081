"""Two texts of an article compared: word by word for people, line by line for `patch`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from typing import NamedTuple

from asiatongsin.printable import printable

UNCHANGED = "…"
"""Stands for paragraphs that are the same."""

MOST_PAIRS = 2_500_000_000
"""Pairs of old and new words, between what is the same at both ends, above which all words count as rewritten.

50,000 words and blanks in either text make so many, and take a fifth of a second (2026-11-30).
"""

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


class Marks(NamedTuple):
    """What stands around words that were taken away, and around new ones."""

    gone: tuple[str, str]
    new: tuple[str, str]


class Part(NamedTuple):
    """What stands at the same place in either text."""

    old: Sequence[str]
    new: Sequence[str]
    is_same: bool


PLAIN = Marks(("[-", "-]"), ("{+", "+}"))
COLOURED = Marks(("\x1b[31m", "\x1b[0m"), ("\x1b[32m", "\x1b[0m"))


def word_diff(old: Sequence[str], new: Sequence[str], marks: Marks = PLAIN) -> str:
    """The paragraphs that differ, with marked words; an ellipsis stands for paragraphs that do not."""
    return "\n".join(
        UNCHANGED if part.is_same else _words("\n".join(part.old), "\n".join(part.new), marks)
        for part in compare(old, new)
    )


def patch(old: Sequence[str], new: Sequence[str], old_name: str, new_name: str) -> str:
    """A unified diff that `patch` applies to a file with one paragraph per line."""
    return "\n".join(unified_diff(old, new, old_name, new_name, lineterm=""))


def compare(old: Sequence[str], new: Sequence[str]) -> Iterator[Part]:
    """The parts of two texts, in their order: what is the same and what differs, in turn."""
    at_old = at_new = 0
    for from_old, from_new, size in [*_same(old, new), (len(old), len(new), 0)]:
        if at_old < from_old or at_new < from_new:
            yield Part(old[at_old:from_old], new[at_new:from_new], is_same=False)
        at_old, at_new = from_old + size, from_new + size
        if size:
            yield Part(old[from_old:at_old], new[from_new:at_new], is_same=True)


def _same(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Where the same words stand in both texts, and how many in a row; nothing where that would take too long."""
    from rapidfuzz.distance import Levenshtein, Postfix, Prefix  # noqa: PLC0415  no crawl needs it

    ends = Prefix.similarity(old, new) + Postfix.similarity(old, new)
    if (len(old) - ends) * (len(new) - ends) <= MOST_PAIRS:
        for block in Levenshtein.opcodes(old, new).as_matching_blocks():
            yield block.a, block.b, block.size


def _words(old: str, new: str, marks: Marks) -> str:
    return "".join(_marked(_WORD.findall(old), _WORD.findall(new), marks))


def _marked(old: list[str], new: list[str], marks: Marks) -> Iterator[str]:
    for part in compare(old, new):
        if part.is_same:
            yield _printable_lines("".join(part.old))
        else:
            yield from _around("".join(part.old), marks.gone)
            yield from _around("".join(part.new), marks.new)


def _around(text: str, mark: tuple[str, str]) -> Iterator[str]:
    """The text between its marks, line by line: a colour must not run on into the next line."""
    if text:
        yield "\n".join(f"{mark[0]}{_printable_lines(line)}{mark[1]}" if line else "" for line in text.split("\n"))


def _printable_lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))
