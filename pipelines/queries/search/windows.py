"""Stretches of time in which a search looks one after the other, newest first, until a page is full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain, count

from asiatongsin.korean import KST

_INSTANT = timedelta(microseconds=1)
MONTHS = (2, 10, 12)
"""The first three stretches of a search for a page."""

FEW_MONTHS = (1, 2, 3, 6, 12)
"""The first ones where all texts of a stretch are looked at."""


def windows(first: datetime, last: datetime, stretches: Sequence[int] = MONTHS) -> Iterator[tuple[datetime, datetime]]:
    """From `last` back to `first`: these stretches of months, then four years, eight, sixteen …

    Each begins with a month of Korean time and ends where the one before began: that moment belongs to the later one.
    """
    end = last.astimezone(KST) + _INSTANT
    for months in chain(stretches, (12 * 2**power for power in count(2))):
        begin = max(_months_before(end - _INSTANT, months - 1) or first, first)
        yield begin, end
        if begin <= first:
            return
        end = begin.astimezone(KST)


def _months_before(at: datetime, months: int) -> datetime | None:
    """The beginning of the month that is so many before that of `at`; None before the first year."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return datetime(year, month + 1, 1, tzinfo=KST) if year >= 1 else None
