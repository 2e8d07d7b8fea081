"""What the columns of a table are written down as."""

from __future__ import annotations

from typing import LiteralString

Columns = dict[LiteralString, LiteralString]
"""Names of columns and their types in PostgreSQL's own words: `{"no": "bigint"}`."""
