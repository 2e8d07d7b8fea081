"""Runs the spider, from its start to its verdict, for `asiatongsin crawl` and `asiatongsin gaps --fetch`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Mapping
from concurrent.futures import wait
from contextlib import suppress

from scrapy.crawler import Crawler, CrawlerProcessBase
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from asiatongsin import needed_components, setting_checks
from asiatongsin.arguments import Arguments
from asiatongsin.errors import ArgumentError, SettingError
from asiatongsin.log import JSON_FORMAT, choose_log_record
from asiatongsin.output import show
from asiatongsin.printable import printable
from pipelines.crawl.extension import OVERLAP, CrawlExtension
from pipelines.crawl.own_settings import check_values, heed_site
from pipelines.crawl_record import ExitStatus, Outcome
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseEmpty, DatabaseUnreachable, DatabaseUnusable
from pipelines.database.session import looking, run_while_progressing
from pipelines.disk import data_folder
from pipelines.monitoring import delivery
from pipelines.queries.fleet import OwnSettings
from pipelines.verdict.decide import decide
from pipelines.verdict.tally import Tally

logger = logging.getLogger(__name__)

CMDLINE = SETTINGS_PRIORITIES["cmdline"]


def choose_log(settings: BaseSettings, opts: argparse.Namespace) -> None:
    """Chooses how to log: JSON where LOG_JSON is set; on a terminal one line of progress, unless the user chose."""
    if choose_log_record(settings["LOG_JSON"]):
        settings.set("LOG_FORMAT", JSON_FORMAT, priority="cmdline")
    elif sys.stderr.isatty() and not _is_log_chosen(settings, opts):
        settings.set("PROGRESS", True, priority="cmdline")
        settings.set("LOG_LEVEL", "WARNING", priority="cmdline")


def check_usage(
    settings: BaseSettings | None, given: Mapping[str, str], own: OwnSettings | None = None
) -> Mapping[str, str]:
    """Checks arguments and settings before anything is started, and lets those that the site has of its own hold.

    `own` are these, where they were read already. Returns all arguments of the crawl. ArgumentError, SettingError,
    DatabaseUnusable.
    """
    try:
        arguments = Arguments.parse(given)
        if settings is not None:
            setting_checks.check(settings)
            needed_components.check(settings)
            data_folder(settings)
            check_values(settings)
            Database.from_settings(settings)
            delivery.check(settings)
            given = _with_own(given, heed_site(settings, arguments.site.key, own))
            Arguments.parse(given)
            if arguments.dry:
                _check_schema(settings)
    except (ArgumentError, DatabaseUnusable, SettingError) as error:
        _log_to_file(settings, ExitStatus.USAGE, str(error))
        raise
    return given


def _with_own(given: Mapping[str, str], own: OwnSettings) -> Mapping[str, str]:
    """What was asked, with the site's own arguments, and its own address where no more than its name was given."""
    named = {"site": own.base} if own.base and "://" not in given.get("site", "") else {}
    return {**({} if given.get("no") else own.arguments), **given, **named}


def _check_schema(settings: BaseSettings) -> None:
    """A crawl that only looks upgrades nothing, and would take all articles of an older schema for new."""

    def look() -> None:
        with looking(settings, may_be_empty=True):
            pass

    with suppress(DatabaseUnreachable, DatabaseEmpty):
        run_while_progressing(look, settings.getfloat("DATABASE_SILENCE_MAX"))


def report_result(settings: BaseSettings | None, status: int, sentence: str) -> None:
    """Prints how the command went, as the last line on standard error and of the log file."""
    _log_to_file(settings, status, sentence)
    show(printable(sentence), sys.stderr)


def run_spider(process: CrawlerProcessBase, crawler: Crawler, given: Mapping[str, str]) -> tuple[ExitStatus, str]:
    """Runs a crawl with these arguments; returns its exit status and its last line."""
    process.crawl(crawler, **given)
    process.start()
    # At the first signal, Scrapy replaces this handler; it leaves no other trace.
    was_stopped = signal.getsignal(signal.SIGTERM) != process._signal_shutdown
    wait_for_end(crawler)
    if process.bootstrap_failed:
        return Outcome.ERROR.status, "asiatongsin: error: could not start; see the log"
    return verdict_on(crawler, Arguments.parse(given), was_stopped=was_stopped)


def _log_to_file(settings: BaseSettings | None, status: int, sentence: str) -> None:
    """Writes the last line to the log file as well, where there is one: scrapyd shows nothing else of a job."""
    if settings is not None and settings["LOG_FILE"]:
        logger.log(logging.ERROR if status else logging.INFO, "%s", sentence)


def _is_log_chosen(settings: BaseSettings, opts: argparse.Namespace) -> bool:
    """Whether the user chose what to log, or where: then log lines replace the line of progress."""
    by_option = opts.logfile or opts.loglevel or opts.nolog or settings.getpriority("LOG_LEVEL") == CMDLINE
    return bool(by_option or settings["LOG_FILE"] or "LOG_LEVEL" in settings.getlist("SET_BY_ENVIRONMENT"))


def wait_for_end(crawler: Crawler) -> None:
    """Waits until the end of a crawl is stored, also after a first signal; a second one ends the wait."""
    extension = crawler.get_extension(CrawlExtension) if crawler.extensions else None
    while extension and extension.ending and not extension.ending.done():
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # Scrapy sets this at the second signal
            return
        wait([extension.ending], timeout=0.2)


def verdict_on(crawler: Crawler, arguments: Arguments, *, was_stopped: bool = False) -> tuple[ExitStatus, str]:
    """Exit status and last line of a crawl that is over."""
    tally = Tally.of(crawler.stats.get_stats())
    name = f"asiatongsin: {arguments.site.key}"
    if tally.refused:
        is_overlap = tally.finish_reason == OVERLAP
        return ExitStatus.OVERLAPPING if is_overlap else ExitStatus.USAGE, f"{name}: {tally.refused}"
    if arguments.dry:
        walk = decide(tally)
        if walk.outcome in {Outcome.ERROR, Outcome.UNREACHABLE, Outcome.DRIFT} and not arguments.no:
            return walk.outcome.status, f"{name}: {walk.outcome.word}: {walk.sentence}"
        again = f", {tally.rechecked} visited again" if tally.rechecked else ""
        walked = f"{tally.lists.arrived} list pages walked"
        return Outcome.OK.status, f"{name}: {walked}; {tally.listed} articles would be fetched{again}"
    extension = crawler.get_extension(CrawlExtension)
    verdict = extension.ended.verdict if extension and extension.ended else None
    if verdict is None and extension and extension.record is None and was_stopped:
        return Outcome.OK.status, f"{name}: ok: stopped before it began; nothing was fetched"
    if verdict is None:
        return Outcome.ERROR.status, f"{name}: error: ended before it could store how it went; see the log"
    return verdict.outcome.status, f"{name}: {verdict.outcome.word}: {verdict.sentence}"
