"""Where the words of a search stand in a text: the pieces of a line, and the part of an article to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipelines.queries.search.words import Word

BEFORE = 24
"""Characters of an excerpt before what was found."""


class Piece(NamedTuple):
    """A part of a text."""

    text: str

    is_found: bool
    """A word of the search stands here."""


def pieces(text: str, words: Sequence[Word]) -> Iterator[Piece]:
    """The text in parts, none of them empty; words that are to be left out are not looked for."""
    end = 0
    places = sorted(place for word in words if not word.is_excluded for place in word.places(text))
    for first, last in places:
        if first >= end and last > first:
            if first > end:
                yield Piece(text[end:first], False)
            yield Piece(text[first:last], True)
            end = last
    if end < len(text):
        yield Piece(text[end:], False)


def of_headline(words: Sequence[Word]) -> list[Word]:
    """The words that are looked for in a headline."""
    return [word for word in words if not word.is_excluded]


def of_text(words: Sequence[Word]) -> list[Word]:
    """The words that are looked for below the headline."""
    return [word for word in words if not (word.is_excluded or word.in_title)]


def excerpt(text: str, words: Sequence[Word], characters: int) -> str:
    """So many characters, in one line, around the first place at which a word stands; else the beginning."""
    places = [place for word in of_text(words) for place in word.places(text)]
    begin = max(min(places, default=(0, 0))[0] - BEFORE, 0)
    return ("…" if begin else "") + " ".join(text[begin : begin + characters].split())
