"""What pages of a kind hold, as the packages of each CMS list it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Field:
    """Something that pages of a kind hold."""

    part: str
    """Part of a page: `article`, `strip`, `list`."""

    name: str
    """What is looked for."""

    selectors: tuple[str, ...]
    """Where."""

    least: float = 0.0
    """Share of the pages on which the first crawls of a site must find it."""

    unit: str = ""
    """What is counted of it; empty where it is only there or not."""

    pages_enough: int = 1
    """Pages from which on the mean of what is counted says something."""

    is_always_there: bool = False
    """It is missed on a single page, and after a single crawl that found it: no chance takes it away."""

    in_a_row: int = 0
    """Crawls in a row that must miss it entirely; 0: what earlier crawls found says how much is missed."""

    has_own_bounds: bool = False
    """Whether it fell is decided by itself, with the outcome of the crawl."""


def looked_for(selectors: Sequence[str], kept_in: str | None) -> str:
    """Where something was looked for in vain, and a page to try it on."""
    looked = [f"looked for in {', '.join(selectors)}"] if selectors else []
    shown = [f"a page that shows it is kept in {kept_in}"] if kept_in else []
    return "; ".join(looked + shown)
