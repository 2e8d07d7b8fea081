"""Points in time as people write them, for the spider's `since` and `until` and for the options of that name."""

from __future__ import annotations

import re
import warnings
from datetime import date, datetime, time, timedelta

from asiatongsin.korean import KST

WHAT_TO_WRITE = "write a day such as 2025-10-01, or a time such as '2025-10-01 09:30', or 30d, 12h, yesterday or today"

_AGO = re.compile(r"([0-9]{1,5})([hd])")  # no minutes: 6m may as well mean months
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}
_DAYS_AGO = {"today": 0, "yesterday": 1}
_DEFAULTS = (datetime(2000, 1, 1, tzinfo=KST), datetime(2001, 2, 2, 1, 1, 1, 1, tzinfo=KST))
"""Two that differ in all parts tell which parts of a date were left out."""


def parse_moment(text: str, *, is_end: bool = False, now: datetime | None = None) -> datetime:
    """So long ago (`30d`, `12h`), a day (`yesterday`, `2025-10-01`) or a time. ValueError says what to write.

    A day without a time is its beginning, or its end; Korean time, where the text names no offset.
    """
    given, now = text.strip().lower(), (now or datetime.now(KST)).astimezone(KST)
    if ago := _AGO.fullmatch(given):
        return now - int(ago[1]) * _UNITS[ago[2]]
    without_time = time.max if is_end else time.min
    if given in _DAYS_AGO:
        return datetime.combine(now.date() - timedelta(days=_DAYS_AGO[given]), without_time, tzinfo=KST)
    first, second = _read(text)
    if first.date() != second.date():
        raise ValueError(WHAT_TO_WRITE)
    if first.hour != second.hour:
        return datetime.combine(first.date(), without_time, tzinfo=KST)
    return first.astimezone(KST)


def first_moment(day: date) -> datetime:
    """When a day begins in Korea."""
    return datetime.combine(day, time.min, tzinfo=KST)


def _read(text: str) -> tuple[datetime, datetime]:
    """The date once with each default; the defaults themselves where the text is no date."""
    from dateutil.parser import UnknownTimezoneWarning, parse  # noqa: PLC0415  few commands are given a date

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UnknownTimezoneWarning)
            first, second = (parse(text, yearfirst=True, default=default) for default in _DEFAULTS)
        first.astimezone(KST)
    except (ValueError, OverflowError, UnknownTimezoneWarning):
        return _DEFAULTS
    return first, second
