"""Whether a text holds a word, letter by letter: another way to say what `pipelines/queries/search/words.py` says."""

from __future__ import annotations

import random
from typing import NamedTuple

from pipelines.queries.search.words import Word

ALPHABET = "가나다라마 漢  .·aB7\nx％é"
"""Few letters, so that many words are found: syllables, a Chinese character, blanks, signs, Latin."""


class Letter(NamedTuple):
    """A letter that counts."""

    letter: str
    is_korean: bool
    begins: bool
    """Something that counts not, or a border between Korean and Latin, stands before it."""


def letters(text: str) -> list[Letter]:
    """The letters of a text that count."""
    found: list[Letter] = []
    was_sign = True
    for letter in text:
        small = chr(ord(letter) + 32) if "A" <= letter <= "Z" else letter
        is_korean = "가" <= small <= "힣" or "一" <= small <= "龥"
        if is_korean or "0" <= small <= "9" or "a" <= small <= "z":
            found.append(Letter(small, is_korean, was_sign or found[-1].is_korean != is_korean))
            was_sign = False
        else:
            was_sign = True
    return found


def holds(text: str, word: Word) -> bool:
    """Whether the word is found in the text."""
    sought, given = letters(word.text), letters(text)
    if not sought:
        return word.text.lower() in text.lower()
    is_loose = not word.is_phrase and sum(one.is_korean for one in sought) >= 4
    return any(_stands_at(place, given, sought, is_loose) for place in range(len(given) - len(sought) + 1))


def _stands_at(place: int, given: list[Letter], sought: list[Letter], is_loose: bool) -> bool:
    there = given[place : place + len(sought)]
    behind = given[place + len(sought) : place + len(sought) + 1]
    for i, (one, other) in enumerate(zip(there, sought, strict=True)):
        is_inner = i > 0 and one.is_korean and there[i - 1].is_korean
        if one.letter != other.letter or (i > 0 and one.begins != other.begins and not (is_loose and is_inner)):
            return False
    return (sought[0].is_korean or there[0].begins) and (sought[-1].is_korean or not behind or behind[0].begins)


def some_text(dice: random.Random, longest: int) -> str:
    """Letters by chance, at least one of which is no blank."""
    return dice.choice("가나a7") + "".join(dice.choices(ALPHABET, k=dice.randrange(longest)))


def some_word(dice: random.Random, *, is_excluded: bool = False) -> Word:
    """A word by chance."""
    text = "".join(dice.choices(ALPHABET, k=dice.randint(1, 6))).strip() or "가나"
    is_phrase = dice.random() < 0.4
    if not is_phrase:
        text = "".join(text.split())
    return Word(text=text, is_phrase=is_phrase, in_title=dice.random() < 0.2, is_excluded=is_excluded)
