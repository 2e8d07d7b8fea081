"""The final record of a crawl: what it found on its pages, which fields fell, how it went."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from asiatongsin import statistics as names
from asiatongsin.durations import ahead_or_behind
from asiatongsin.items import PageKind
from asiatongsin.middlewares.site_clock import is_far
from asiatongsin.rechecks import Rechecks
from pipelines.crawl_record import LISTS, CoverageBounds, CrawlRecord, FieldKey, Outcome
from pipelines.stages.split import SplitPipeline
from pipelines.verdict.bounds import Bounds, describe_frozen_strip
from pipelines.verdict.decide import Tolerances, Verdict, decide
from pipelines.verdict.falls import EarlierCrawls, falls, with_fallen
from pipelines.verdict.tally import Tally


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedCrawl:
    """A crawl that was judged."""

    record: CrawlRecord
    """Its final record."""

    verdict: Verdict
    """How it went."""

    tally: Tally
    """The figures it was judged by."""


class FinalRecord:
    """Judges a crawl by its statistics and coverage, as they are when this is made."""

    def __init__(self, crawler: Crawler, record: CrawlRecord) -> None:
        self.settings: BaseSettings = crawler.settings
        self.bounds = Bounds.from_settings(crawler.settings)
        self.stats: Mapping[str, Any] = dict(crawler.stats.get_stats())
        self.tally = Tally.of(self.stats)
        self._split = crawler.get_item_pipeline(SplitPipeline)
        coverage = self._split.coverage.fields(_failed(self.tally)) if self._split else record.coverage
        self.record = replace(record, coverage=coverage)
        """The record with its coverage, which is what earlier crawls are compared with."""

    @classmethod
    def refused(cls, crawler: Crawler, record: CrawlRecord, sentence: str) -> JudgedCrawl:
        """The verdict on a crawl that must not begin; `sentence` says why."""
        verdict = Verdict(Outcome.ERROR, sentence)
        return JudgedCrawl(record=record, verdict=verdict, tally=Tally.of(crawler.stats.get_stats()))

    def judge(self, *, waiting: int, trouble: str, earlier: EarlierCrawls | None) -> JudgedCrawl:
        """The verdict and the final record. `waiting` pages could not be stored because of `trouble`.

        `earlier` is None where no database could be asked for earlier crawls. Then the record holds the bounds for
        comparing it with them when it is stored.
        """
        verdict = with_clock(self._verdict(waiting, trouble, earlier or EarlierCrawls()), self.stats)
        bounds, tally = self.bounds, self.tally
        gone_after = Rechecks.from_settings(self.settings).gone_after
        record = replace(
            self.record,
            finished_at=datetime.now(UTC),
            coverage=with_fallen(self.record.coverage, verdict.fallen if self.record.kind == LISTS else ()),
            to_compare=None if earlier else CoverageBounds(drop=bounds.drop, ignored=tuple(sorted(bounds.ignored))),
            outcome=verdict.outcome.word,
            walked=verdict.walked,
            lists=tuple(one for one in tally.lists_found_out if one.section in verdict.walked),
            list_pages=tally.lists.arrived,
            article_pages=tally.articles.arrived,
            unreadable=tally.unreadable,
            spooled=waiting,
            gone_after=gone_after if verdict.do_removals_count else None,
            statistics=msgspec.to_builtins(self.stats, enc_hook=str),
        )
        return JudgedCrawl(record=record, verdict=verdict, tally=tally)

    def put_off(self, *, waiting: int, trouble: str) -> JudgedCrawl:
        """The verdict where the last step failed: at least the record waits in the spool, because of `trouble`."""
        ended = self.judge(waiting=waiting, trouble=trouble, earlier=None)
        if ended.verdict.outcome is not Outcome.OK:
            return ended
        sentence = f"its record waits in the spool ({trouble}); {ended.verdict.sentence}"
        record = replace(ended.record, outcome=Outcome.SPOOLED.word)
        return replace(ended, record=record, verdict=Verdict(Outcome.SPOOLED, sentence))

    def with_missing(self, ended: JudgedCrawl, missing: Collection[FieldKey]) -> JudgedCrawl:
        """Says in a good verdict which fields are still `missing`, since the crawl had too few pages to tell."""
        named = sorted(name for key in missing if (name := " ".join(key)) not in self.bounds.ignored)
        if not named or ended.verdict.outcome is not Outcome.OK:
            return ended
        sentence = f"{ended.verdict.sentence}; met on too few pages to tell, and missing before: {', '.join(named)}"
        return replace(ended, verdict=replace(ended.verdict, sentence=sentence, is_inconclusive=True))

    def _verdict(self, waiting: int, trouble: str, earlier: EarlierCrawls) -> Verdict:
        tolerances = Tolerances(
            unreadable_share_max=self.settings.getfloat("UNREADABLE_SHARE_MAX"),
            fallen=earlier.fallen,
            ignored=self.bounds.ignored,
        )
        descriptions = self._describe_falls(earlier)
        return decide(
            self.tally,
            waiting=waiting,
            trouble=trouble,
            tolerances=tolerances,
            falls=descriptions,
            describe_unreadable=self._describe_unreadable,
        )

    def _describe_falls(self, earlier: EarlierCrawls) -> dict[FieldKey, str]:
        """Describes what is no longer found on the pages of the site, each with a kept page that shows it."""
        found = falls(self.record.coverage, earlier, self.bounds.drop, self.bounds.ignored)
        described = {
            fall.key: fall.describe(self._split.keep_evidence(fall.key) if self._split else None) for fall in found
        }
        # A crawl that met no strip says nothing of it.
        is_shown = any(one.part == "strip" and one.found for one in self.record.coverage)
        if is_shown and (same := describe_frozen_strip(earlier.strip_unchanged_for, self.bounds.frozen_after)):
            described["strip", "frozen"] = same
        return described

    def _describe_unreadable(self, kind: PageKind) -> str:
        return self._split.describe_unreadable(kind) if self._split else ""


def with_clock(verdict: Verdict, stats: Mapping[str, Any]) -> Verdict:
    """Says in the last line where no answer of the site agrees with the clock. Either of them may be wrong."""
    seconds = stats.get(names.CLOCK_AHEAD_OF_SITE, 0.0)
    if not is_far(seconds):
        return verdict
    how = ahead_or_behind(timedelta(seconds=seconds))
    sentence = f"{verdict.sentence}; the clock of this machine is {how} the site's, see which is wrong"
    return replace(verdict, sentence=sentence)


def _failed(tally: Tally) -> dict[str, int]:
    """How many pages of each part did not arrive."""
    failed = {f"list {section}": pages for section, pages in tally.lists_failed.items()}
    return failed | ({"front": tally.front.failed} if tally.front.failed else {})
