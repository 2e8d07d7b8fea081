"""What the spider asks about articles of earlier crawls. The setting KNOWN_ARTICLES names the class that answers."""

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
    """Articles may be missing among those published at this time or later …"""

    above_no: int
    """… and among those with a higher number than this."""

    def includes(self, no: int, published_at: datetime | None) -> bool:
        """Whether articles may be missing next to this one. An article without a known time always counts."""
        return no > self.above_no or published_at is None or published_at >= self.since


class Known(Protocol):
    """Answers the spider's questions about articles of earlier crawls."""

    async def need_no_download(self, site: str, numbers: Sequence[int]) -> set[int] | None:
        """Those of `numbers` that need no download; None where no database answers."""

    async def waiting(self, site: str, numbers: Sequence[int]) -> set[int]:
        """Those of `numbers` that need no download since earlier crawls left their pages in the spool."""

    async def to_retry(self, site: str) -> list[int]:
        """Articles that earlier crawls did not get and that are worth another try."""

    async def stored(self, site: str, numbers: Sequence[int]) -> list[Stored]:
        """What is known of the stored articles among `numbers`."""

    async def rechecks(self, site: str, limit: int) -> list[Stored]:
        """At most `limit` stored articles that are due to be visited again, the longest due first."""

    async def controls(self, site: str, near: int) -> list[Stored]:
        """Stored articles that were there at their last visit: those next to the number `near`, and the newest."""

    async def doubtful_part(self, site: str, section: int) -> DoubtfulPart | None:
        """The part of a list in which articles may be missing; None where no article is."""
