"""`scrapy summary`: what came, to look at: newest articles, weather, related stories."""

from __future__ import annotations

import argparse

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from asiatongsin.commands.status import print_table
from asiatongsin.printable import printable
from pipelines import report
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
                print_table(report.newest_articles(connection))
                print_table(report.weather(connection))
                print_table(report.snapshots(connection))
                print_table(report.related_stories(connection))
                print_table(report.sites(connection))
        except DatabaseUnreachable as error:
            raise UsageError(printable(str(error)), print_help=False) from None
