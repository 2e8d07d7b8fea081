"""Tables as CSV that spreadsheets open: in UTF-8, and no text in them is taken for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO

from asiatongsin.korean import KST
from asiatongsin.spreadsheets import disarmed

BOM = "\ufeff"
"""Without it, Excel takes the text for one of its own encoding."""


def csv_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as text. Times are Korean, as 2025-10-05T09:52:07+09:00; what is unknown is empty."""
    return BOM + csv_rows([head]) + csv_rows(rows)


def csv_rows(rows: Iterable[Sequence[object]]) -> str:
    """Rows of such a table."""
    text = StringIO()
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(KST).isoformat(timespec="seconds")
    return disarmed(value) if isinstance(value, str) else value
