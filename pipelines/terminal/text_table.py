"""Tables for a terminal: Korean letters are two columns wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from asiatongsin.printable import printable


def text_table(
    head: Sequence[str], rows: Sequence[Sequence[object]], *, widest: int = 60, grouped: bool = False
) -> str:
    """Rows under a head, with aligned columns and numbers to the right. No text in them can control the terminal.

    `grouped` writes whole numbers as 142,893.
    """
    cells = [[_cell(value, widest, grouped) for value in row] for row in rows]
    widths = [max(width(text) for text in column) for column in zip(head, *cells, strict=True)]
    right = [bool(rows) and all(isinstance(row[i], int | float) for row in rows) for i in range(len(head))]
    lines = [head, ["─" * w for w in widths], *cells]
    return "\n".join(
        "  ".join(_pad(text, w, to_right=r) for text, w, r in zip(line, widths, right, strict=True)).rstrip()
        for line in lines
    )


def titled_table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]], *, widest: int = 60) -> str:
    """A table under its title, or one line that it is empty."""
    return f"{title}\n{text_table(head, rows, widest=widest)}" if rows else f"{title}: none"


def width(text: str) -> int:
    """Columns a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def shorten(text: str, columns: int) -> str:
    """The text, or its beginning and an ellipsis, in at most so many columns."""
    if len(text) * 2 <= columns or width(text[: columns + 1]) <= columns:
        return text
    taken, place = 0, 0
    while taken + width(text[place]) <= columns - 1:
        taken += width(text[place])
        place += 1
    return text[:place] + "…"


def _cell(value: object, widest: int, grouped: bool) -> str:
    if grouped and isinstance(value, int):
        return f"{value:,}"
    text = "" if value is None else f"{value}"
    return shorten(printable(text), widest)


def _pad(text: str, columns: int, *, to_right: bool) -> str:
    blanks = " " * (columns - width(text))
    return blanks + text if to_right else text + blanks
