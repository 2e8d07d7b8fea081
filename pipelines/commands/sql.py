"""`asiatongsin sql`: psql, or the statements that are given, on whichever database it is."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import chain, count
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin.help import explained
from asiatongsin.output import show, show_file
from asiatongsin.printable import printable, printable_json
from pipelines.commands.usage import check_settings, usage_error, usage_errors
from pipelines.database.console import Result, open_psql, psql, run
from pipelines.database.session import looking
from pipelines.datasets.csv_table import csv_table
from pipelines.terminal.text_table import text_table

EXAMPLE = 'asiatongsin sql "SELECT section, count(*) FROM articles GROUP BY section"'

WIDEST = 80
"""Columns of a value in a table; --csv and --json print all of it."""


class Command(ScrapyCommand):
    """Reads only, unless --write is given. The exit status of psql is that of the command."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return '[options] ["statements"]'

    def short_desc(self) -> str:
        return "Open psql on the database, or run SQL statements; read-only unless --write"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "Statements are given as one argument, or piped in.",
            "Without any, psql opens, where it is installed.",
            examples=(EXAMPLE, "asiatongsin sql --csv 'SELECT no, headline FROM articles' > articles.csv"),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--write", action="store_true", help="let the statements change what is stored")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--csv", action="store_true", help="print CSV, for spreadsheets")
        form.add_argument("--json", action="store_true", help="print one JSON object per row")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        if len(args) > 1:
            raise usage_error(f"write the statements as one argument, in quotes: {EXAMPLE}")
        is_asked = not args and sys.stdin.isatty()
        statements = "" if is_asked else _statements(args)
        with looking(self.settings or Settings()) as (database, connection):
            if not is_asked:
                for result in run(connection, statements, may_write=opts.write):
                    _show(result, opts)
            elif program := psql(database):
                self.exitcode = open_psql(program, connection, may_write=opts.write)
            else:
                raise usage_error(f"psql is not installed: write the statements, for example: {EXAMPLE}")


def _statements(args: list[str]) -> str:
    try:
        text = args[0] if args else sys.stdin.read()
        text.encode()
    except UnicodeError:
        raise usage_error("the statements are not in UTF-8: save them in that encoding") from None
    if not text.strip():
        raise usage_error(f"there is no statement: write one, for example: {EXAMPLE}")
    return text


def _show(result: Result, opts: argparse.Namespace) -> None:
    if result.head and opts.json:
        names = _different(result.head)
        for row in result.rows:
            show(printable_json(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=_plain)))
    elif result.head and opts.csv:
        show_file(csv_table(result.head, result.rows))
    elif result.head:
        show(
            text_table(
                [printable(name) for name in result.head],
                [[*map(_in_table, row)] for row in result.rows],
                widest=WIDEST,
            )
        )
    show(printable(f"asiatongsin: {result.done}"), sys.stderr)


def _different(head: Sequence[str]) -> list[str]:
    """The names of columns; the second `count` is `count_2`, since an object has each name once."""
    names: list[str] = []
    for name in head:
        choice = chain([name], (f"{name}_{number}" for number in count(2)))
        names.append(next(one for one in choice if one not in names))
    return names


def _in_table(value: Any) -> Any:
    return value.isoformat(" ") if isinstance(value, datetime) else value


def _plain(value: Any) -> Any:
    """What JSON has no form for: times as ISO 8601, all else as text."""
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)
