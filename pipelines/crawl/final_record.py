"""The record of a crawl that has ended: what it found on its pages, what fell, how it went."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from asiatongsin.items import PageKind
from asiatongsin.rechecks import Rechecks
from pipelines.crawl_record import LISTS, CoverageBounds, CrawlRecord, FieldKey, Outcome
from pipelines.stages.split import SplitPipeline
from pipelines.verdict.bounds import Bounds, frozen
from pipelines.verdict.decide import Expected, Verdict, decide
from pipelines.verdict.falls import EarlierCrawls, falls, with_fallen
from pipelines.verdict.tally import Tally


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """A crawl that was judged."""

    record: CrawlRecord
    """Its final record."""

    verdict: Verdict
    """How it went."""

    tally: Tally
    """The figures it was judged by."""


class FinalRecord:
    """Judges a crawl by its statistics and by the pages it met, as they are now."""

    def __init__(self, crawler: Crawler, record: CrawlRecord) -> None:
        self.settings: BaseSettings = crawler.settings
        self.bounds = Bounds.from_settings(crawler.settings)
        self.stats: Mapping[str, Any] = dict(crawler.stats.get_stats())
        self.tally = Tally.of(self.stats)
        self._split = crawler.get_item_pipeline(SplitPipeline)
        coverage = self._split.coverage.fields(_failed(self.tally)) if self._split else record.coverage
        self.record = replace(record, coverage=coverage)
        """The record with what was found on the pages: earlier crawls are asked about just that."""

    @classmethod
    def refused(cls, crawler: Crawler, record: CrawlRecord, sentence: str) -> Ended:
        """A crawl that must not begin."""
        verdict = Verdict(Outcome.ERROR, sentence)
        return Ended(record=record, verdict=verdict, tally=Tally.of(crawler.stats.get_stats()))

    def judged(self, *, waiting: int, trouble: str, earlier: EarlierCrawls | None) -> Ended:
        """The verdict and the final record. `waiting` pages could not be stored because of `trouble`.

        `earlier` is None where no database told what earlier crawls found: then the record says how to compare it with
        them when it is stored.
        """
        verdict = self._verdict(waiting, trouble, earlier or EarlierCrawls())
        bounds, tally = self.bounds, self.tally
        gone_after = Rechecks.from_settings(self.settings).gone_after
        record = replace(
            self.record,
            finished_at=datetime.now(UTC),
            coverage=with_fallen(self.record.coverage, verdict.fallen if self.record.kind == LISTS else ()),
            to_compare=None if earlier else CoverageBounds(drop=bounds.drop, ignored=tuple(sorted(bounds.ignored))),
            outcome=verdict.outcome.word,
            walked=verdict.walked,
            list_pages=tally.lists.arrived,
            article_pages=tally.articles.arrived,
            unreadable=tally.unreadable,
            spooled=waiting,
            gone_after=gone_after if verdict.do_removals_count else None,
            statistics=msgspec.to_builtins(self.stats, enc_hook=str),
        )
        return Ended(record=record, verdict=verdict, tally=tally)

    def put_off(self, *, waiting: int, trouble: str) -> Ended:
        """The same where the last step failed: the record, if nothing else, waits in the spool."""
        ended = self.judged(waiting=waiting, trouble=trouble, earlier=None)
        if ended.verdict.outcome is not Outcome.OK:
            return ended
        sentence = f"its record waits in the spool ({trouble}); {ended.verdict.sentence}"
        record = replace(ended.record, outcome=Outcome.SPOOLED.word)
        return replace(ended, record=record, verdict=Verdict(Outcome.SPOOLED, sentence))

    def with_doubt(self, ended: Ended, missing: Collection[FieldKey]) -> Ended:
        """The same; a crawl that did not come across what an earlier one missed says so."""
        named = sorted(name for key in missing if (name := " ".join(key)) not in self.bounds.ignored)
        if not named or ended.verdict.outcome is not Outcome.OK:
            return ended
        sentence = f"{ended.verdict.sentence}; not looked at enough, and missing before: {', '.join(named)}"
        return replace(ended, verdict=replace(ended.verdict, sentence=sentence, is_open=True))

    def _verdict(self, waiting: int, trouble: str, earlier: EarlierCrawls) -> Verdict:
        expected = Expected(
            unreadable_share_max=self.settings.getfloat("UNREADABLE_SHARE_MAX"),
            fallen=earlier.fallen,
            ignored=self.bounds.ignored,
        )
        falls_told = self._falls(earlier)
        return decide(
            self.tally, waiting=waiting, trouble=trouble, expected=expected, falls=falls_told, shown=self._shown
        )

    def _falls(self, earlier: EarlierCrawls) -> dict[FieldKey, str]:
        """What is no longer found on the pages of the site, in words, each with a page that shows it."""
        found = falls(self.record.coverage, earlier, self.bounds.drop, self.bounds.ignored)
        in_words = {fall.key: fall.told(self._split.kept(fall.key) if self._split else None) for fall in found}
        # A crawl that met no strip says nothing of it.
        is_shown = any(one.part == "strip" and one.found for one in self.record.coverage)
        if is_shown and (same := frozen(earlier.strip_unchanged_for, self.bounds.frozen_after)):
            in_words["strip", "frozen"] = same
        return in_words

    def _shown(self, kind: PageKind) -> str:
        return self._split.shown(kind) if self._split else ""


def _failed(tally: Tally) -> dict[str, int]:
    """How many pages of each part did not arrive."""
    failed = {f"list {section}": pages for section, pages in tally.lists_failed.items()}
    return failed | ({"front": tally.front.failed} if tally.front.failed else {})
