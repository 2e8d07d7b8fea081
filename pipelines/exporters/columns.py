"""Items to the columns of a batch: one list per column, which PostgreSQL unnests into rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from itemadapter import ItemAdapter

from asiatongsin.items import PageItems


def columns(items: Iterable[object], fields: Sequence[str]) -> list[list[Any]]:
    """The values of `fields` of all items, a list per field."""
    adapted = [ItemAdapter(item) for item in items]
    return [[item[field] for item in adapted] for field in fields]


def places(pages: Iterable[PageItems]) -> list[list[Any]]:
    """Where the archive has these pages: file, offset and length, each a list; None where it has not."""
    archived = [page.archived for page in pages]
    return [[getattr(place, field, None) for place in archived] for field in ("file", "offset", "length")]
