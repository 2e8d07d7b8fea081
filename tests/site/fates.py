"""What becomes of articles: whole, removed in one of the forms of SITE.md section 6, or broken."""

from __future__ import annotations

from typing import Literal, get_args

RemovedForm = Literal["404", "410", "alert", "redirect", "location", "meta", "empty"]
REMOVED_FORMS: tuple[RemovedForm, ...] = get_args(RemovedForm)

WHOLE: Literal["whole"] = "whole"
BROKEN: Literal["broken"] = "broken"
Fate = RemovedForm | Literal["whole", "broken"]


class Fates:
    """Fates given one by one, and those that every so many numbers share."""

    def __init__(self, numbers: range, removed_every: int, unreadable_every: int) -> None:
        """Only `numbers` meet a shared fate: an article's fate never changes because newer ones appear."""
        self._numbers = numbers
        self._removed_every = removed_every
        self._unreadable_every = unreadable_every
        self._given: dict[int, Fate] = {}

    def of(self, no: int) -> Fate:
        """The fate of one article; removed wins where both kinds fall on it."""
        if no in self._given:
            return self._given[no]
        if no not in self._numbers:
            return WHOLE
        count = no - self._numbers.start + 1
        if self._removed_every and count % self._removed_every == 0:
            return REMOVED_FORMS[(count // self._removed_every - 1) % len(REMOVED_FORMS)]
        if self._unreadable_every and count % self._unreadable_every == 0:
            return BROKEN
        return WHOLE

    def give(self, no: int, fate: Fate) -> None:
        """From now on, whatever was its fate before."""
        self._given[no] = fate
