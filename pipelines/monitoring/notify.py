"""Sends alerts and writes metrics as crawls begin and end. No error here changes how a crawl ends."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import wait
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec

from scrapy.settings import BaseSettings

from asiatongsin.printable import printable
from pipelines.crawl_record import CrawlRecord, Outcome, is_of_fleet
from pipelines.database.session import Session
from pipelines.monitoring import messages, metrics
from pipelines.monitoring.delivery import addresses, deliver
from pipelines.monitoring.memory import memory_of
from pipelines.monitoring.metrics import Figures
from pipelines.monitoring.site_troubles import SiteTroubles
from pipelines.spool.waiting import waiting_pages
from pipelines.threads import start_in_thread
from pipelines.verdict.decide import Verdict
from pipelines.verdict.tally import Tally

P = ParamSpec("P")

logger = logging.getLogger(__name__)

NOTICES_SECONDS = 15.0
"""Seconds after which alerts and metrics of a crawl are given up."""


class Notices:
    """Sends alerts and writes metrics where the settings ALERTS and METRICS_FILE ask for them."""

    def __init__(self, settings: BaseSettings, data: Path) -> None:
        self.settings = settings
        self.data = data

    def is_wanted(self) -> bool:
        """Whether one of the settings asks for alerts or metrics."""
        return bool(self.settings["METRICS_FILE"] or addresses(self.settings))

    def crawl_begun(self, record: CrawlRecord, session: Session | None) -> None:
        """Sends an alert where the crawl before this one was killed; takes NOTICES_SECONDS at most, raises nothing."""
        if self.is_wanted():
            _run_safely(self._tell_begin, record, session)

    def crawl_ended(self, record: CrawlRecord, verdict: Verdict, tally: Tally, session: Session | None) -> None:
        """Sends alerts and writes metrics of a crawl; takes NOTICES_SECONDS at most, raises nothing.

        `session` is the connection of the crawl; None where it has none, since it was refused.
        """
        if self.is_wanted():
            _run_safely(self._tell_end, record, verdict, tally, session)

    def given_up(self, site: str, sentence: str) -> None:
        """Sends an alert where a fleet has given a site up for now; takes NOTICES_SECONDS at most, raises nothing."""
        if self.is_wanted():
            _run_safely(self._tell_given_up, CrawlRecord.begin(site, {}), Verdict(Outcome.ERROR, sentence))

    def _tell_given_up(self, record: CrawlRecord, verdict: Verdict) -> None:
        with memory_of(self.settings, self.data, record.site, None) as memory:
            before = memory.read()
            dead = replace(record, id=before.running or record.id)
            began = before.running_since or record.started_at
            after = before.without_running(dead.id).after_end(verdict, began, datetime.now(UTC), is_proof=True)
            memory.write(self._alert(after, dead, verdict))

    def _tell_begin(self, record: CrawlRecord, session: Session | None) -> None:
        if trouble := metrics.trouble(self.settings):
            logger.warning("The metrics will not be written: %s", printable(trouble))
        with memory_of(self.settings, self.data, record.site, session) as memory:
            troubles = memory.read()
            # A fleet tries a killed crawl again by itself, and tells where it gives that up.
            if troubles.running and troubles.running_since and not is_of_fleet(record.job):
                dead = replace(record, id=troubles.running)
                killed = Verdict(Outcome.ERROR, messages.KILLED)
                troubles = troubles.after_end(killed, troubles.running_since, datetime.now(UTC), is_proof=True)
                troubles = self._alert(troubles, dead, killed)
            memory.write(troubles.after_begin(record))

    def _tell_end(self, record: CrawlRecord, verdict: Verdict, tally: Tally, session: Session | None) -> None:
        now = datetime.now(UTC)
        with memory_of(self.settings, self.data, record.site, session) as memory:
            before = memory.read().without_running(record.id)
            after = before.after_end(verdict, record.started_at, now, is_proof=is_proof(record, verdict))
            after = memory.write(after)
            self._write_metrics(record, verdict.outcome, now, after.good_at, tally)
            if (after_alerts := self._alert(after, record, verdict)) != after:
                memory.write(after_alerts)

    def _alert(self, troubles: SiteTroubles, record: CrawlRecord, verdict: Verdict) -> SiteTroubles:
        """Sends a message to each address that needs one; returns the troubles with what each address knows now."""
        given = addresses(self.settings)
        if not given:
            return troubles  # another machine may tell of this site
        news = messages.message(troubles, record, verdict)
        taken = deliver(news, [one for one in given if messages.is_due(troubles, one.name)])
        return troubles.after_messages([one.name for one in given], taken)

    def _write_metrics(
        self,
        record: CrawlRecord,
        outcome: Outcome,
        now: datetime,
        good_at: datetime | None,
        tally: Tally,
    ) -> None:
        path = metrics.metrics_file(self.settings, record.site)
        if path is None:
            return
        figures = Figures(
            site=record.site,
            outcome=outcome,
            started_at=record.started_at,
            ended_at=now,
            good_at=good_at,
            waiting=waiting_pages(self.data, record.site),
            tally=tally,
        )
        try:
            metrics.write(path, figures)
        except OSError as error:
            logger.warning("The metrics cannot be written: %s (%s)", printable(str(path)), error.strerror)


def is_proof(record: CrawlRecord, verdict: Verdict) -> bool:
    """Whether a crawl that ended well proves that all is well: it walked its lists, and found all missing fields."""
    return record.proves_lists and not verdict.is_inconclusive


def _run_safely(work: Callable[P, None], *arguments: P.args, **named: P.kwargs) -> None:
    """Does the work in a thread. An error, or a work that takes too long, becomes a line in the log."""
    done = start_in_thread(work, *arguments, **named)
    wait([done], timeout=NOTICES_SECONDS)
    if not done.done():
        logger.warning("Telling how the crawl went took more than %.0f seconds and was given up", NOTICES_SECONDS)
    elif error := done.exception():  # its text may hold an address, which is secret
        logger.warning("How the crawl went could not be told: %s", type(error).__name__)
