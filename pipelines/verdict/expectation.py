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
"""How many earlier crawls there must be before a crawl is compared with them.

Example: the third crawl of a site has two before it, so it is judged by the bounds for first crawls.
"""

MOST_PAGES = 1000
"""So many pages count at most. Example: 100 of 4,000 pages with a photo count as 25 of 1,000."""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """How much crawls usually find of a field."""

    share: float
    """Share of the pages that have it: mean of earlier crawls, for lists the median; or the bound for first crawls."""

    pages: int = 0
    """Pages of these earlier crawls."""

    mean: float | None = None
    """How much of it a page with the field has: median of earlier crawls; None where no amount is counted."""

    least_mean: float | None = None
    """The least mean among earlier crawls; None where no amount is counted."""

    is_for_first_crawls: bool = False
    """There are too few earlier crawls to compare with: `share` is the bound for first crawls."""

    @classmethod
    def of(cls, given: Field, earlier: Sequence[FieldCoverage]) -> Self:
        """The expectation that follows from these earlier crawls, newest first."""
        enough = 1 if given.is_always_there else ENOUGH_CRAWLS
        if len(earlier) < enough:
            return cls.for_first_crawls(given)
        shares = [one.share for one in earlier]
        means = _means(given, earlier) if given.unit else []
        return cls(
            # Each crawl has one vote, however many pages it met: the first crawl fetches all old articles.
            share=median(shares) if given.is_always_there else fmean(shares),
            pages=sum(one.pages for one in earlier),
            mean=median(means) if len(means) >= enough else None,
            least_mean=min(means, default=None),
        )

    @classmethod
    def for_first_crawls(cls, given: Field) -> Self:
        """What the first crawls of a site must find."""
        return cls(share=given.least_share, is_for_first_crawls=True)

    def chance(self, pages: int, found: int) -> float:
        """The probability that at most `found` of so many pages have the field, by the binomial distribution.

        Example: where 200 of 200 earlier pages had a headline, two pages in a row lack it once in 160,000 times.
        """
        if pages > MOST_PAGES:
            pages, found = MOST_PAGES, found * MOST_PAGES // pages
        # Three of three pages had it: a fourth page may still lack it, so the share stays below 1.
        share = self.share if self.is_for_first_crawls else (self.share * self.pages + 0.5) / (self.pages + 1)
        return sum(comb(pages, k) * share**k * (1 - share) ** (pages - k) for k in range(found + 1))


def summed(crawls: Sequence[FieldCoverage]) -> FieldCoverage:
    """The coverage of several crawls, as if they were one."""
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
