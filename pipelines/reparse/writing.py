"""Stores pages that were read again as a crawl does: through the spool into the database."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from asiatongsin.items import PageItems
from pipelines.crawl_record import CrawlRecord, Outcome
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.exporters.batch import Exported
from pipelines.spool.drain import Drain
from pipelines.spool.folder import Spool

SEGMENT_PAGES = 1000
"""How many pages a segment of the spool holds at most; each batch closes its segment."""


class Writing:
    """A spool and a row of `crawls` for each site of which something is written."""

    def __init__(self, drain: Drain, arguments: dict[str, str]) -> None:
        self.drain = drain
        self.arguments = arguments
        self._spools: dict[str, tuple[Spool, CrawlRecord]] = {}

    @property
    def total(self) -> Exported:
        """What was stored."""
        return self.drain.total

    def begin(self) -> None:
        """Stores pages that wait in spools, perhaps of an interrupted run. DatabaseUnreachable, DatabaseUnusable."""
        self.drain.drain_abandoned()
        self.drain.total = self.drain.total.begin_anew()

    def write(self, pages: Iterable[PageItems]) -> None:
        """Stores the pages. After DatabaseUnreachable or DatabaseUnusable they wait in the spool. OSError."""
        touched = set()
        for page in pages:
            self._spool(page.site).append(page)
            touched.add(page.site)
        for site in touched:
            spool, record = self._spools[site]
            spool.writer.close()
            self.drain.drain(spool, record)

    def end(self, outcome: Outcome, counts: dict[str, int]) -> Outcome:
        """Writes how the run went and gives up the spools, where what is not stored waits for `asiatongsin drain`."""
        for spool, record in self._spools.values():
            final = replace(
                record, finished_at=datetime.now(UTC), outcome=outcome.word, spooled=spool.waiting(), statistics=counts
            )
            with suppress(OSError):
                spool.writer.close()
                spool.write_record(final)
            if outcome is not Outcome.SPOOLED:
                try:
                    self.drain.drain(spool, final)
                    self.drain.store_record(final)
                    spool.remove()
                except (DatabaseUnreachable, DatabaseUnusable):
                    outcome = Outcome.SPOOLED if outcome is Outcome.OK else outcome
            spool.release()
        self._spools.clear()
        self.drain.close()
        return outcome

    def _spool(self, site: str) -> Spool:
        if site not in self._spools:
            record = CrawlRecord.begin(site, self.arguments)
            self._spools[site] = (
                self.drain.new_spool(record, segment_pages=SEGMENT_PAGES),
                record,
            )
        return self._spools[site][0]
