"""`scrapy crawl`, as Scrapy has it, with an exit status that tells the truth (Scrapy's own is 0 whatever happens)."""

from __future__ import annotations

import argparse
import signal
import sys
from concurrent.futures import wait

from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from asiatongsin.arguments import ArgumentError, Arguments
from asiatongsin.printable import printable
from asiatongsin.spiders.asiatongsin import AsiatongsinSpider
from pipelines.crawl import OVERLAP, CrawlExtension
from pipelines.database import Database, DatabaseMissing
from pipelines.outcome import decide
from pipelines.record import Outcome

USAGE, OVERLAPPING = 2, 6
CMDLINE = SETTINGS_PRIORITIES["cmdline"]


class Command(CrawlCommand):
    """Runs the spider; the last line on standard error says in words how it went."""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.epilog = (
            "Exit status: 0 done, 1 fault of the program, 2 wrong usage, 3 kept in the spool, "
            "4 site unreachable, 5 layout changed, 6 another crawl of this site is running."
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        if self.settings is None:
            return
        if sys.stderr.isatty() and not _chooses_its_log(self.settings, opts):
            self.settings.set("PROGRESS", True, priority="cmdline")
            self.settings.set("LOG_LEVEL", "WARNING", priority="cmdline")
        for feed in self.settings.getdict("FEEDS").values():
            feed.setdefault("item_filter", "asiatongsin.feeds.ArticlePages")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args != [AsiatongsinSpider.name]:
            super().run(args, opts)
            return
        self._check(opts)
        if self.crawler_process is None:
            raise UsageError("no crawler process")
        crawler = self._create_crawler(args[0])
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        # At the first signal Scrapy puts another handler in the place of this one; it leaves no other trace.
        was_told_to_stop = signal.getsignal(signal.SIGTERM) != self.crawler_process._signal_shutdown
        wait_for_end(crawler)
        if self.crawler_process.bootstrap_failed:
            self.exitcode, sentence = Outcome.ERROR.status, "asiatongsin: error: could not start; see the log"
        else:
            self.exitcode, sentence = verdict_on(
                crawler, Arguments.parse(opts.spargs), was_told_to_stop=was_told_to_stop
            )
        print(printable(sentence), file=sys.stderr)

    def _check(self, opts: argparse.Namespace) -> None:
        """Wrong usage ends with status 2 before anything is started."""
        try:
            Arguments.parse(opts.spargs)
            if self.settings is not None:
                Database.from_settings(self.settings)
        except (ArgumentError, DatabaseMissing) as error:
            raise UsageError(printable(str(error)), print_help=False) from None


def _chooses_its_log(settings: BaseSettings, opts: argparse.Namespace) -> bool:
    """Whether the user said what to log, or where: then log lines come instead of the one line of progress."""
    by_option = opts.logfile or opts.loglevel or opts.nolog or settings.getpriority("LOG_LEVEL") == CMDLINE
    return bool(by_option or settings["LOG_FILE"] or "LOG_LEVEL" in settings.getlist("SET_BY_ENVIRONMENT"))


def wait_for_end(crawler: Crawler) -> None:
    """Lets the end be stored where a first signal has stopped Scrapy meanwhile; a second one is meant."""
    extension = crawler.get_extension(CrawlExtension) if crawler.extensions else None
    while extension and extension.ending and not extension.ending.done():
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # what Scrapy sets at the second one
            return
        wait([extension.ending], timeout=0.2)


def verdict_on(crawler: Crawler, arguments: Arguments, *, was_told_to_stop: bool = False) -> tuple[int, str]:
    """Exit status and last line of a crawl that is over."""
    stats = crawler.stats.get_stats()
    name = f"asiatongsin: {arguments.site.key}"
    if refused := stats.get("crawl/refused"):
        return (OVERLAPPING if stats.get("finish_reason") == OVERLAP else USAGE), f"{name}: {refused}"
    if arguments.dry:
        walk = decide(stats)
        if walk.outcome in {Outcome.ERROR, Outcome.UNREACHABLE, Outcome.DRIFT} and not arguments.no:
            return walk.outcome.status, f"{name}: {walk.outcome.word}: {walk.sentence}"
        walked, listed = stats.get("list/pages", 0), stats.get("article/listed", 0)
        return 0, f"{name}: {walked} list pages walked; {listed} articles would be fetched"
    extension = crawler.get_extension(CrawlExtension)
    verdict = extension.verdict if extension else None
    if verdict is None and extension and extension.record is None and was_told_to_stop:
        return Outcome.OK.status, f"{name}: ok: stopped before it began; nothing was fetched"
    if verdict is None:
        return Outcome.ERROR.status, f"{name}: error: ended before it could store how it went; see the log"
    return verdict.outcome.status, f"{name}: {verdict.outcome.word}: {verdict.sentence}"
