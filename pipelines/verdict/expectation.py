"""What is expected of a field, and how likely it is that pages lack it by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import comb
from statistics import fmean, median
from typing import Self

from asiatongsin.fields import Field
from pipelines.crawl_record import FieldCoverage

ENOUGH_CRAWLS = 3
"""Earlier crawls that must be known before a crawl is compared with them.

Example: the third crawl of a site has two before it, so it is judged by the bounds for first crawls.
"""

MOST_PAGES = 1000
"""Pages from which on more of them prove no more. Example: 100 of 4,000 pages with a photo count as 25 of 1,000."""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What crawls usually find of a field."""

    share: float
    """Share of pages that have it: the mean of earlier crawls, of lists the median, or the bound for first crawls."""

    pages: int = 0
    """Earlier pages that prove it."""

    mean: float | None = None
    """How much of it such a page has, the median of earlier crawls; None where nobody counts."""

    least_mean: float | None = None
    """The least that as many pages had before."""

    is_bound: bool = False
    """There are too few earlier crawls to compare with: it is the bound for first ones."""

    @classmethod
    def of(cls, given: Field, earlier: Sequence[FieldCoverage]) -> Self:
        """The expectation after these earlier crawls, newest first."""
        enough = 1 if given.is_always_there else ENOUGH_CRAWLS
        if len(earlier) < enough:
            return cls.bound(given)
        shares = [one.share for one in earlier]
        means = _means(given, earlier) if given.unit else []
        return cls(
            # Each crawl has one vote, however many pages it met: the first one brings the whole archive.
            share=median(shares) if given.is_always_there else fmean(shares),
            pages=sum(one.pages for one in earlier),
            mean=median(means) if len(means) >= enough else None,
            least_mean=min(means, default=None),
        )

    @classmethod
    def bound(cls, given: Field) -> Self:
        """What first crawls must find."""
        return cls(share=given.least_share, is_bound=True)

    def chance(self, pages: int, found: int) -> float:
        """How likely at most `found` of so many pages have the field by chance: the binomial distribution.

        Example: where 200 of 200 earlier pages had a headline, two pages in a row lack it once in 160,000 times.
        """
        if pages > MOST_PAGES:
            pages, found = MOST_PAGES, found * MOST_PAGES // pages
        # Three of three pages do not say that there is no fourth one without it.
        share = self.share if self.is_bound else (self.share * self.pages + 0.5) / (self.pages + 1)
        return sum(comb(pages, k) * share**k * (1 - share) ** (pages - k) for k in range(found + 1))


def summed(crawls: Sequence[FieldCoverage]) -> FieldCoverage:
    """Several crawls as one."""
    amounts = [one.amount for one in crawls if one.amount is not None]
    return replace(
        crawls[0],
        pages=sum(one.pages for one in crawls),
        found=sum(one.found for one in crawls),
        amount=sum(amounts) if len(amounts) == len(crawls) else None,
    )


def _means(given: Field, earlier: Sequence[FieldCoverage]) -> list[float]:
    """How much of a field a page had. Neighbouring crawls count together until `pages_for_mean` pages have it."""
    means: list[float] = []
    group: list[FieldCoverage] = []
    for one in earlier:
        if one.mean is None:
            continue
        group.append(one)
        together = summed(group)
        if together.mean is not None and together.found >= given.pages_for_mean:
            means.append(together.mean)
            group = []
    return means
