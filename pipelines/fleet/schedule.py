"""When a site is due: an interval, or a cron expression."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from asiatongsin.durations import parse_duration
from asiatongsin.errors import ArgumentError
from asiatongsin.nearest import nearest

SEOUL = "Asia/Seoul"

HOW_TO_WRITE = "write every 30m, every 6h or every 1d, or a cron expression such as '*/30 6-23 * * *'"

LONGEST = timedelta(days=366)
"""A longer interval would hide that a site is crawled no more."""

_INTERVAL = re.compile(r"(?:every\s+)?([0-9]+\s*[a-z]+)")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """When a site is crawled. `Schedule.parse` makes it from what a user writes."""

    text: str
    """As it is stored: `every 30m`, or a cron expression."""

    every: timedelta | None = None
    """Its interval; None for a cron expression."""

    time_zone: str = SEOUL
    """Time zone in which a cron expression is meant."""

    @classmethod
    def parse(cls, text: str, time_zone: str = SEOUL) -> Self:
        """`every 30m`, `30m`, or a cron expression; ArgumentError says what to write."""
        check_time_zone(time_zone)
        written = " ".join(text.split())
        if found := _INTERVAL.fullmatch(written.lower()):
            length = found[1].replace(" ", "")
            every = parse_duration(length)
            if every is None or every > LONGEST:
                raise ArgumentError(f"every {length}: write a time from 1m to 366d, such as every 30m, 6h or 1d")
            return cls(text=f"every {length}", every=every, time_zone=time_zone)
        _check_cron(written, time_zone)
        return cls(text=written, time_zone=time_zone)

    def next_after(self, now: datetime, site: str) -> datetime:
        """The next regular time behind `now`, never a missed one.

        Sites are spread by a hash of their names: over the whole interval, or over the minute that cron names.
        """
        span = self.every or _MINUTE
        offset = spread(site, span)
        if self.every is None:
            return _next_of_cron(self.text, self.time_zone, now - offset) + offset
        seconds, length = now.timestamp() - offset.total_seconds(), span.total_seconds()
        return datetime.fromtimestamp((seconds // length + 1) * length, UTC) + offset


def spread(site: str, span: timedelta) -> timedelta:
    """Whole seconds, less than the span, that are always the same for a site."""
    number = int.from_bytes(hashlib.sha256(site.encode()).digest()[:8])
    return timedelta(seconds=number % int(span.total_seconds()))


def check_time_zone(name: str) -> None:
    """ArgumentError where there is no such time zone."""
    with suppress(OSError, ValueError, KeyError):  # what names of no zone end with
        ZoneInfo(name)
        return
    near = nearest(name, available_timezones())
    raise ArgumentError(f"{name!r} is no time zone; the nearest is {near}, and without one {SEOUL} holds")


def _check_cron(expression: str, time_zone: str) -> None:
    parts = expression.split()
    if len(parts) != 5 or any(part.upper().startswith("R") for part in parts):  # R: another time whenever it is asked
        raise ArgumentError(f"{expression!r} is no schedule: {HOW_TO_WRITE}")
    _next_of_cron(expression, time_zone, datetime.now(UTC))


def _next_of_cron(expression: str, time_zone: str, now: datetime) -> datetime:
    try:
        from croniter import CroniterError, croniter  # noqa: PLC0415  comes with an extra, and few need it
    except ModuleNotFoundError:
        raise ArgumentError(
            'a cron expression needs pip install "asiatongsin[fleet]"; --every 30m does without'
        ) from None
    try:
        found: datetime = croniter(expression, now.astimezone(ZoneInfo(time_zone))).get_next(datetime)
    except (CroniterError, ValueError, TypeError, KeyError, IndexError) as error:
        raise ArgumentError(f"{expression!r} is no schedule ({error}): {HOW_TO_WRITE}") from None
    return found.astimezone(UTC)
