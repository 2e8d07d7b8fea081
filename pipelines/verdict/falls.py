"""Which fields fell: what a crawl found, compared with earlier crawls of the site.

A field fell when it is on less than half of its usual share of the pages, and chance does not explain that. The latest
crawls in a row that found so little of it count together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from asiatongsin.cms import field_of
from asiatongsin.fields import Field, describe_search
from pipelines.crawl_record import FieldCoverage, FieldKey
from pipelines.verdict.expectation import Expectation, summed

History = Mapping[FieldKey, Sequence[FieldCoverage]]
"""The coverage of each field in earlier crawls."""

CHANCE_MAX = 0.0001
"""Probability below which chance does not explain that so little of a field was found.

Example: where 60 % of the pages have a field, 0 of 10 pages are no fall (0.000105), 0 of 11 are one (0.000042).
"""

PAGES_OF_CRAWL_MAX, ONE_PAGE_IN = 2, 20
"""Of one crawl, at most two pages count, or one in twenty: an editorial desk may bring ten notices at once.

Example: a crawl of 15 articles without a photo counts as two articles, one of 400 articles as twenty.
"""


@dataclass(frozen=True, kw_only=True)
class EarlierCrawls:
    """What earlier crawls of the site found."""

    coverage: History = field(default_factory=dict)
    """By part and field, newest first, without crawls in which the field fell."""

    fallen: frozenset[FieldKey] = frozenset()
    """Fields that fell and have not been found again."""

    strip_unchanged_for: timedelta | None = None
    """How long the weather strip has been the same."""


@dataclass(frozen=True, kw_only=True)
class Fall:
    """A field of which less was found than expected."""

    field: Field
    """The field."""

    now: FieldCoverage
    """How much was found."""

    usual: Expectation
    """How much was expected."""

    crawls: int = 1
    """How many of the latest crawls count together here; a single crawl may prove too little."""

    is_thin: bool = False
    """The field is on enough pages, but there is too little of it on each."""

    @property
    def key(self) -> FieldKey:
        """Part and name."""
        return self.now.part, self.now.field

    @property
    def figures(self) -> str:
        """Says how much was found, and how much was expected."""
        of_crawls = f" of the last {self.crawls} crawls" if self.crawls > 1 else ""
        if self.is_thin:
            return f"{self.now.mean:,.0f} {self.field.unit} per page{of_crawls}, usually {self.usual.mean:,.0f}"
        than = "at least" if self.usual.is_for_first_crawls else "usually"
        return f"found on {self.now.found} of {self.now.pages} pages{of_crawls}, {than} {self.usual.share:.0%}"

    def describe(self, kept_in: str | None = None) -> str:
        """Says which field fell, both figures, where it was looked for, and which kept page shows it."""
        where = describe_search(self.field.selectors, kept_in)
        return f"{self.now.part} {self.field.name} {self.figures}{where and f' ({where})'}"


def falls(
    coverage: Sequence[FieldCoverage], earlier: EarlierCrawls, drop: float, ignored: Collection[str] = ()
) -> list[Fall]:
    """The fields of which less than `drop` times the usual amount was found, where chance does not explain that.

    For a field that had fallen before, one page without it is enough. Where no list at all has an entry, no list is
    named here: the verdict on whole pages says so.
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
        if fall := _fall(given, [now, *earlier.coverage.get(key, ())], drop, is_fallen=key in earlier.fallen):
            found.append(fall)
    return found


def _fall(given: Field, crawls: Sequence[FieldCoverage], drop: float, *, is_fallen: bool) -> Fall | None:
    """How the field fell in the newest of these crawls, which is the first; None where it did not."""
    if given.misses_in_a_row:
        last = crawls[: given.misses_in_a_row]
        is_away = len(last) == given.misses_in_a_row and not any(one.found for one in last)
        return Fall(field=given, now=summed(last), usual=Expectation(share=1.0), crawls=len(last)) if is_away else None
    needs_no_proof = is_fallen or given.is_always_there
    for is_thin in (False, True) if given.unit else (False,):
        if run := _run(given, crawls, drop, is_thin=is_thin)[: 1 if needs_no_proof else None]:
            usual = Expectation.of(given, crawls[len(run) :])
            for last in (run[:1], run):
                if needs_no_proof or _is_proven(given, last, usual, is_thin=is_thin):
                    return Fall(field=given, now=summed(last), usual=usual, crawls=len(last), is_thin=is_thin)
            break
    now, bound = crawls[0], Expectation.for_first_crawls(given)
    is_below = now.share < bound.share and (is_fallen or bound.chance(now.pages, now.found) < CHANCE_MAX)
    return Fall(field=given, now=now, usual=bound) if is_below else None


def _run(given: Field, crawls: Sequence[FieldCoverage], drop: float, *, is_thin: bool) -> Sequence[FieldCoverage]:
    """The newest crawls in a row that found less than `drop` times what crawls before them did."""
    for place, one in enumerate(crawls):
        usual = Expectation.of(given, crawls[place + 1 :])
        is_less = _is_thinner if is_thin else _is_rarer
        if usual.is_for_first_crawls or not is_less(one, usual, drop):
            return crawls[:place]
    return crawls


def _is_rarer(one: FieldCoverage, usual: Expectation, drop: float) -> bool:
    return one.share < usual.share * drop


def _is_thinner(one: FieldCoverage, usual: Expectation, drop: float) -> bool:
    return one.mean is not None and usual.mean is not None and one.mean < usual.mean * drop


def _is_proven(given: Field, crawls: Sequence[FieldCoverage], usual: Expectation, *, is_thin: bool) -> bool:
    """Whether chance does not explain that crawls found so little."""
    if not is_thin:
        counted = [max(min(one.pages, PAGES_OF_CRAWL_MAX), one.pages // ONE_PAGE_IN) for one in crawls]
        found = [round(one.share * pages) for one, pages in zip(crawls, counted, strict=True)]
        return usual.chance(sum(counted), sum(found)) < CHANCE_MAX
    # Many short notices may come at once: it must be less than as many pages ever had.
    now = summed(crawls)
    is_least = now.mean is not None and usual.least_mean is not None and now.mean < usual.least_mean
    return now.found >= given.pages_for_mean and is_least


def with_fallen(coverage: Sequence[FieldCoverage], fallen: Collection[FieldKey]) -> tuple[FieldCoverage, ...]:
    """The coverage, with `fell` set where a field fell; the part `list` means every list."""
    return tuple(
        replace(one, fell=(one.part, one.field) in fallen or (one.part.partition(" ")[0], one.field) in fallen)
        for one in coverage
    )
