"""How articles are visited again: the settings RECHECK_AFTER, RECHECK_MAX and GONE_AFTER, read and checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Self

from scrapy.settings import BaseSettings

from asiatongsin.durations import parse_duration
from asiatongsin.errors import SettingError

MOST_VISITS = 10_000
"""Highest value of RECHECK_MAX: so many visits, one a second, take three hours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rechecks:
    """When articles are visited again, how many of them in one crawl, and when a removed article counts as gone."""

    after: tuple[timedelta, ...]
    """Ages at which an article is visited again, rising; empty: never."""

    max_visits: int
    """How many articles one crawl visits again."""

    gone_after: timedelta
    """How far apart two sightings must be to make a removed article gone."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """SettingError where one of the settings makes no sense."""
        max_visits = str(settings["RECHECK_MAX"]).strip()
        if not re.fullmatch("[0-9]{1,5}", max_visits) or int(max_visits) > MOST_VISITS:
            raise SettingError(f"RECHECK_MAX={max_visits}: write a whole number up to {MOST_VISITS}, for example 100")
        gone_after = parse_duration(str(settings["GONE_AFTER"]))
        if gone_after is None:
            raise SettingError(f"GONE_AFTER={settings['GONE_AFTER']}: write one time above 0, for example 1d or 12h")
        return cls(after=_ages(settings.getlist("RECHECK_AFTER")), max_visits=int(max_visits), gone_after=gone_after)

    def next_visit(self, dated_at: datetime, visited_at: datetime) -> datetime | None:
        """When an article that was visited at `visited_at` is due again; None: never. Missed steps are left out.

        Example: after 1h, 6h, 1d, an article that is first visited at an age of 8 hours is due again at one day.
        """
        return next((dated_at + age for age in self.after if dated_at + age > visited_at), None)


def _ages(parts: Sequence[object]) -> tuple[timedelta, ...]:
    spans = [parse_duration(str(part)) for part in parts]
    ages = tuple(span for span in spans if span)
    if len(ages) < len(spans) or any(first >= second for first, second in pairwise(ages)):
        written = ",".join(map(str, parts))
        raise SettingError(f"RECHECK_AFTER={written}: write ages that rise, such as 1h, 6h, 1d, or nothing for never")
    return ages
