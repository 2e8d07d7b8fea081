"""Which fields fell: today's coverage against that of the site's earlier crawls, told so that it helps to mend it.

Nothing is made of one small crawl: those right before it that lack the field as well are taken together with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Self

from scrapy.settings import BaseSettings

from asiatongsin.durations import span
from asiatongsin.errors import SettingError
from pipelines.crawl_record import FieldCoverage, Key
from pipelines.verdict.coverage import FIELDS, Field, field_of, looked_for
from pipelines.verdict.expectation import Usual, summed

History = Mapping[Key, Sequence[FieldCoverage]]
"""The coverage of each field in earlier crawls."""


@dataclass(frozen=True, kw_only=True)
class Past:
    """What is known of the site from before."""

    coverage: History = field(default_factory=dict)
    """By part and field, newest first, without what had fallen then."""

    fallen: frozenset[Key] = frozenset()
    """Fields that fell in the last crawl that met them."""

    strip_unchanged_for: timedelta | None = None
    """How long the weather strip has been the same."""


CHANCE = 0.0001
"""How likely so few finds may be by chance; a crawl that brings three articles proves little."""


@dataclass(frozen=True, kw_only=True)
class Fall:
    """A field of which less is found than should be."""

    field: Field
    """Which."""

    now: FieldCoverage
    """What was found."""

    usual: Usual
    """What was expected."""

    crawls: int = 1
    """So many crawls found that, the ones right before among them: this one alone proves too little."""

    is_thin: bool = False
    """It is found on enough pages, but there is too little of it."""

    @property
    def key(self) -> Key:
        """Part and name."""
        return self.now.part, self.now.field

    @property
    def figures(self) -> str:
        """How much was found, and how much should have been."""
        of_crawls = f" of the last {self.crawls} crawls" if self.crawls > 1 else ""
        if self.is_thin:
            return f"{self.now.mean:,.0f} {self.field.unit} per page{of_crawls}, usually {self.usual.mean:,.0f}"
        than = "at least" if self.usual.is_bound else "usually"
        return f"found on {self.now.found} of {self.now.pages} pages{of_crawls}, {than} {self.usual.share:.0%}"

    def told(self, kept_in: str | None = None) -> str:
        """In words: the field, the two figures, where it was looked for, and a page that shows it."""
        where = looked_for(self.field.selectors, kept_in)
        return f"{self.now.part} {self.field.name} {self.figures}{where and f' ({where})'}"


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
    for now in coverage if drop else ():
        given = field_of(now.part, now.field)
        key = (now.part, now.field)
        if given is None or given.has_own_bounds or " ".join(key) in ignored:
            continue
        if given.name == "teasers" and not any(lists):
            continue
        if fall := _fall(given, now, past.coverage.get(key, ()), drop, is_fallen=key in past.fallen):
            found.append(fall)
    return found


def _fall(
    given: Field, now: FieldCoverage, earlier: Sequence[FieldCoverage], drop: float, *, is_fallen: bool
) -> Fall | None:
    """How the field fell; None where it did not. `is_fallen`: it had fallen before."""
    if given.in_a_row:
        last = [now, *earlier[: given.in_a_row - 1]]
        is_away = len(last) == given.in_a_row and not any(one.found for one in last)
        return Fall(field=given, now=summed(last), usual=Usual(share=1.0), crawls=len(last)) if is_away else None
    is_expected = is_fallen or given.is_always_there
    run = 0 if is_expected else _run(given, earlier, drop)
    usual, bound = Usual.of(given, earlier[run:]), Usual.bound(given)
    alone = Fall(field=given, now=now, usual=usual)
    crawls = [now, *earlier[:run]]
    pooled = replace(alone, now=summed(crawls), crawls=len(crawls))
    if not usual.is_bound and _is_rarer(now, usual, drop):
        proven = [one for one in (alone, pooled) if is_expected or usual.chance(crawls[: one.crawls]) < CHANCE]
    elif not usual.is_bound and _is_thinner(now, usual, drop):
        thin = [replace(one, is_thin=True) for one in (alone, pooled) if _is_thinner(one.now, usual, drop)]
        proven = [one for one in thin if is_expected or _is_unheard_of(given, one.now, usual)]
    else:
        proven = []
    if not proven and now.share < bound.share and (is_fallen or bound.chance([now]) < CHANCE):
        proven = [replace(alone, usual=bound)]
    return proven[0] if proven else None


def _run(given: Field, earlier: Sequence[FieldCoverage], drop: float) -> int:
    """How many of the crawls right before this one lacked the field, against those before them."""
    for place, one in enumerate(earlier):
        usual = Usual.of(given, earlier[place + 1 :])
        if usual.is_bound or not (_is_rarer(one, usual, drop) or _is_thinner(one, usual, drop)):
            return place
    return len(earlier)


def marked(coverage: Sequence[FieldCoverage], fallen: Collection[Key]) -> tuple[FieldCoverage, ...]:
    """The coverage with what fell marked as such; `list` is each of the lists."""
    return tuple(
        replace(one, fell=(one.part, one.field) in fallen or (one.part.partition(" ")[0], one.field) in fallen)
        for one in coverage
    )


def _is_rarer(now: FieldCoverage, usual: Usual, drop: float) -> bool:
    return now.share < usual.share * drop


def _is_thinner(now: FieldCoverage, usual: Usual, drop: float) -> bool:
    return now.mean is not None and usual.mean is not None and now.mean < usual.mean * drop


def _is_unheard_of(given: Field, now: FieldCoverage, usual: Usual) -> bool:
    """Whether it is enough pages to say how much there is, and less than ever: short notices come in swarms."""
    is_least = now.mean is not None and usual.least_mean is not None and now.mean < usual.least_mean
    return now.found >= given.pages_enough and is_least
