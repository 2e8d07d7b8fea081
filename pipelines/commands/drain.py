"""`asiatongsin drain`: stores what waits in the spool."""

from __future__ import annotations

import argparse
import sys

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin.help import explained
from asiatongsin.output import show
from asiatongsin.printable import printable
from pipelines.commands.usage import check_settings, usage_error, usage_errors
from pipelines.crawl.extension import MIGRATION_FACTOR
from pipelines.crawl_record import ExitStatus, Outcome
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseUnreachable
from pipelines.database.session import run_while_progressing
from pipelines.disk import data_folder
from pipelines.spool.belonging import describe_elsewhere
from pipelines.spool.drain import Drain
from pipelines.spool.waiting import waiting_pages
from pipelines.verdict.decide import damaged_spool, refused_by_database


class Command(ScrapyCommand):
    """Stores the spools of crawls that have ended; a running crawl stores its own."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Store the pages that wait in the spool"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "Pages wait there after a crawl ended with status 3, since the database did not answer.",
            "A running crawl stores its own pages.",
            "Status 3 says that pages still wait.",
            examples=("asiatongsin drain",),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--move", action="store_true", help="the database has moved: store also what waits for the old one"
        )

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        if args:
            raise usage_error("asiatongsin drain takes no arguments")
        self.exitcode, sentence = store_spool(self.settings or Settings(), is_moved=opts.move)
        show(printable(f"asiatongsin: {sentence}"), sys.stderr)


def store_spool(settings: Settings, *, is_moved: bool = False) -> tuple[ExitStatus, str]:
    """Exit status and sentence: done where all is stored, spooled where pages still wait. DatabaseUnusable."""
    data = data_folder(settings)
    try:
        drain = Drain(Database.from_settings(settings), data, is_moved=is_moved)
        silence_max = settings.getfloat("DATABASE_SILENCE_MAX") * MIGRATION_FACTOR
        run_while_progressing(drain.drain_abandoned, silence_max, lambda: drain.total.pages)
    except (DatabaseUnreachable, KeyboardInterrupt) as error:
        why = str(error) or "interrupted"
        return Outcome.SPOOLED.status, f"spooled: {waiting_pages(data)} pages wait in the spool: {why}"
    drain.close()
    return _verdict(drain, waiting_pages(data) - drain.elsewhere.total())


def _verdict(drain: Drain, waiting: int) -> tuple[ExitStatus, str]:
    total = drain.total
    stored = (
        f"{total.pages} pages stored: {total.new} new, {total.changed} changed, {total.unchanged} unchanged articles"
    )
    if damage := damaged_spool(drain.damaged, drain.broken):
        return Outcome.ERROR.status, f"error: {damage} of {drain.spools}; {stored}"
    if refused := refused_by_database(total.refused, total.partial):
        return Outcome.ERROR.status, f"error: {refused}; {stored}"
    if drain.elsewhere:
        return Outcome.SPOOLED.status, f"spooled: {describe_elsewhere(drain.elsewhere)}; {stored}"
    running = f"; {waiting} pages belong to a crawl, or another drain, that is running" if waiting else ""
    return Outcome.OK.status, f"ok: {stored}{running}"
