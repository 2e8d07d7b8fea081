"""Items to the columns of a batch: one list per column, which PostgreSQL unnests into rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from itemadapter import ItemAdapter


def columns(items: Iterable[object], fields: Sequence[str]) -> list[list[Any]]:
    """The values of `fields` of all items, a list per field."""
    adapted = [ItemAdapter(item) for item in items]
    return [[item[field] for item in adapted] for field in fields]
