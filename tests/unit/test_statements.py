"""Statements that are put together of a table's columns."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.database.statements import each, names, only, replaced, unnest, without
from tests.conftest import ROOT

COLUMNS = {"site": "text", "no": "bigint", "at": "timestamptz"}


def test_repeats_columns_in_each_form() -> None:
    assert names(COLUMNS) == "site, no, at"
    assert names(COLUMNS, "t") == "t.site, t.no, t.at"
    assert replaced(only(COLUMNS, "no", "at")) == "no = excluded.no, at = excluded.at"
    assert unnest(without(COLUMNS, "at"), "p") == "unnest(%(site)b::text[], %(no)b::bigint[]) AS p (site, no)"
    assert each(["no"], "coalesce(t.{0}, s.{0})") == "coalesce(t.no, s.no)"


@pytest.mark.parametrize("choose", [only, without])
def test_refuses_a_column_that_the_table_has_not(choose: Callable[..., object]) -> None:
    with pytest.raises(KeyError, match="headline"):
        choose(COLUMNS, "site", "headline")


def in_functions(path: Path) -> Iterator[ast.AST]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from ast.walk(node)


def test_no_function_puts_a_statement_together() -> None:
    """A value that came from outside could become a part of it; constants are made of constants."""
    verbs = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
    found = [
        f"{path}:{node.lineno}"
        for folder in ("asiatongsin", "pipelines")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in in_functions(path)
        if isinstance(node, ast.JoinedStr) and ast.unparse(node).lstrip("f\"'\\n ").startswith(verbs)
    ]
    assert found == []
