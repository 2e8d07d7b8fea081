"""Markdown out of words and names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_CODE = re.compile(r"(`[^`]*`)")
_IDENTIFIER = re.compile(
    r"(?<![\w`./-])("
    r"--?[A-Za-z][\w-]*(?:=…?)?"  # an option
    r"|[a-z]\w*(?:[._][a-z]\w*)*_\w+(?:\.\w+)*"  # a table, a column
    r"|[A-Z]+(?:_[A-Z]+)+"  # a setting
    r"|asiatongsin(?: [a-z]+)?(?: --[\w-]+)*"
    r")(?![\w`])",
    re.ASCII,
)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a cell is one line."""
    lines = [[_cell(cell) for cell in row] for row in rows]
    ruler = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(row)} |" for row in [list(head), ruler, *lines])


def code(text: object) -> str:
    """A name or a value."""
    return f"`{text}`"


def plain(text: str) -> str:
    """A sentence out of the code: names are set as code, and no sign in it is one of Markdown."""
    return "".join(part if part.startswith("`") else _without_signs(part) for part in _CODE.split(text))


def page(*parts: str) -> str:
    """Parts with blank lines between, under a note that nobody should edit them."""
    note = "<!-- `make reference` writes this page out of the code. -->"
    return "\n\n".join(part for part in (note, *parts) if part) + "\n"


def _without_signs(text: str) -> str:
    named = _IDENTIFIER.sub(r"`\1`", text)
    return "".join(part if part.startswith("`") else re.sub(r"([*<])", r"\\\1", part) for part in _CODE.split(named))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")
