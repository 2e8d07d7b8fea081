"""`asiatongsin index`: builds the index of `asiatongsin search`, or mends it."""

from __future__ import annotations

import argparse
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings
from tqdm import tqdm

from asiatongsin.help import explained
from asiatongsin.output import show
from asiatongsin.printable import printable
from pipelines.commands.usage import check_settings, usage_error, usage_errors
from pipelines.database import search_index
from pipelines.database.search_index import IsBeingBuilt, Progress, State
from pipelines.database.session import connected

DONE = {
    State.WHOLE: "the search index is whole; nothing to do",
    State.MISSING: "the search index is built",
    State.BROKEN: "the search index was not whole, and is built anew",
}


class Command(ScrapyCommand):
    """Crawls may go on meanwhile."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Build or mend the index of asiatongsin search; crawls may run meanwhile"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "Without the index a search finds the same, and takes longer.",
            examples=("asiatongsin index",),
        )

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        if args:
            raise usage_error(f"asiatongsin index takes options only, not {args[0]}")
        with (
            connected(self.settings or Settings()) as (database, connection, _),
            database.connect() as watching,
            tqdm(unit="block", disable=None) as bar,
        ):
            try:
                before = search_index.build(connection, watching, lambda progress: _draw(bar, progress))
            except IsBeingBuilt:
                raise usage_error("another asiatongsin index builds it at this moment: wait for that one") from None
            except KeyboardInterrupt:
                raise usage_error("the search index is not whole yet: the same command builds it anew") from None
            size = tqdm.format_sizeof(search_index.size(connection), "B", 1024)
        show(printable(f"{database.name}: {DONE[before]} ({size})"))


def _draw(bar: tqdm[Any], progress: Progress) -> None:
    bar.total = progress.total or None
    bar.n = progress.done
    bar.set_description(progress.phase)
