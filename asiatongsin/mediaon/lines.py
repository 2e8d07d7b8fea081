"""Text line by line, as a reader sees it: blocks end a line, and the cells of a row stand in one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from asiatongsin.html.element import Element, attribute, key
from asiatongsin.korean import clean

CELL_END = "\t"
"""Stands between the cells of a row, as browsers copy tables; a cell without text keeps its place."""

LONGEST_CELL = 200
"""Characters of several paragraphs in one cell, beyond which they are text and not an entry of a table."""

MOST_COLUMNS = 50
"""So many columns are counted where cells are wider or higher than one; a page of 8 MB may claim millions."""


@dataclass(slots=True)
class _Cell:
    lines: list[str]
    width: int
    height: int


@dataclass(slots=True)
class _Table:
    """The rows of one table, until it ends."""

    rows: list[list[_Cell]] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """A table of which no row has two filled cells is a frame around text."""
        columns = list(self._columns())
        is_frame = all(sum(map(bool, row)) < 2 for row in columns)
        for cells, row in zip(self.rows, columns, strict=True):
            if is_frame or len(row) < 2 or any(map(_is_text, cells)):
                yield from (line for cell in cells for line in cell.lines)
            elif any(row):
                yield CELL_END.join(row)

    def _columns(self) -> Iterator[list[str]]:
        """The text of each column of each row; cells that reach over several stand in the first of them."""
        reaching: dict[int, int] = {}
        for cells in self.rows:
            row: list[str] = []
            for cell in cells:
                _skip(row, reaching)
                for place in range(len(row), min(len(row) + cell.width, MOST_COLUMNS)):
                    reaching[place] = cell.height
                row += [" ".join(cell.lines), *[""] * (cell.width - 1)]
            _skip(row, reaching)
            reaching = {place: left - 1 for place, left in reaching.items() if left > 1}
            yield row


def _skip(row: list[str], reaching: dict[int, int]) -> None:
    """Adds the columns into which a cell of a row above reaches."""
    while reaching.get(len(row)):
        row.append("")


def _is_text(cell: _Cell) -> bool:
    """Whether a cell is no entry of a table: it holds paragraphs, or a table of its own."""
    is_long = len(cell.lines) > 1 and sum(map(len, cell.lines)) > LONGEST_CELL
    return is_long or any(CELL_END in line for line in cell.lines)


class Lines:
    """Collects text; `read` are the lines that are done."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self._line: list[str] = []
        self._tables: list[tuple[int, _Table]] = []
        self._cells: list[tuple[int, list[str]]] = []

    def add(self, text: str) -> None:
        """Adds text to the open line."""
        self._line.append(text)

    def end_line(self) -> None:
        """Ends the open line, which is left out where it is empty."""
        if self._line:
            line = clean("".join(self._line))
            self._line = []
            if line:
                self._place().append(line)

    def enter(self, node: Element) -> None:
        """Begins a table, or a row or cell of one."""
        self.end_line()
        if node.tag == "table":
            self._tables.append((key(node), _Table()))
        elif self._tables:
            table = self._tables[-1][1]
            if node.tag == "tr" or not table.rows:
                table.rows.append([])
            if node.tag != "tr":
                cell = _Cell([], _span(node, "colspan", MOST_COLUMNS), _span(node, "rowspan", 1000))
                table.rows[-1].append(cell)
                self._cells.append((key(node), cell.lines))

    def leave(self, node: Element) -> None:
        """Ends a table or a cell of one."""
        self.end_line()
        if self._cells and self._cells[-1][0] == key(node):
            self._cells.pop()
        elif self._tables and self._tables[-1][0] == key(node):
            _, table = self._tables.pop()
            self._place().extend(table.lines())

    def _place(self) -> list[str]:
        return self._cells[-1][1] if self._cells else self.read


def _span(cell: Element, name: str, most: int) -> int:
    """How many columns or rows a cell reaches over."""
    printed = attribute(cell, name).strip()
    return max(1, min(int(printed), most)) if printed.isascii() and printed.isdecimal() and len(printed) < 5 else 1
