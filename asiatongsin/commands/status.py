"""`scrapy status`: last crawls, spool and database in one screen; `--schema` explains every field."""

from __future__ import annotations

import argparse
import re
from typing import get_type_hints

from itemadapter import ItemAdapter
from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin.items import Article, ArticleImage, Rejection, RelatedStory, WeatherReading, WeatherSnapshot
from asiatongsin.printable import printable
from asiatongsin.text_table import text_table
from pipelines import report
from pipelines.connected import connected
from pipelines.database import DatabaseUnreachable, data_folder
from pipelines.drain import waiting_pages
from pipelines.record import CrawlRecord, Outcome

ITEMS = (Article, ArticleImage, WeatherSnapshot, WeatherReading, RelatedStory, Rejection, CrawlRecord)


class Command(ScrapyCommand):
    """Status 3 where the database cannot be reached."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Show last crawls, spool and database; --schema explains every field"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--schema", action="store_true", help="explain every field of every kind of item")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.schema:
            print("\n\n".join(explanation(item) for item in ITEMS))
            return
        settings = self.settings or Settings()
        data = data_folder(settings)
        print(f"Data folder  {printable(str(data))}\nSpool        {waiting_pages(data)} pages wait")
        try:
            with connected(settings) as (database, connection, _applied):
                print(f"Database     {printable(database.name)} ({report.database_size(connection)})")
                print_table(report.sites(connection))
                print_table(report.last_crawls(connection))
                print_table(report.rejected_pages(connection))
        except DatabaseUnreachable as error:
            print(f"Database     cannot be reached: {printable(str(error))}")
            self.exitcode = Outcome.SPOOLED.status


def print_table(table: report.Table) -> None:
    """A table under its title, or one line that it is empty."""
    if table.rows:
        print(f"\n{table.title}\n{text_table(table.head, table.rows)}")
    else:
        print(f"\n{table.title}: none")


def explanation(item: type) -> str:
    """The fields of a kind of item with type and meaning, out of the item itself."""
    types = get_type_hints(item)
    described = ItemAdapter.get_json_schema(item)["properties"]
    fields = [(name, _type_name(types[name]), described[name].get("description", "")) for name in types]
    title = " ".join((item.__doc__ or "").split())
    return f"{item.__name__}: {title}\n{text_table(('field', 'type', 'meaning'), fields, widest=110)}"


def _type_name(annotation: object) -> str:
    """`datetime | None` out of `datetime.datetime | None`."""
    return re.sub(r"\b(?:\w+\.)+", "", annotation.__name__ if isinstance(annotation, type) else str(annotation))
