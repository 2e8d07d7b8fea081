"""`asiatongsin migrate`: brings the schema of the database up to date."""

from __future__ import annotations

import argparse
import sys

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin.help import explained
from asiatongsin.output import show
from asiatongsin.printable import printable
from pipelines.commands.usage import check_settings, usage_errors
from pipelines.database.migrate import schema_version
from pipelines.database.moves import Mover
from pipelines.database.session import connected


class Command(ScrapyCommand):
    """Commands that write do the same before they use the database; those that only look do not.

    But they leave rows that take long to move where they are: this command moves them, and crawls do while they run.
    """

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Bring the tables of the database up to this version of the program"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "A crawl does the same before it begins.",
            "This command also moves rows that take long to move, and says which version the schema has.",
            examples=("asiatongsin migrate",),
        )

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        with connected(self.settings or Settings()) as (database, connection, applied):
            version = schema_version(connection)
            mover = Mover(tell=lambda sentence: show(printable(sentence), sys.stderr))
            while mover.step(connection):
                pass
        names = ", ".join(f"{migration.version:04d} {migration.name}" for migration in applied)
        done = f"applied {names}" if names else "nothing to do"
        show(printable(f"{database.name}: schema version {version}; {done}"))
