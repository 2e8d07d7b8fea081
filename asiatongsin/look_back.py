"""When and how far the walk of a list goes on where all is known: articles may have appeared there late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Self
from zlib import crc32

from scrapy.settings import BaseSettings

from asiatongsin.durations import parse_duration
from asiatongsin.errors import SettingError
from asiatongsin.known import WalkedList
from asiatongsin.list_walk import LookBack

DAY = timedelta(days=1)

SOONEST = DAY / 2
"""How long after one look the next one comes at the earliest."""


@dataclass(frozen=True, kw_only=True)
class LookBacks:
    """The settings LOOK_BACK_PAGES and LOOK_BACK_ALL_IN."""

    pages: int
    """First pages of each list that are walked once a day; 0: none."""

    all_in: timedelta
    """In this time all other pages are walked once, a part of them each day."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """SettingError where one of the settings makes no sense."""
        pages = str(settings["LOOK_BACK_PAGES"]).strip()
        if not (pages.isascii() and pages.isdecimal() and len(pages) <= 6):
            raise SettingError(f"LOOK_BACK_PAGES={pages}: write a whole number, for example 10, or 0 for never")
        all_in = parse_duration(str(settings["LOOK_BACK_ALL_IN"]))
        if all_in is None or all_in < DAY:
            raise SettingError(f"LOOK_BACK_ALL_IN={settings['LOOK_BACK_ALL_IN']}: write 1d or more, for example 30d")
        return cls(pages=int(pages), all_in=all_in)

    def due(self, site: str, earlier: WalkedList | None, now: datetime | None = None) -> LookBack | None:
        """How far the walk of this list should look back now; None where nothing is due.

        Example: of a list of 3,000 pages, the first 10 pages and 100 others are due each day.
        """
        if not self.pages:
            return None
        moment = now or datetime.now(UTC)
        if earlier is None:
            return LookBack(first_pages=self.pages, first=self.pages + 1, last=2 * self.pages)
        since = moment - earlier.looked_back_at
        # A time in the future is none that can be true.
        if timedelta() <= since and (since < SOONEST or _day(site, moment) == _day(site, earlier.looked_back_at)):
            return None
        share = min(abs(since) / self.all_in, 1.0)
        first = max(earlier.looked_back_to, self.pages + 1)  # the last page of the last look once more
        last = first + max(self.pages, ceil(share * earlier.pages))
        return LookBack(first_pages=self.pages, first=first, last=last)


def _day(site: str, moment: datetime) -> int:
    """A day that begins at another time for each site, so that not all of them are looked through at once."""
    begins = timedelta(seconds=crc32(site.encode()) % int(DAY.total_seconds()))
    return (moment - datetime(2000, 1, 1, tzinfo=UTC) - begins) // DAY
