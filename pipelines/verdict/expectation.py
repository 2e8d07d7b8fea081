"""What is usual of a field, and how likely it is that crawls find less of it by chance.

Most crawls of a paper bring one to three articles, of which a photo or a reporter may well be missing, and those of one
crawl resemble each other: a desk brings ten notices at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import comb, exp, lgamma, prod
from statistics import median
from typing import Self

from pipelines.crawl_record import FieldCoverage
from pipelines.verdict.coverage import Field

ENOUGH_CRAWLS = 3
"""With fewer earlier crawls only the bounds for first ones count."""

ENOUGH_PAGES = 20
"""Earlier crawls are taken together until they have so many pages: their share is then one of those compared with."""

PROOF = 100
"""So many earlier pages at most prove what is usual."""

ALIKE, ALIKE_PAIRS = 0.05, 50
"""How much the pages of one crawl resemble each other (their correlation), and how many pairs of pages that counts for
until crawls have shown it: a desk brings ten notices at once, none of which has a photo."""

SWARM = 10
"""So many pages resemble each other; a crawl of more has articles of several desks."""

PAIRS = 20
"""So many pairs of pages of one crawl at most say how much they resemble each other."""


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What is expected of a field."""

    share: float
    """Share of the pages that have it: the median of earlier crawls, or the bound for first ones."""

    pages: int = 0
    """Earlier pages that prove it, at most PROOF."""

    alike: float = 0.0
    """How much the pages of one crawl resemble each other, from 0 to 1."""

    mean: float | None = None
    """How much of it such a page has, the median of earlier crawls; None where nobody counts."""

    least_mean: float | None = None
    """The least that as many pages had before."""

    is_bound: bool = False
    """There are too few earlier crawls to compare with: it is the bound for first ones."""

    @classmethod
    def of(cls, given: Field, earlier: Sequence[FieldCoverage]) -> Self:
        """Out of what earlier crawls found."""
        enough = 1 if given.is_always_there else ENOUGH_CRAWLS
        if len(earlier) < enough:
            return cls.bound(given)
        shares = together(earlier, lambda one: one.pages, 1 if given.is_always_there else ENOUGH_PAGES)
        counted = (one for one in earlier if one.mean is not None)
        means = together(counted, lambda one: one.found, given.pages_enough)
        sizes = [one.mean for one in means if one.mean is not None and one.found >= given.pages_enough]
        share = median(one.share for one in shares)
        return cls(
            share=share,
            pages=min(PROOF, sum(one.pages for one in earlier)),
            alike=_alike(earlier, share),
            mean=median(sizes) if len(sizes) >= enough else None,
            least_mean=min(sizes, default=None),
        )

    @classmethod
    def bound(cls, given: Field) -> Self:
        """What first crawls must find."""
        return cls(share=given.least, is_bound=True)

    def chance(self, crawls: Iterable[FieldCoverage]) -> float:
        """How likely crawls of as many pages find so little, or less, by chance."""
        return prod(map(self._chance, crawls))

    def _chance(self, now: FieldCoverage) -> float:
        pages = min(now.pages, 1000)  # beyond, the share itself decides
        found = now.found * pages // now.pages
        if self.is_bound:
            return sum(comb(pages, k) * self.share**k * (1 - self.share) ** (pages - k) for k in range(found + 1))
        # The beta-binomial distribution. Three of three pages do not say that there is no fourth one (Jeffreys).
        share = (self.share * self.pages + 0.5) / (self.pages + 1)
        alike = self.alike * min(1.0, (SWARM - 1) / max(1, pages - 1))
        a, b = (one * (1 - alike) / alike for one in (share, 1 - share))
        return sum(comb(pages, k) * exp(_log_beta(k + a, pages - k + b) - _log_beta(a, b)) for k in range(found + 1))


def together(crawls: Iterable[FieldCoverage], size: Callable[[FieldCoverage], int], enough: int) -> list[FieldCoverage]:
    """Neighbouring crawls as one, until they have enough; what is left over counts where there is nothing else."""
    whole: list[FieldCoverage] = []
    part: list[FieldCoverage] = []
    for one in crawls:
        part.append(one)
        if sum(map(size, part)) >= enough:
            whole.append(summed(part))
            part = []
    return whole or ([summed(part)] if part else [])


def summed(crawls: Sequence[FieldCoverage]) -> FieldCoverage:
    """Crawls as one."""
    amounts = [one.amount for one in crawls if one.amount is not None]
    return replace(
        crawls[0],
        pages=sum(one.pages for one in crawls),
        found=sum(one.found for one in crawls),
        amount=sum(amounts) if len(amounts) == len(crawls) else None,
    )


def _alike(crawls: Sequence[FieldCoverage], share: float) -> float:
    """How much pages of one crawl resemble each other: by how much the finds of crawls vary more than by chance.

    The intraclass correlation by moments. A crawl counts by its pairs of pages, up to PAIRS: a whole archive says
    little of what one desk brings in an hour.
    """
    by_chance = share * (1 - share)
    weight, sum_ = ALIKE_PAIRS, ALIKE * ALIKE_PAIRS
    for one in crawls if by_chance else ():
        if pairs := one.pages * (one.pages - 1):
            varied = ((one.found - one.pages * share) ** 2 / by_chance - one.pages) / pairs
            weight += min(pairs, PAIRS)
            sum_ += varied * min(pairs, PAIRS)
    return min(0.9, max(ALIKE, sum_ / weight))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
