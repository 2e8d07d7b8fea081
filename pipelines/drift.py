"""Which fields fell: today's coverage against that of the site's earlier crawls, told so that it helps to mend it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import comb
from statistics import median
from typing import Self

from scrapy.settings import BaseSettings

from asiatongsin.setting_error import SettingError, span
from pipelines.coverage import FIELDS, Field, field_of, looked_for
from pipelines.record import FieldCoverage, Key

History = Mapping[Key, Sequence[FieldCoverage]]
"""The coverage of each field in earlier crawls."""


@dataclass(frozen=True, kw_only=True)
class Past:
    """What is known of the site from before."""

    coverage: History = field(default_factory=dict)
    """By part and field."""

    fallen: frozenset[Key] = frozenset()
    """Fields that fell in the last crawl that met them."""

    strip_unchanged_for: timedelta | None = None
    """How long the weather strip has been the same."""


ENOUGH_CRAWLS = 3
"""With fewer earlier crawls the absolute bounds count."""

CHANCE = 0.001
"""How likely so few finds may be by chance; a crawl that brings three articles proves little."""

_NEVER_CERTAIN = 0.99  # one article in a hundred is odd, though all were well so far


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What is expected of a field."""

    share: float
    """Share of the pages that have it: the median of earlier crawls, or the bound for first ones."""

    mean: float | None = None
    """How much of it such a page has, the median of earlier crawls; None where nobody counts."""

    is_bound: bool = False
    """There are too few earlier crawls to compare with: it is the bound for first ones."""

    @classmethod
    def of(cls, given: Field, earlier: Sequence[FieldCoverage]) -> Self:
        """Out of what earlier crawls found."""
        enough = 1 if given.is_always_there else ENOUGH_CRAWLS
        if len(earlier) < enough:
            return cls(share=given.least, is_bound=True)
        means = [one.mean for one in earlier if one.mean is not None and one.found >= given.pages_enough]
        return cls(share=median(one.share for one in earlier), mean=median(means) if len(means) >= enough else None)


@dataclass(frozen=True, kw_only=True)
class Fall:
    """A field of which less is found than should be."""

    field: Field
    """Which."""

    now: FieldCoverage
    """What was found."""

    usual: Usual
    """What was expected."""

    is_thin: bool = False
    """It is found on enough pages, but there is too little of it."""

    @property
    def key(self) -> Key:
        """Part and name."""
        return self.now.part, self.now.field

    @property
    def figures(self) -> str:
        """How much was found, and how much should have been."""
        if self.is_thin:
            return f"{self.now.mean:,.0f} {self.field.unit} per page, usually {self.usual.mean:,.0f}"
        than = "at least" if self.usual.is_bound else "usually"
        return f"found on {self.now.found} of {self.now.pages} pages, {than} {self.usual.share:.0%}"

    def told(self, kept_in: str | None = None) -> str:
        """In words: the field, the two figures, where it was looked for, and a page that shows it."""
        return f"{self.now.part} {self.field.name} {self.figures} ({looked_for(self.field.selectors, kept_in)})"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The settings COVERAGE_DROP, COVERAGE_IGNORE and STRIP_FROZEN_AFTER."""

    drop: float
    """Part of what is usual below which a field fell; 0: never."""

    ignored: frozenset[str]
    """Fields, as part and name, that may fall."""

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
        return cls(drop=drop, ignored=_ignored(settings), frozen_after=span(after))


def _ignored(settings: BaseSettings) -> frozenset[str]:
    names = [" ".join(name.split()) for name in settings.getlist("COVERAGE_IGNORE")]
    for name in filter(None, names):
        part, _, field_name = name.rpartition(" ")
        field_named = field_of(part, field_name)
        if field_named is None or field_named.has_own_bounds:
            fields = (one for one in FIELDS if not one.has_own_bounds)
            known = ", ".join(f"{one.part}{' 22' if one.part == 'list' else ''} {one.name}" for one in fields)
            raise SettingError(f"COVERAGE_IGNORE={name}: write what a crawl names, with commas between, of {known}")
    return frozenset(names)


def frozen(same_for: timedelta | None, bound: timedelta | None) -> str:
    """The weather strip, in words, where it has been the same for too long; else empty."""
    if bound is None or same_for is None or same_for <= bound:
        return ""
    days, of = same_for / timedelta(days=1), bound / timedelta(days=1)
    return f"the weather strip has been the same for {days:.1f} days, {of:.1f} are allowed (STRIP_FROZEN_AFTER)"


def falls(coverage: Sequence[FieldCoverage], past: Past, drop: float, ignored: Collection[str] = ()) -> list[Fall]:
    """The fields of which less than `drop` times the median of earlier crawls is found, and not by chance.

    Of what fell before, a single page that lacks it is enough. Where no list has an entry, each of them is not named as
    well: that is told as one.
    """
    lists = [now.found for now in coverage if now.field == "teasers"]
    found = []
    for now in coverage:
        given = field_of(now.part, now.field)
        key = (now.part, now.field)
        if given is None or given.has_own_bounds or " ".join(key) in ignored:
            continue
        if given.name == "teasers" and not any(lists):
            continue
        usual = Usual.of(given, past.coverage.get(key, ()))
        is_expected = given.is_always_there or key in past.fallen
        if _is_rarer(now, usual, drop) and (is_expected or _chance(now, usual.share) < CHANCE):
            found.append(Fall(field=given, now=now, usual=usual))
        elif _is_thinner(now, usual, drop) and (is_expected or now.found >= given.pages_enough):
            found.append(Fall(field=given, now=now, usual=usual, is_thin=True))
    return found


def marked(coverage: Sequence[FieldCoverage], fallen: Collection[Key]) -> tuple[FieldCoverage, ...]:
    """The coverage with what fell marked as such; `list` is each of the lists."""
    return tuple(
        replace(one, fell=(one.part, one.field) in fallen or (one.part.partition(" ")[0], one.field) in fallen)
        for one in coverage
    )


def _is_rarer(now: FieldCoverage, usual: Usual, drop: float) -> bool:
    return now.share < (usual.share if usual.is_bound else usual.share * drop)


def _is_thinner(now: FieldCoverage, usual: Usual, drop: float) -> bool:
    return now.mean is not None and usual.mean is not None and now.mean < usual.mean * drop


def _chance(now: FieldCoverage, share: float) -> float:
    """How likely at most so many of so many pages have a field that pages have with this probability."""
    p = min(share, _NEVER_CERTAIN)
    pages = min(now.pages, 1000)  # beyond, the share itself decides
    found = now.found * pages // now.pages
    return sum(comb(pages, k) * p**k * (1 - p) ** (pages - k) for k in range(found + 1))
