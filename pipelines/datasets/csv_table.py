"""Tables as CSV that spreadsheets open: in UTF-8, and no text in them is taken for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import StringIO
from itertools import islice

from asiatongsin.korean import KST
from asiatongsin.spreadsheets import disarmed

BOM = "\ufeff"
"""Without it, Excel takes the text for one of its own encoding."""

ROWS_AT_ONCE = 1000


def csv_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as text. Times are Korean, as 2025-10-05T09:52:07+09:00; what is unknown is empty."""
    return "".join(csv_pieces(head, rows))


def csv_pieces(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The same piece by piece, so that memory does not grow with the table."""
    yield BOM + _lines([head])
    left = iter(rows)
    while batch := list(islice(left, ROWS_AT_ONCE)):
        yield _lines([_cell(value) for value in row] for row in batch)


def _lines(rows: Iterable[Sequence[object]]) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(KST).isoformat(timespec="seconds")
    return disarmed(value) if isinstance(value, str) else value
