"""Items to the columns of a batch: one list per column, which PostgreSQL unnests into rows.

The statements take them as binary values (`%b`): psycopg quotes each element of an array of text in Python, which took
nine times as long (pages with nine related stories, 2026-11-25).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from asiatongsin.items import PageItems


def columns(items: Iterable[object], fields: Sequence[str]) -> list[list[Any]]:
    """The values of `fields` of all items, a list per field."""
    given = list(items)
    return [[getattr(item, field) for item in given] for field in fields]


def places(pages: Iterable[PageItems]) -> list[list[Any]]:
    """Where the archive has these pages: file, offset and length, each a list; None where it has not."""
    archived = [page.archived for page in pages]
    return [[getattr(place, field, None) for place in archived] for field in ("file", "offset", "length")]
