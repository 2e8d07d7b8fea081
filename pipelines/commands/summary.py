"""`asiatongsin summary`: shows the newest articles, the weather and related stories."""

from __future__ import annotations

import argparse

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin.output import show
from pipelines.commands.usage import check_settings, usage_errors
from pipelines.database.session import looking
from pipelines.queries import newest
from pipelines.terminal.text_table import titled_table


class Command(ScrapyCommand):
    """Looks only into the database."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Show the newest articles, the weather and related stories"

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        with looking(self.settings or Settings()) as (_, connection):
            tables = (
                newest.newest_articles(connection),
                newest.weather(connection),
                newest.snapshots(connection),
                newest.related_stories(connection),
            )
            show("\n\n".join(titled_table(table.title, table.head, table.rows) for table in tables))
