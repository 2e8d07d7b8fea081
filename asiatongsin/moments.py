"""Moments as people write them: a day, a time, `yesterday`, or so long ago."""

from __future__ import annotations

import warnings
from datetime import datetime, time, timedelta

from dateutil.parser import UnknownTimezoneWarning
from dateutil.parser import parse as parse_date

from asiatongsin.durations import parse_duration
from asiatongsin.errors import ArgumentError
from asiatongsin.korean import KST

_DAYS = {"today": 0, "yesterday": 1}


def parse_moment(name: str, value: str, without_time: time, now: datetime | None = None) -> datetime:
    """`2025-10-01`, `2025-10-01 09:30`, `today`, `yesterday`, or `30d`, `6h` before now; Korean time without an offset.

    A day without a time means `without_time` of it: its beginning or its end. ArgumentError.
    """
    now = (now or datetime.now(KST)).astimezone(KST)
    word = value.strip().lower()
    if word in _DAYS:
        return datetime.combine(now.date() - timedelta(days=_DAYS[word]), without_time, tzinfo=KST)
    if before := parse_duration(word):
        return now - before
    return _written_out(name, value, without_time)


def _written_out(name: str, value: str, without_time: time) -> datetime:
    # Two different defaults tell which parts of the date were left out.
    defaults = (datetime(2000, 1, 1, tzinfo=KST), datetime(2001, 2, 2, 1, 1, 1, 1, tzinfo=KST))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UnknownTimezoneWarning)
            first, second = (parse_date(value, yearfirst=True, default=default) for default in defaults)
        first.astimezone(KST)
    except (ValueError, OverflowError, UnknownTimezoneWarning):
        first, second = defaults
    if first.date() != second.date():
        raise ArgumentError(
            f"{name}={value}: write a day such as 2025-10-01, or a time such as '2025-10-01 09:30', yesterday, or 30d"
        )
    if first.hour != second.hour:
        return datetime.combine(first.date(), without_time, tzinfo=KST)
    return first.astimezone(KST)
