"""Lengths of time as settings write them, and in words."""

from __future__ import annotations

import re
from datetime import timedelta

_DURATION = re.compile(r"([0-9]{1,5})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def parse_duration(text: str) -> timedelta | None:
    """The length of time in `30m`, `6h` or `3d`; None where the text is none, or is 0."""
    found = _DURATION.fullmatch(text.strip())
    return int(found[1]) * _UNITS[found[2]] or None if found else None


def in_words(duration: timedelta) -> str:
    """`40 min`, `5 h` or `3.2 days`."""
    hours = duration / timedelta(hours=1)
    if hours < 2:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.1f} days"


def ahead_or_behind(difference: timedelta) -> str:
    """`9 h ahead of`, or `40 min behind` where the difference is negative."""
    return f"{in_words(abs(difference))} {'ahead of' if difference > timedelta() else 'behind'}"
