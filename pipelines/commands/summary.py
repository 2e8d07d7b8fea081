"""`scrapy summary`: what came, to look at: newest articles, weather, related stories."""

from __future__ import annotations

import argparse

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from asiatongsin.printable import printable
from pipelines.database.errors import DatabaseUnreachable
from pipelines.database.session import connected
from pipelines.queries import newest as summary
from pipelines.terminal.text_table import titled_table


class Command(ScrapyCommand):
    """Looks only into the database."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Show the newest articles, the weather and related stories"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            with connected(self.settings or Settings()) as (_, connection, _applied):
                tables = (
                    summary.newest_articles(connection),
                    summary.weather(connection),
                    summary.snapshots(connection),
                    summary.related_stories(connection),
                )
                print("\n\n".join(titled_table(table.title, table.head, table.rows) for table in tables))
        except DatabaseUnreachable as error:
            raise UsageError(printable(str(error)), print_help=False) from None
