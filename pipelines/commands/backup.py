"""`asiatongsin backup`: the whole database as one file, and back into an empty one."""

from __future__ import annotations

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin.help import explained
from asiatongsin.output import show
from asiatongsin.printable import printable
from pipelines.commands.usage import check_settings, usage_error, usage_errors
from pipelines.database.backup import dump, restore
from pipelines.database.connection import Database
from pipelines.database.session import looking, translated


class Command(ScrapyCommand):
    """Needs no PostgreSQL on the machine but the embedded one, whichever server the database is on."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[--restore] <file>"

    def short_desc(self) -> str:
        return "Write the whole database into one file, or restore it from one"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "Crawls may go on meanwhile: the file holds what was stored when the command began.",
            "The archive and the spool in the data folder are not in it.",
            examples=("asiatongsin backup news.dump", "asiatongsin backup --restore news.dump"),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--restore", action="store_true", help="bring the file into an empty database")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        if len(args) != 1:
            raise usage_error("name one file, for example: asiatongsin backup news.dump")
        file, settings = Path(args[0]), self.settings or Settings()
        if file.is_dir():
            raise usage_error(f"{file} is a folder: name a file in it, for example: {file / 'news.dump'}")
        try:
            if opts.restore:
                _restore(Database.from_settings(settings), file)
                show(printable(f"the database of {file} is restored: asiatongsin status says how it stands"))
            else:
                with looking(settings) as (database, connection):
                    size = dump(connection, file)
                show(printable(f"{database.name} is in {file}: {size:,} bytes"))
        except OSError as error:
            raise usage_error(f"{file}: {error.strerror or error}") from None


def _restore(database: Database, file: Path) -> None:
    file.open("rb").close()  # before an embedded database is made for it
    with translated(), database.connect() as connection:
        restore(connection, file)
