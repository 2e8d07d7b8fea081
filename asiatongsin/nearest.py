"""The name that somebody who mistyped it probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, names: Iterable[str]) -> str:
    """The name most like the word, whatever their case; there must be one name at least."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  few commands meet a mistake

    name, _, _ = process.extractOne(word, [*names], scorer=fuzz.ratio, processor=str.lower)
    return str(name)
