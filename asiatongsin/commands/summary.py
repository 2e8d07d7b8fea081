"""`scrapy summary`: what came, to look at: newest articles, weather, related stories."""

from __future__ import annotations

import argparse

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from asiatongsin.printable import printable
from asiatongsin.text_table import text_table
from pipelines import summary
from pipelines.connected import connected
from pipelines.database import DatabaseUnreachable


class Command(ScrapyCommand):
    """Looks only into the database."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Show the newest articles, the weather and related stories"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            with connected(self.settings or Settings()) as (_, connection, _applied):
                print_table(summary.newest_articles(connection))
                print_table(summary.weather(connection))
                print_table(summary.snapshots(connection))
                print_table(summary.related_stories(connection))
                print_table(summary.sites(connection))
        except DatabaseUnreachable as error:
            raise UsageError(printable(str(error)), print_help=False) from None


def print_table(table: summary.Table) -> None:
    """A table under its title, or one line that it is empty."""
    if table.rows:
        print(f"\n{table.title}\n{text_table(table.head, table.rows)}")
    else:
        print(f"\n{table.title}: none")
