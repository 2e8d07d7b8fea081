"""`scrapy export`: stores what waits in the spool."""

from __future__ import annotations

import argparse
import sys

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from asiatongsin.printable import printable
from pipelines.crawl.extension import MIGRATION
from pipelines.crawl_record import Outcome
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseFrozen, DatabaseUnreachable, DatabaseUnusable
from pipelines.disk import data_folder
from pipelines.spool.drain import Drain
from pipelines.spool.waiting import waiting_pages
from pipelines.threads import begun, follow
from pipelines.verdict.decide import damaged_spool


class Command(ScrapyCommand):
    """Drains the spools of crawls that have ended; one that is running drains its own."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Store the pages that wait in the spool"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError("scrapy export takes no arguments", print_help=False)
        self.exitcode, sentence = export(self.settings or Settings())
        print(printable(f"asiatongsin: {sentence}"), file=sys.stderr)


def export(settings: Settings) -> tuple[int, str]:
    """Exit status and sentence: 0 all is stored, 3 some pages still wait."""
    data = data_folder(settings)
    try:
        drain = Drain(Database.from_settings(settings), data)
        work = begun(drain.drain_abandoned)
        if not follow(work, lambda: drain.total.pages, settings.getfloat("DATABASE_SILENCE_MAX") * MIGRATION):
            raise DatabaseFrozen
        work.result()
    except DatabaseUnusable as error:
        raise UsageError(printable(str(error)), print_help=False) from None
    except (DatabaseUnreachable, KeyboardInterrupt) as error:
        why = str(error) or "interrupted"
        return Outcome.SPOOLED.status, f"spooled: {waiting_pages(data)} pages wait in the spool: {why}"
    drain.close()
    return _told(drain, waiting_pages(data))


def _told(drain: Drain, waiting: int) -> tuple[int, str]:
    total = drain.total
    stored = (
        f"{total.pages} pages stored: {total.new} new, {total.changed} changed, {total.unchanged} unchanged articles"
    )
    if damage := damaged_spool(drain.damaged, drain.broken):
        return Outcome.ERROR.status, f"error: {damage} of {drain.spools}; {stored}"
    running = f"; {waiting} pages belong to a crawl, or another export, that is running" if waiting else ""
    return Outcome.OK.status, f"ok: {stored}{running}"
