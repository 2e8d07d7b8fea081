"""Parts of WARC files, which processes read each by itself, and what is read of them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from asiatongsin.items import PageItems
from pipelines.archive.whereabouts import Whereabouts
from pipelines.reparse.captured import Unresolved, Wanted

ENOUGH_PAGES = 1000
"""Pages that are handed on at once."""

ENOUGH_CHARACTERS = 2_000_000
"""Characters of articles above which no more pages are handed on at once."""

END = sys.maxsize
"""A place behind all records of a file."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be read, and how."""

    settings: Mapping[str, Any]
    """Values of Scrapy's settings."""

    wanted: Wanted
    """Which captures."""

    where: Whereabouts
    """Where the files are."""

    clocks_ahead: Mapping[str, timedelta]
    """As in `Known`."""

    largest: int
    """Bytes of the largest page that is read."""

    stored_sites: frozenset[str]
    """Sites of which a process may leave out pages that are stored as they are read."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Part of a file."""

    file: Path
    """The file."""

    start: int
    """Byte at which it begins."""

    end: int = END
    """Byte at which it ends; a record that began before it belongs to it as a whole."""

    is_guessed: bool = False
    """No record begins at `start`, but for chance: the first behind it is looked for."""

    bases: Mapping[str, str] = field(default_factory=dict)
    """As in `Known`, so far."""


@dataclass(frozen=True, kw_only=True)
class Reread:
    """A page that was read again."""

    items: PageItems
    """What it holds."""

    offset: int
    """Byte at which its record begins."""

    body: str = ""
    """SHA-256 of the page, where the record is not of our archive."""


@dataclass(kw_only=True)
class Chunk:
    """What some consecutive records of a file hold."""

    start: int
    """Byte at which the first of them begins."""

    end: int = END
    """Byte at which the record behind them begins."""

    is_within: bool = False
    """The record behind them is packed together with the last of them, and cannot be read without it."""

    pages: list[Reread] = field(default_factory=list)
    """The pages, in order."""

    put_off: list[Unresolved] = field(default_factory=list)
    """Pages whose body is in another record."""

    damage: list[tuple[int, str]] = field(default_factory=list)
    """Places that cannot be read, and why."""

    bases: dict[str, str] = field(default_factory=dict)
    """Addresses of sites that were not known when the part was given out."""

    same: int = 0
    """Pages that are left out here, since they are stored as they are read."""

    last: int = 0
    """Byte at which the record of the last page begins."""

    @property
    def is_enough(self) -> bool:
        """Whether so much is to be handed on before more is read."""
        return len(self.pages) >= ENOUGH_PAGES or characters(page.items for page in self.pages) >= ENOUGH_CHARACTERS

    def add(self, following: Chunk) -> None:
        """Adds what the records behind these hold."""
        self.end, self.is_within, self.last = following.end, following.is_within, following.last
        self.pages += following.pages
        self.put_off += following.put_off
        self.damage += following.damage
        self.bases |= following.bases


def characters(pages: Iterable[PageItems]) -> int:
    """Characters of the articles on these pages."""
    return sum(len(text) for page in pages if page.article for text in page.article.body)
