"""Hits of a search as people read them: a row each, and below it a line of the text with what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from asiatongsin.korean import KST
from asiatongsin.printable import printable
from pipelines.queries.search.marks import excerpt as excerpt_of
from pipelines.queries.search.marks import of_headline, of_text, pieces
from pipelines.queries.search.search import Hit
from pipelines.queries.search.words import Word
from pipelines.terminal.text_table import shorten

COLUMNS = 100
"""Of the line, on the terminal."""


class Marks(NamedTuple):
    """What stands before and behind a word that was found."""

    begin: str
    end: str


PLAIN = Marks("«", "»")
BOLD = Marks("\x1b[1m", "\x1b[0m")


def text(hits: Sequence[Hit], words: Sequence[Word], marks: Marks = PLAIN) -> str:
    """All hits."""
    return "\n".join(_row(hit, words, marks) for hit in hits)


def _row(hit: Hit, words: Sequence[Word], marks: Marks) -> str:
    at = f"{hit.published_at.astimezone(KST):%Y-%m-%d %H:%M}" if hit.published_at else "no date"
    gone = ["removed"] if hit.gone_at else []
    head = "  ".join([f"{at:16}", *(printable(one) for one in (hit.site, hit.section or "-")), f"{hit.no}", *gone])
    headline = marked(hit.headline, of_headline(words), marks)
    line = excerpt(hit, words)
    below = [f"    {marked(line, of_text(words), marks)}"] if line else []
    return "\n".join([f"{head}\n  {headline}", *below])


def excerpt(hit: Hit, words: Sequence[Word]) -> str:
    """A line around the first place at which a word stands below the headline, else the beginning."""
    return shorten(excerpt_of(hit.below_headline, words, 2 * COLUMNS), COLUMNS)


def marked(line: str, words: Sequence[Word], marks: Marks) -> str:
    """The text, safe for a terminal, with marks around the words."""
    return "".join(
        f"{marks.begin}{printable(piece.text)}{marks.end}" if piece.is_found else printable(piece.text)
        for piece in pieces(line, words)
    )
