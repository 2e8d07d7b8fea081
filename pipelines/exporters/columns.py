"""Items to the lists of a batch: one list per column, which PostgreSQL unnests into rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asiatongsin.items import PageItems

Lists = dict[str, list[Any]]
"""The values of a batch, by the name of the column."""


def lists(items: Iterable[object], columns: Iterable[str]) -> Lists:
    """The fields that are called like these columns, of all items."""
    given = list(items)
    return {column: [getattr(item, column) for item in given] for column in columns}


def places(pages: Iterable[PageItems]) -> Lists:
    """Where the archive has these pages; None where it has not."""
    archived = [page.archived for page in pages]
    return {
        "archive_file": [place and place.file for place in archived],
        "archive_offset": [place and place.offset for place in archived],
        "archive_length": [place and place.length for place in archived],
    }
