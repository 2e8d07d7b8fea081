"""The language of a query: `전통시장 "내년 예산" -축제 section:정치 since:30d`. See docs/en/reference/query.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from asiatongsin.errors import ArgumentError
from pipelines.queries.search.words import Word

FILTERS = ("section", "reporter", "site", "since", "until")
"""What stands before a colon and is no part of the text."""

MOST_WORDS = 30
MOST_CHARACTERS = 1000

_TITLE = "title"
_QUOTES = str.maketrans("“”„", '"""')
_PART = re.compile(r'\s*(?P<minus>-?)(?:(?P<name>[A-Za-z]+):(?!//))?(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+))')


class Query(NamedTuple):
    """What a query says."""

    words: tuple[Word, ...]
    """Words and phrases, also those to be left out."""

    given: dict[str, str]
    """What stands behind the colons, by the names in FILTERS."""


def parse(text: str) -> Query:
    """Reads a query. ArgumentError says what to write instead."""
    if len(text) > MOST_CHARACTERS:
        raise ArgumentError(f"a query has at most {MOST_CHARACTERS} characters, and this one {len(text)}")
    words: list[Word] = []
    given: dict[str, str] = {}
    for part in _parts(text.translate(_QUOTES)):
        if part["name"] and part["name"].lower() in FILTERS:
            _add_filter(given, part)
        else:
            words.append(_word(part))
    if len(words) > MOST_WORDS:
        raise ArgumentError(f"a query has at most {MOST_WORDS} words, and this one {len(words)}")
    return Query(tuple(dict.fromkeys(words)), given)


def _parts(text: str) -> Iterator[re.Match[str]]:
    place, end = 0, len(text.rstrip())
    while place < end:
        part = _PART.match(text, place)
        if part is None:
            raise ArgumentError(f"a quotation mark is not closed: {text[place:].strip()}")
        yield part
        place = part.end()


def _add_filter(given: dict[str, str], part: re.Match[str]) -> None:
    name = part["name"].lower()
    if part["minus"]:
        raise ArgumentError(f"-{name}: only words can be left out, for example -축제 or -title:축제")
    if name in given:
        raise ArgumentError(f"{name}: stands twice in the query; several are written {name}:one,another")
    given[name] = _value(part)


def _word(part: re.Match[str]) -> Word:
    name, value = (part["name"] or "").lower(), _value(part)
    if name not in {"", _TITLE}:
        names = ", ".join(f"{one}:" for one in (*FILTERS, _TITLE))
        raise ArgumentError(f'there is no {name}: in a query, only {names}; quotes search for it: "{name}:{value}"')
    if value.endswith(":") and value[:-1].lower() in (*FILTERS, _TITLE):
        raise ArgumentError(f"nothing stands behind {value} write it without a blank, for example section:정치")
    if value == "-":
        raise ArgumentError("a - stands alone: write it at the word that is to be left out, for example -축제")
    is_phrase = part["quoted"] is not None
    return Word(text=value, is_phrase=is_phrase, in_title=name == _TITLE, is_excluded=bool(part["minus"]))


def _value(part: re.Match[str]) -> str:
    value: str = part["plain"] or part["quoted"].strip()
    if not value:
        raise ArgumentError(f"nothing stands between the quotation marks: {part[0].strip()}")
    return value
