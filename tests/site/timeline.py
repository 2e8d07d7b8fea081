"""When each article was published: computed from its number, older than the clock of the site."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta

INTERVAL = timedelta(minutes=37)
MARGIN = timedelta(minutes=7)
REACH = timedelta(days=25 * 365)
"""A site of a million articles would reach back to the 1950s; they stand closer together instead."""


@dataclass(frozen=True, slots=True)
class _Batch:
    first: int
    last: int
    end: datetime
    interval: timedelta


class Timeline:
    """Publication times. Each call of `extend` adds numbers between the newest article and `now`."""

    def __init__(self, seed: int, numbers: range, now: datetime) -> None:
        self._seed = seed
        interval = min(INTERVAL, REACH / max(len(numbers), 1))
        self._batches = [_batch(numbers, now, interval)]

    def extend(self, numbers: range, now: datetime) -> None:
        """Newer articles; where `now` has not moved enough for 37 minutes each, they share the time there is."""
        room = max(now - self.published(numbers.start - 1), timedelta())
        self._batches.append(_batch(numbers, now, min(INTERVAL, room / (len(numbers) + 1))))

    def published(self, no: int) -> datetime:
        """The 등록 time of an article."""
        batch, share = self._place(no)
        return (batch.end - batch.interval * (batch.last - no + 0.4 * share)).replace(microsecond=0)

    def modified(self, no: int) -> datetime | None:
        """The 수정 time it got soon after it was published; None for those that were left alone."""
        batch, share = self._place(no)
        if int(share * 1000) % 2:
            return None
        return self.published(no) + timedelta(seconds=int(share * min(360, 0.8 * batch.interval.total_seconds())))

    def _place(self, no: int) -> tuple[_Batch, float]:
        place = bisect_right(self._batches, no, key=lambda batch: batch.first) - 1
        # Knuth's multiplicative hash: a list page asks for twenty times, a random source each would be slow.
        share = (no * 2_654_435_761 + self._seed * 40_503) % 2**32 / 2**32
        return self._batches[max(place, 0)], share


def _batch(numbers: range, now: datetime, interval: timedelta) -> _Batch:
    return _Batch(numbers.start, numbers.stop - 1, now - min(MARGIN, interval), interval)
