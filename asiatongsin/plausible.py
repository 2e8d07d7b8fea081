"""Which times and temperatures can be true. What a page or an archive says beyond these bounds is a mistake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FIRST_POSSIBLE = datetime(1990, 1, 1, tzinfo=UTC)
"""No page of a Korean news site is older."""

CLOCK_TOLERANCE = timedelta(days=1)
"""How far ahead of our clock a printed time may be; sites announce stories for the next morning."""

CLOCKS_DIFFER_MAX = timedelta(minutes=10)
"""How far two clocks may be apart. Machines that ask a time server are within a second."""

COLDEST, HOTTEST = -60.0, 60.0
"""Degrees Celsius; the records of Korea are -33 and 41."""
