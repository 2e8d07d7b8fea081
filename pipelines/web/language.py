"""The words of the pages in Korean and English.

English words stand where they are used, and are the keys of `words/*.toml`. A key with `{}` in it stands for all
sentences that differ there: `{} articles` finds the Korean words for `12 articles`. What stands in the holes is said as
well: in `no news for 3 days`, the `3 days` are words of their own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files

_HOLE = "{}"


@dataclass(frozen=True)
class Language:
    """One language."""

    code: str
    """As HTML and addresses have it: `ko`, `en`."""

    prefix: str
    """What stands before the path of an address."""

    own_name: str
    """What its readers call it."""

    words: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """Its words by the English ones."""

    @cached_property
    def _patterns(self) -> list[tuple[list[str], str]]:
        """What stands around the holes of sentences; those with most letters first, since a shorter one may fit too."""
        with_holes = sorted((key for key in self.words if _HOLE in key), key=len, reverse=True)
        return [(key.split(_HOLE), self.words[key]) for key in with_holes]

    def knows(self, english: str) -> bool:
        """Whether there are words for this; English needs none."""
        return self is ENGLISH or english in self.words or any(in_holes(parts, english) for parts, _ in self._patterns)

    def say(self, english: str, *values: object) -> str:
        """The words in this language; English where there are none. `values` fill the holes, and are said as well."""
        said = tuple(value if not isinstance(value, str) else self.words.get(value, value) for value in values)
        if english in self.words or self is ENGLISH or values:
            return self.words.get(english, english).format(*said) if values else self.words.get(english, english)
        for parts, words in self._patterns:
            if found := in_holes(parts, english):
                return words.format(*map(self.say, found))
        return english


def in_holes(parts: Sequence[str], text: str) -> list[str] | None:
    """What a text has between these parts, each as short as can be but not empty; None where it is another text.

    It takes no longer than the text is long: with a regular expression, an address of eight holes took for ever.
    """
    first, *between, last = parts
    found, at, end = [], len(first), len(text) - len(last)
    if not (text.startswith(first) and text.endswith(last)):
        return None
    for part in between:
        place = text.find(part, at + 1, end)
        if place < 0:
            return None
        found.append(text[at:place])
        at = place + len(part)
    return [*found, text[at:end]] if at < end else None


def _read(code: str) -> dict[str, str]:
    """All words of a language; a key that stands in two files has one meaning only, so the files must agree."""
    found: dict[str, str] = {}
    for file in sorted((files(__package__) / "words").iterdir(), key=lambda file: file.name):
        if file.name.endswith(f".{code}.toml"):
            found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return found


ENGLISH = Language("en", "/en", "English")
KOREAN = Language("ko", "", "한국어", _read("ko"))
LANGUAGES = (KOREAN, ENGLISH)
"""That without a prefix first."""
