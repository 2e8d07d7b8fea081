"""Turns items into lists, one per column, which PostgreSQL unnests into rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asiatongsin.items import PageItems

Lists = dict[str, list[Any]]
"""The values of a batch: a list for each column, by its name."""


def lists(items: Iterable[object], columns: Iterable[str]) -> Lists:
    """For each of these columns, the values of the field of that name in all items."""
    given = list(items)
    return {column: [getattr(item, column) for item in given] for column in columns}


def places(pages: Iterable[PageItems]) -> Lists:
    """The places of these pages in the archive, and their digests; None where a page is not archived."""
    archived = [page.archived for page in pages]
    return {
        "archive_file": [place and place.file for place in archived],
        "archive_offset": [place and place.offset for place in archived],
        "archive_length": [place and place.length for place in archived],
        "payload_digest": [place and place.digest for place in archived],
    }
