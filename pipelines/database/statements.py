"""Parts of SQL statements that list columns, made from the columns in `tables.py`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import LiteralString

from pipelines.database.columns import Columns


def only(columns: Columns, *names: LiteralString) -> dict[LiteralString, LiteralString]:
    """These columns of a table."""
    return {name: columns[name] for name in names}


def without(columns: Columns, *names: LiteralString) -> dict[LiteralString, LiteralString]:
    """All columns of a table but these."""
    left_out = only(columns, *names)
    return {name: of_type for name, of_type in columns.items() if name not in left_out}


def each(columns: Iterable[LiteralString], form: LiteralString) -> LiteralString:
    """One piece per column: `{0} = excluded.{0}` gives `url = excluded.url, section = excluded.section`."""
    return ", ".join([form.format(name) for name in columns])


def names(columns: Iterable[LiteralString], of: LiteralString = "") -> LiteralString:
    """`site, no`; of a table `t.site, t.no`."""
    return each(columns, of + ".{0}" if of else "{0}")


def replaced(columns: Iterable[LiteralString]) -> LiteralString:
    """`url = excluded.url, section = excluded.section`, for ON CONFLICT … DO UPDATE SET."""
    return each(columns, "{0} = excluded.{0}")


def unnest(columns: Columns, alias: LiteralString = "t") -> LiteralString:
    """A list of values per column, as rows: `unnest(%(site)b::text[], %(no)b::bigint[]) AS t (site, no)`.

    The lists are binary values (`%b`): psycopg quotes each element of an array of text in Python, which took nine times
    as long (pages with nine related stories, 2026-11-25).
    """
    lists = ", ".join([f"%({name})b::{of_type}[]" for name, of_type in columns.items()])
    return f"unnest({lists}) AS {alias} ({names(columns)})"
