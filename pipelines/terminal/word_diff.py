"""Two texts of an article compared: word by word for people, line by line for `patch`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher, unified_diff
from typing import NamedTuple

from asiatongsin.printable import printable

UNCHANGED = "…"
"""Stands for paragraphs that are the same."""

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


class Marks(NamedTuple):
    """What stands around words that were taken away, and around new ones."""

    gone: tuple[str, str]
    new: tuple[str, str]


PLAIN = Marks(("[-", "-]"), ("{+", "+}"))
COLOURED = Marks(("\x1b[31m", "\x1b[0m"), ("\x1b[32m", "\x1b[0m"))


def word_diff(old: Sequence[str], new: Sequence[str], marks: Marks = PLAIN) -> str:
    """The paragraphs that differ, with marked words; an ellipsis stands for paragraphs that do not."""
    parts = []
    for kind, from_old, to_old, from_new, to_new in _matcher(old, new).get_opcodes():
        if kind == "equal":
            parts.append(UNCHANGED)
        else:
            parts.append(_words("\n".join(old[from_old:to_old]), "\n".join(new[from_new:to_new]), marks))
    return "\n".join(parts)


def patch(old: Sequence[str], new: Sequence[str], old_name: str, new_name: str) -> str:
    """A unified diff that `patch` applies to a file with one paragraph per line."""
    return "\n".join(unified_diff(old, new, old_name, new_name, lineterm=""))


def _words(old: str, new: str, marks: Marks) -> str:
    return "".join(_marked(_WORD.findall(old), _WORD.findall(new), marks))


def _marked(old: list[str], new: list[str], marks: Marks) -> Iterator[str]:
    for kind, from_old, to_old, from_new, to_new in _matcher(old, new).get_opcodes():
        if kind == "equal":
            yield _printable_lines("".join(old[from_old:to_old]))
            continue
        yield from _around("".join(old[from_old:to_old]), marks.gone)
        yield from _around("".join(new[from_new:to_new]), marks.new)


def _around(text: str, mark: tuple[str, str]) -> Iterator[str]:
    """The text between its marks, line by line: a colour must not run on into the next line."""
    if text:
        yield "\n".join(f"{mark[0]}{_printable_lines(line)}{mark[1]}" if line else "" for line in text.split("\n"))


def _printable_lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def _matcher(old: Sequence[str], new: Sequence[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, old, new, autojunk=False)
