"""What a word finds. This is said here alone; `conditions.py` and the function `article_terms` say the same in SQL.

The text of an article is its headline, sub-headline and body, one behind the other; the first 60,000 characters count.
Text and word are folded: capital letters A to Z become small ones, and all that is no Korean syllable, Chinese
character, digit or Latin letter becomes a blank, as does a Latin word of more than 40 letters. Between Korean and
Latin stands a blank as well, so that 코로나19 and 코로나 19 are the same. A word is found

- where its folded form stands in the folded text: Korean also within a word, Latin words and figures whole;
- from four Korean syllables on whatever blanks stand between Korean syllables, unless it is in quotes;
- where it is nothing but signs, where it stands in the text as it is, but for capital letters A to Z.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, zip_longest

MOST_CHARACTERS = 60_000
"""Of a text, so that its terms fit into the megabyte that PostgreSQL has for them."""

MOST_OF_TITLE = 2_000
"""Characters of a headline that `title:` looks at."""

KOREAN, LATIN = "가-힣一-龥", "0-9a-z"
"""Ranges of a regular expression: syllables and Chinese characters; figures and letters."""

LOOSE_FROM = 4
"""Korean syllables from which on blanks between them make no difference."""

_SMALL = {ord(capital): capital.lower() for capital in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_SIGNS = re.compile(f"(?:[^{KOREAN}{LATIN}]|[{LATIN}]{{41,}})+")
_BORDER = re.compile(f"(?<=[{LATIN}])(?=[{KOREAN}])|(?<=[{KOREAN}])(?=[{LATIN}])")
_INNER_BLANK = re.compile(f"(?<=[{KOREAN}]) (?=[{KOREAN}])")
_SYLLABLE = re.compile(f"[{KOREAN}]")
_PAIR = re.compile(f"(?=([{KOREAN}] ?[{KOREAN}]))")
_LATIN_WORD = re.compile(f"[{LATIN}]+")
_PIECE = re.compile(f" ?(?:[{KOREAN}]|[{LATIN}]+)")
_SIGN_AS_PRINTED = f"[^{KOREAN}{LATIN}A-Z]"


def small(text: str) -> str:
    """The text with small letters for A to Z and no other change, as PostgreSQL does it in the locale C."""
    return text.translate(_SMALL)


def fold(text: str) -> str:
    """Words with single blanks between them."""
    return _BORDER.sub(" ", _SIGNS.sub(" ", small(text))).strip()


def join(folded: str) -> str:
    """A folded text without the blanks between Korean syllables."""
    return _INNER_BLANK.sub("", folded)


def terms(text: str) -> set[str]:
    """What the index finds a text by: neighbouring syllables, also over a blank; Latin words and figures."""
    folded = fold(text[:MOST_CHARACTERS])
    return {*_PAIR.findall(folded), *_LATIN_WORD.findall(folded)}


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word or phrase of a query."""

    text: str
    """As it was written, without quotes."""

    is_phrase: bool = False
    """It stood in quotes: its blanks count."""

    in_title: bool = False
    """Only the headline is looked at."""

    is_excluded: bool = False
    """Articles that hold it are left out."""

    @cached_property
    def is_loose(self) -> bool:
        """Whether blanks between its Korean syllables make no difference."""
        return not self.is_phrase and len(_SYLLABLE.findall(self.text)) >= LOOSE_FROM

    @cached_property
    def folded(self) -> str:
        """What is looked for in a folded text; empty where the word is nothing but signs."""
        return join(fold(self.text)) if self.is_loose else fold(self.text)

    @property
    def needle(self) -> str:
        """The folded word, with a blank at each end that is Latin: there a word of the text must begin or end."""
        before, after = (" " * bool(_LATIN_WORD.match(end)) for end in (self.folded[:1], self.folded[-1:]))
        return f"{before}{self.folded}{after}"

    @property
    def pieces(self) -> list[str]:
        """Its Korean syllables and Latin words, in their order."""
        return [piece.strip() for piece in _PIECE.findall(self.folded)]

    @cached_property
    def term_choices(self) -> list[set[str]]:
        """Sets of terms: an article that holds the word has one of each. None for a single syllable, or for signs."""
        pairs = [{pair, f"{pair[0]} {pair[-1]}"} if self.is_loose else {pair} for pair in _PAIR.findall(self.folded)]
        return [*pairs, *({word} for word in _LATIN_WORD.findall(self.folded))]

    @property
    def is_told_by_terms(self) -> bool:
        """Whether every article that has the term of this word holds the word."""
        return self.term_choices == [{self.folded}]

    def is_in(self, headline: str, *others: str | None) -> bool:
        """Whether an article with this headline and these other texts holds the word."""
        text = " ".join([headline, *(other for other in others if other is not None)])[:MOST_CHARACTERS]
        if self.in_title:
            text = headline[:MOST_OF_TITLE]
        if not self.folded:
            return small(self.text) in small(text)
        folded = fold(text)
        return self.needle in f" {join(folded) if self.is_loose else folded} "

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where the word stands in a text as it is printed: begin and end of each place."""
        return [found.span() for found in self._printed.finditer(text)]

    @cached_property
    def _printed(self) -> re.Pattern[str]:
        pieces = _PIECE.findall(self.folded)
        gaps = [_gap(before, after, is_loose=self.is_loose) for before, after in pairwise(pieces)]
        written = "".join(piece.strip() + gap for piece, gap in zip_longest(pieces, gaps, fillvalue=""))
        before, after = (rf"(?{side}[{LATIN}])" for side in ("<!", "!"))
        edges = before * self.needle.startswith(" "), after * self.needle.endswith(" ")
        return re.compile(edges[0] + (written or re.escape(self.text)) + edges[1], re.ASCII | re.IGNORECASE)


def _gap(before: str, after: str, *, is_loose: bool) -> str:
    """What may be printed between two pieces of a word."""
    is_korean = bool(_SYLLABLE.match(before.strip()) and _SYLLABLE.match(after.strip()))
    is_border = not is_korean and bool(_SYLLABLE.match(before.strip()) or _SYLLABLE.match(after.strip()))
    if is_border or (is_korean and is_loose):
        return f"{_SIGN_AS_PRINTED}*"
    return f"{_SIGN_AS_PRINTED}+" if after.startswith(" ") else ""
