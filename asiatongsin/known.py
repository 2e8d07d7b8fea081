"""What the spider asks about articles of earlier crawls. The setting KNOWN_ARTICLES names the class that answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, Self

from asiatongsin.capture import Stored
from asiatongsin.cms import Teaser
from asiatongsin.list_walk import Ended, ListWalk

DROPPED = "dropped by a stage"
"""The reason of a page that a stage of the user dropped (Scrapy's DropItem) begins so. It is not asked for again."""


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


EVERYWHERE = DoubtfulPart(since=datetime(1, 1, 1, tzinfo=UTC), above_no=0)
"""Any part of a list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WalkedList:
    """What crawls found out about a list."""

    section: int
    """Number of the section, 0 for the list of all articles."""

    pages: int
    """How many pages it has, or at least had when its end was seen; where it was not, how many were walked."""

    is_end_seen: bool
    """Whether a walk has come to its end. A list without any article, as on a broken layout, shows none."""

    looked_back_at: datetime
    """When a walk last looked at pages whose articles were known, or came to the end, aware."""

    looked_back_to: int = 0
    """The page to which the last look went; 0 where it came to the end: the next one begins at the first pages."""

    @classmethod
    def of(cls, section: int, walk: ListWalk) -> Self:
        """What one walk found out, now."""
        return cls(
            section=section,
            pages=walk.pages,
            is_end_seen=walk.ended is Ended.END and walk.pages > 0,
            looked_back_at=datetime.now(UTC),
            looked_back_to=walk.looked_back_to,
        )

    @property
    def is_look(self) -> bool:
        """Whether the walk looked at more than the news."""
        return self.is_end_seen or self.looked_back_to > 0


class Known(Protocol):
    """Answers the spider's questions about articles of earlier crawls."""

    async def need_no_download(self, site: str, numbers: Sequence[int]) -> set[int] | None:
        """Those of `numbers` that need no download; None where no database answers."""

    async def waiting(self, site: str, numbers: Sequence[int]) -> set[int]:
        """Those of `numbers` that need no download since earlier crawls left their pages in the spool."""

    async def shown_as_another(self, site: str, teasers: Sequence[Teaser]) -> set[int]:
        """Those of stored articles that a list shows as other ones than are stored under their numbers."""

    async def to_retry(self, site: str) -> list[int]:
        """Articles that earlier crawls did not get and that are worth another try."""

    async def stored(self, site: str, numbers: Sequence[int]) -> list[Stored]:
        """What is known of the stored articles among `numbers`."""

    async def rechecks(self, site: str, limit: int) -> list[Stored]:
        """At most `limit` stored articles that are due to be visited again, the longest due first."""

    async def controls(self, site: str, near: int) -> list[Stored]:
        """Stored articles that were there at their last visit: those next to the number `near`, and the newest."""

    async def doubtful_part(self, site: str, section: int, since: datetime | None = None) -> DoubtfulPart | None:
        """The part of a list in which articles published `since` may be missing; None: any time.

        None where none is, EVERYWHERE where nobody knows.
        """

    async def walked_lists(self, site: str) -> list[WalkedList] | None:
        """What earlier crawls found out about the lists of a site; None where no database answers."""
