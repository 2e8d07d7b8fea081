"""Which fields fell: today's coverage against that of the site's earlier crawls, told so that it helps to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import comb
from statistics import median
from typing import Self

from scrapy.settings import BaseSettings

from asiatongsin.setting_error import SettingError, span
from pipelines.coverage import FIELDS, Field
from pipelines.record import FieldCoverage

History = Mapping[tuple[str, str], Sequence[FieldCoverage]]
"""The coverage of each field in earlier crawls."""


@dataclass(frozen=True, kw_only=True)
class Past:
    """What is known of the site from before."""

    coverage: History = field(default_factory=dict)
    """By part and field."""

    strip_unchanged_for: timedelta | None = None
    """How long the weather strip has been the same."""


ENOUGH_CRAWLS = 3
"""With fewer earlier crawls the absolute bounds count."""

CHANCE = 0.001
"""How likely so few finds may be by chance; a crawl that brings three articles proves little."""

_NEVER_CERTAIN = 0.99  # one article in a hundred is odd, though all were well so far


@dataclass(frozen=True, kw_only=True)
class Fall:
    """A field that is found on fewer pages than it should be."""

    field: Field
    now: FieldCoverage
    expected: float
    """Share of the pages: the median of earlier crawls, or the bound for first ones."""

    is_first: bool
    """There were too few earlier crawls to compare with."""

    def told(self, kept_in: str | None) -> str:
        """In words: the field, the two figures, where it was looked for, and a page that shows it."""
        than = "at least" if self.is_first else "usually"
        shown = f"; a page that shows it is kept in {kept_in}" if kept_in else ""
        return (
            f"{self.field.part} {self.field.name} found on {self.now.found} of {self.now.pages} pages,"
            f" {than} {self.expected:.0%} (looked for in {', '.join(self.field.selectors)}{shown})"
        )


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The settings COVERAGE_DROP and STRIP_FROZEN_AFTER."""

    drop: float
    """Part of its usual share below which a field fell; 0: never."""

    frozen_after: timedelta | None
    """Age above which an unchanged strip is frozen; None: never."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """SettingError says which of them cannot be meant."""
        after = str(settings["STRIP_FROZEN_AFTER"] or "").strip()
        if after and span(after) is None:
            raise SettingError(f"STRIP_FROZEN_AFTER={after}: write one time above 0, for example 3d, or nothing")
        try:
            drop = settings.getfloat("COVERAGE_DROP")
        except ValueError:
            drop = -1.0
        if not 0 <= drop <= 1:
            raise SettingError(f"COVERAGE_DROP={settings['COVERAGE_DROP']}: write a number from 0 (never) to 1")
        return cls(drop=drop, frozen_after=span(after))


def frozen(past: Past, bound: timedelta | None) -> list[str]:
    """The weather strip, in words, where it has been the same for too long."""
    same_for = past.strip_unchanged_for
    if bound is None or same_for is None or same_for <= bound:
        return []
    days, of = same_for / timedelta(days=1), bound / timedelta(days=1)
    return [f"the weather strip has been the same for {days:.1f} days, {of:.1f} are allowed (STRIP_FROZEN_AFTER)"]


def falls(coverage: Sequence[FieldCoverage], history: History, drop: float) -> list[Fall]:
    """The fields whose share is below `drop` times the median of earlier crawls, and not by chance."""
    found = []
    for now in coverage:
        given = next(one for one in FIELDS if (one.part, one.name) == (now.part, now.field))
        shares = [one.share for one in history.get((now.part, now.field), ()) if one.pages]
        is_first = len(shares) < ENOUGH_CRAWLS
        expected = given.least if is_first else median(shares)
        bound = expected if is_first else expected * drop
        if now.share < bound and _chance(now, expected) < CHANCE:
            found.append(Fall(field=given, now=now, expected=expected, is_first=is_first))
    return found


def _chance(now: FieldCoverage, share: float) -> float:
    """How likely at most so many of so many pages have a field that pages have with this probability."""
    p = min(share, _NEVER_CERTAIN)
    pages = min(now.pages, 1000)  # beyond, the share itself decides
    found = now.found * pages // now.pages
    return sum(comb(pages, k) * p**k * (1 - p) ** (pages - k) for k in range(found + 1))
