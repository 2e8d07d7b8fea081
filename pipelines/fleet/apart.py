"""What runs in a process of its own, forked from one that has imported everything."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection, wait
from threading import Thread
from time import sleep
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from scrapy.utils.log import configure_logging

from asiatongsin import project
from asiatongsin.errors import ArgumentError, SettingError
from asiatongsin.log import choose_log_record, name_site
from asiatongsin.spiders.asiatongsin import AsiatongsinSpider
from pipelines.archive import push as archive_push
from pipelines.archive.store import StoreTrouble
from pipelines.crawl.run import check_usage, report_result, run_spider
from pipelines.crawl_record import ExitStatus
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.disk import data_folder
from pipelines.monitoring.metrics_of_all import write_metrics_of_all
from pipelines.queries.fleet import OwnSettings
from pipelines.spool.drain import Drain

TOLD_BY_OTHERS = 0.5
"""Seconds in which a signal arrives that systemd, or a shell, sends to all processes of a worker at once."""

logger = logging.getLogger(__name__)


def begin(told: Connection, label: str, run: Callable[..., int], settings: Mapping[str, Any], given: Any) -> None:
    """Runs something with the worker's settings, and ends with its status.

    The other end of `told` is the worker's alone. When it is closed, by a worker that ends or by the end of one that
    was killed, this process ends as after SIGTERM.
    """
    os.setsid()  # Ctrl-C at the worker's terminal is for the worker, which tells the others
    Thread(target=_end_when_told, args=(told,), daemon=True).start()
    found = project.settings()
    found.setdict(dict(settings), priority="cmdline")
    name_site(label)
    if not choose_log_record(found["LOG_JSON"]):
        found.set("LOG_FORMAT", f"%(asctime)s {label} [%(name)s] %(levelname)s: %(message)s", priority="cmdline")
    configure_logging(found)
    sys.exit(run(found, **given))


def _end_when_told(told: Connection) -> None:
    wait([told])
    sleep(TOLD_BY_OTHERS)
    # A second signal would end the crawl before it has stored.
    if getattr(signal.getsignal(signal.SIGTERM), "__name__", "") != AsyncCrawlerProcess._signal_kill.__name__:
        os.kill(os.getpid(), signal.SIGTERM)


def crawl(settings: Settings, arguments: Mapping[str, str], own: OwnSettings) -> int:
    """One crawl of a site, as `asiatongsin crawl` does it; the worker writes the metrics. `own` are its settings."""
    settings.set("METRICS_FILE", "", priority="cmdline")
    try:
        arguments = check_usage(settings, arguments, own)
    except (ArgumentError, SettingError, DatabaseUnusable) as error:
        report_result(settings, ExitStatus.USAGE, f"asiatongsin: {arguments['site']}: {error}")
        return ExitStatus.USAGE
    process = AsyncCrawlerProcess(settings)
    status, sentence = run_spider(process, process.create_crawler(AsiatongsinSpider), arguments)
    report_result(settings, status, sentence)
    return status


def drain(settings: Settings) -> int:
    """Stores what ended crawls have left in the spool of this machine."""
    drain = Drain(Database.from_settings(settings), data_folder(settings))
    try:
        pages = drain.drain_abandoned()
    except (DatabaseUnreachable, DatabaseUnusable) as error:
        logger.warning("Pages of ended crawls still wait in the spool: %s", error)
        return ExitStatus.SPOOLED
    finally:
        drain.close()
    logger.info("Stored %d pages that ended crawls had left in the spool", pages)
    return ExitStatus.DONE


def metrics(settings: Settings) -> int:
    """Writes the figures of all sites and machines, where METRICS_FILE names a file."""
    try:
        write_metrics_of_all(settings)
    except (DatabaseUnreachable, DatabaseUnusable, SettingError, OSError) as error:
        logger.warning("The metrics cannot be written: %s", error)
        return ExitStatus.FAULT
    return ExitStatus.DONE


def push(settings: Settings) -> int:
    """Brings finished WARC files of this machine to the archive store."""
    try:
        pushed = archive_push.push(settings)
    except (DatabaseUnreachable, DatabaseUnusable, SettingError, StoreTrouble, OSError) as error:
        logger.warning("Nothing was brought to the archive store: %s", error)
        return ExitStatus.FAULT
    for trouble in pushed.troubles:
        logger.warning("Not brought to the archive store, and tried again: %s", trouble)
    return ExitStatus.FAULT if pushed.troubles else ExitStatus.DONE
