"""Finds out which sites are on this CMS: other software has article addresses of the same form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from asiatongsin.items import PageItems

MOST_HELD_PAGES = 1000
"""How many pages of a site wait, at most, until an article of the site is read."""


class Sites:
    """Holds back pages without an article until an article of their site was read: then the site is on this CMS."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = set(known)
        self._held: dict[str, list[PageItems]] = {}
        self._passed_over: Counter[str] = Counter()

    def known_of(self, batch: Iterable[PageItems]) -> list[PageItems]:
        """The pages of known sites, with pages that were held back until their site became known."""
        known: list[PageItems] = []
        for items in batch:
            if items.article:
                self._known.add(items.site)
                known += self._held.pop(items.site, [])
            if items.archived or items.site in self._known:
                known.append(items)
            elif len(held := self._held.setdefault(items.site, [])) < MOST_HELD_PAGES:
                held.append(items)
            else:
                self._passed_over[items.site] += 1
        return known

    @property
    def has_held(self) -> bool:
        """Whether pages are held back."""
        return bool(self._held)

    def late(self) -> set[str]:
        """Sites that became known only after more than MOST_HELD_PAGES pages: their pages must be read once more."""
        return {site for site in self._passed_over if site in self._known}

    @property
    def strangers(self) -> int:
        """Pages of sites of which no article was read."""
        passed_over = sum(count for site, count in self._passed_over.items() if site not in self._known)
        return passed_over + sum(map(len, self._held.values()))
