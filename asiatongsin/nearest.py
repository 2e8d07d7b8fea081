"""The name that somebody who mistyped it probably meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def nearest(word: str, names: Iterable[str]) -> str:
    """The name most like the word, letter by letter and whatever their case; there must be one name at least."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  few commands meet a mistake

    name, _, _ = process.extractOne(word, [*names], scorer=fuzz.ratio, processor=_letters)
    return str(name)


def _letters(text: str) -> str:
    """Korean syllables fall apart into their letters: 서을 is nearer to 서울 than to 서산."""
    return unicodedata.normalize("NFD", text).lower()
