"""The fields that pages hold: how the package of a CMS describes each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

METADATA_TIME = "published_at of metadata"
"""Says in the fallbacks of a page that neither it nor a list prints when the article was published.

Its metadata may, and what they say gives way to a time that is stored.
"""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field that a part of each page should hold."""

    part: str
    """Part of a page: `article`, `strip` (the weather), `front` or `list`."""

    name: str
    """Name of the field, for example `headline`."""

    selectors: tuple[str, ...]
    """CSS selectors that find it, in the order of trust."""

    least_share: float = 0.0
    """Share of the pages on which the first crawls of a site must find the field. Example: 0.8 for `headline`."""

    unit: str = ""
    """What is counted of the field, for example `characters`; empty where it is only there or not."""

    pages_for_mean: int = 1
    """Pages that must have the field before the mean of what is counted is compared."""

    is_always_there: bool = False
    """Every page has the field. So one page without it is a fall, and one earlier crawl that found it is enough."""

    misses_in_a_row: int = 0
    """Crawls in a row that must miss the field entirely before it fell; 0: it is compared with earlier crawls."""

    has_own_bounds: bool = False
    """The verdict on whole pages decides whether the field fell, not the comparison with earlier crawls."""


def describe_search(selectors: Sequence[str], kept_in: str | None) -> str:
    """Says where something was looked for in vain, and which kept page shows that; empty where neither is known."""
    looked = [f"looked for in {', '.join(selectors)}"] if selectors else []
    shown = [f"a page that shows it is kept in {kept_in}"] if kept_in else []
    return "; ".join(looked + shown)
