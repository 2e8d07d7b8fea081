"""What the spider asks whoever knows the stored articles; the setting KNOWN_ARTICLES names the class that answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from asiatongsin.capture import Stored


@dataclass(frozen=True, slots=True)
class DoubtfulPart:
    """A part of a list in which articles may be missing although newer ones are stored."""

    since: datetime
    """Published then or later …"""

    above: int
    """… or with a higher number than this."""

    def covers(self, no: int, published_at: datetime | None) -> bool:
        """Whether something may be missing next to this article."""
        return no > self.above or published_at is None or published_at >= self.since


class Known(Protocol):
    """Who says which articles need no download."""

    async def need_no_download(self, site: str, numbers: Sequence[int]) -> set[int] | None:
        """Those of `numbers` that need no download; None where nobody can say."""

    async def to_retry(self, site: str) -> list[int]:
        """Articles that earlier crawls did not get and that are worth another try."""

    async def stored(self, site: str, numbers: Sequence[int]) -> list[Stored]:
        """What is known of those of `numbers` that are stored."""

    async def rechecks(self, site: str, most: int) -> list[Stored]:
        """Stored articles that are due to be visited again, at most so many, those due longest first."""

    async def controls(self, site: str, near: int) -> list[Stored]:
        """Stored articles that were there when they were asked for last: next to a number, and the newest."""

    async def doubtful_part(self, site: str, section: int) -> DoubtfulPart | None:
        """The part of a list in which articles may be missing; None where none is."""
