"""Lengths of time as settings write them."""

from __future__ import annotations

import re
from datetime import timedelta

_DURATION = re.compile(r"([0-9]{1,5})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def parse_duration(text: str) -> timedelta | None:
    """The length of time in `30m`, `6h` or `3d`; None where the text is none, or is 0."""
    found = _DURATION.fullmatch(text.strip())
    return int(found[1]) * _UNITS[found[2]] or None if found else None
