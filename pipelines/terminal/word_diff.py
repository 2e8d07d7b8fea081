"""Two texts of an article compared: word by word for people, line by line for `patch`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from typing import NamedTuple

from asiatongsin.printable import printable
from pipelines.queries.compared import compare, pieces

UNCHANGED = "…"
"""Stands for paragraphs that are the same."""


class Marks(NamedTuple):
    """What stands around words that were taken away, and around new ones."""

    gone: tuple[str, str]
    new: tuple[str, str]


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


def _words(old: str, new: str, marks: Marks) -> str:
    return "".join(_marked(old, new, marks))


def _marked(old: str, new: str, marks: Marks) -> Iterator[str]:
    for piece in pieces(old, new):
        if piece.kind == "same":
            yield _printable_lines(piece.text)
        else:
            yield _around(piece.text, marks.gone if piece.kind == "gone" else marks.new)


def _around(text: str, mark: tuple[str, str]) -> str:
    """The text between its marks, line by line: a colour must not run on into the next line."""
    return "\n".join(f"{mark[0]}{_printable_lines(line)}{mark[1]}" if line else "" for line in text.split("\n"))


def _printable_lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))
