"""Which pages are of sites on this CMS: other software has addresses like those of its articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from asiatongsin.items import PageItems

HELD = 1000
"""So many pages of a site wait until one of its articles was read."""


class Sites:
    """A page that is no article says nothing of its site; it counts once an article of that site was read."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = set(known)
        self._held: dict[str, list[PageItems]] = {}
        self._passed_over: Counter[str] = Counter()

    def known_of(self, batch: Iterable[PageItems]) -> list[PageItems]:
        """The pages of sites that are known, with those that waited for that."""
        known: list[PageItems] = []
        for items in batch:
            if items.article:
                self._known.add(items.site)
                known += self._held.pop(items.site, [])
            if items.archived or items.site in self._known:
                known.append(items)
            elif len(held := self._held.setdefault(items.site, [])) < HELD:
                held.append(items)
            else:
                self._passed_over[items.site] += 1
        return known

    @property
    def has_held(self) -> bool:
        """Whether pages wait."""
        return bool(self._held)

    def late(self) -> set[str]:
        """Sites that became known when too many of their pages had come before: they are to be read once more."""
        return {site for site in self._passed_over if site in self._known}

    @property
    def strangers(self) -> int:
        """Pages of sites of which no article was read."""
        passed_over = sum(count for site, count in self._passed_over.items() if site not in self._known)
        return passed_over + sum(map(len, self._held.values()))
