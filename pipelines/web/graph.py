"""Where the articles of a graph stand, column by column, and how their lines run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

WIDTH = 1000
"""Units of the whole drawing."""

ROW, BOX, MARGIN, GAP = 52, 42, 8, 56
"""Height of a row and of a box in it; the edge of the drawing; the room between two columns, for the lines."""

LETTER = 12.0
"""Width of a Korean letter; others take about half."""

LINES = 2
"""Lines of a label."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """An article in the drawing."""

    no: int
    x: int
    y: int
    width: int
    lines: tuple[str, ...]
    """Its label."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line from one box to another one."""

    start: int
    end: int
    path: str
    """As SVG writes it."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """All of it."""

    height: int
    boxes: list[Box]
    lines: list[Line]


def drawn(columns: Sequence[Sequence[int]], labels: Mapping[int, str], lines: Iterable[tuple[int, int]]) -> Drawing:
    """The columns from the left to the right, each of them in the middle; lines between boxes that are not there are
    left out."""
    columns = [column for column in columns if column]
    height = max(map(len, columns), default=0) * ROW + 2 * MARGIN
    width = (WIDTH - 2 * MARGIN - GAP * (len(columns) - 1)) // max(len(columns), 1)
    boxes = {
        no: Box(
            no=no,
            x=MARGIN + place * (width + GAP),
            y=(height - len(column) * ROW) // 2 + row * ROW + (ROW - BOX) // 2,
            width=width,
            lines=wrapped(labels[no], width - 16),
        )
        for place, column in enumerate(columns)
        for row, no in enumerate(column)
    }
    between = [(boxes[start], boxes[end]) for start, end in lines if start in boxes and end in boxes]
    return Drawing(height=height, boxes=list(boxes.values()), lines=[_line(*ends) for ends in between])


def wrapped(text: str, width: float) -> tuple[str, ...]:
    """The text in at most LINES lines; an ellipsis stands for what has no room."""
    lines: list[str] = []
    left = " ".join(text.split())
    while left and len(lines) < LINES:
        fits = _fitting(left, width)
        blank = left.rfind(" ", fits // 2, fits + 1)
        end = fits if fits == len(left) or blank < 0 or len(lines) == LINES - 1 else blank
        lines.append(left[:end].strip())
        left = left[end:].strip()
    return (*lines[:-1], f"{lines[-1][:-1]}…") if left else tuple(lines)


def _fitting(text: str, width: float) -> int:
    """How many characters fit; at least one."""
    room = width
    for place, letter in enumerate(text):
        room -= LETTER if east_asian_width(letter) in "WF" else LETTER * 0.6
        if room < 0:
            return max(place, 1)
    return len(text)


def _line(start: Box, end: Box) -> Line:
    """A curve from the side of a box that looks at the other one; within a column, around the right side."""
    from_y, to_y = start.y + BOX // 2, end.y + BOX // 2
    is_right = start.x <= end.x
    from_x = start.x + start.width if is_right else start.x
    to_x = end.x if start.x < end.x else end.x + end.width
    out = GAP // 2 if is_right else -GAP // 2
    back = -GAP // 2 if start.x < end.x else GAP // 2
    path = f"M{from_x} {from_y}C{from_x + out} {from_y} {to_x + back} {to_y} {to_x} {to_y}"
    return Line(start=start.no, end=end.no, path=path)
