"""How articles are visited again: the settings RECHECK_AFTER, RECHECK_MAX and GONE_AFTER, read and checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Self

from scrapy.settings import BaseSettings

from asiatongsin.durations import span
from asiatongsin.errors import SettingError

MOST = 10_000
"""So many visits take hours, politely."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rechecks:
    """When an article is visited again, how many in one crawl, and when one that is not there is gone."""

    after: tuple[timedelta, ...]
    """Ages at which an article is visited again, rising; empty: never."""

    most: int
    """How many one crawl visits."""

    gone_after: timedelta
    """How far apart two sightings must be to make a removed article gone."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """SettingError says which of the settings cannot be meant."""
        most = str(settings["RECHECK_MAX"]).strip()
        if not re.fullmatch("[0-9]{1,5}", most) or int(most) > MOST:
            raise SettingError(f"RECHECK_MAX={most}: write a whole number up to {MOST}, for example 100")
        gone_after = span(str(settings["GONE_AFTER"]))
        if gone_after is None:
            raise SettingError(f"GONE_AFTER={settings['GONE_AFTER']}: write one time above 0, for example 1d or 12h")
        return cls(after=_ladder(settings.getlist("RECHECK_AFTER")), most=int(most), gone_after=gone_after)

    def next_visit(self, dated_at: datetime, visited_at: datetime) -> datetime | None:
        """When an article of that age, visited then, is due again: steps that were missed are not made up for."""
        return next((dated_at + age for age in self.after if dated_at + age > visited_at), None)


def _ladder(parts: Sequence[object]) -> tuple[timedelta, ...]:
    spans = [span(str(part)) for part in parts]
    ages = tuple(span for span in spans if span)
    if len(ages) < len(spans) or any(first >= second for first, second in pairwise(ages)):
        written = ",".join(map(str, parts))
        raise SettingError(f"RECHECK_AFTER={written}: write ages that rise, such as 1h, 6h, 1d, or nothing for never")
    return ages
