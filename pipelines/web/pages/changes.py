"""What was edited, taken down, back, replaced or new in a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from heapq import nlargest

from asiatongsin.addresses import without_addresses
from asiatongsin.errors import ArgumentError
from asiatongsin.korean import KST
from asiatongsin.plausible import FIRST_POSSIBLE
from pipelines.datasets.changes import as_atom, as_csv, details, minute
from pipelines.datasets.lines import Sink
from pipelines.queries.changes import Change, Kind, each, place, unseen
from pipelines.queries.compared import Piece, pieces
from pipelines.queries.names import check_names
from pipelines.queries.search.filters import Filters
from pipelines.web.asking import Choices, choices, feed, filters, typed
from pipelines.web.page import Asked, Page

MOST = 200
"""Changes that a page and a feed show."""

MOST_CHARACTERS = 10**6

FEED_LASTS = timedelta(days=7)
"""How far a feed looks back where nobody says: who reads it once a week misses nothing."""

USUALLY = tuple(kind for kind in Kind if kind is not Kind.NEW)
"""Kinds that are shown where nobody ticks any; new articles would hide the others, and have a page of their own."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A change as it is shown."""

    change: Change

    headline: list[Piece]
    """Of an edit with another headline: the two headlines as one, word by word; else empty."""

    told: str
    """What is known of it, in one sentence."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What happened in a time."""

    since: datetime
    until: datetime

    kinds: tuple[Kind, ...]
    """Those that were looked for."""

    counts: dict[Kind, int]
    """How many of each kind were found."""

    changes: list[Shown]
    """The newest ones."""

    is_cut: bool
    """More were found than are shown."""

    unseen: list[str]
    """Sites of which there was no crawl in that time, so that nothing is known of them."""

    typed: dict[str, str]
    """What stands in the form."""

    choices: Choices


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which changes are asked for."""

    since: datetime
    until: datetime
    filters: Filters
    only: tuple[Kind, ...]
    minimum: int

    headlines: bool
    """Only edits of which the headline was changed."""

    @classmethod
    def of(cls, asked: Asked, looks_back: timedelta = timedelta(0)) -> Wanted:
        """Reads the address; without a time from the beginning of the day that was `looks_back` ago. ArgumentError."""
        given = filters(asked, asked.query.text("q"))
        until = given.until or asked.now
        day = (max(min(asked.now, until), FIRST_POSSIBLE + looks_back) - looks_back).astimezone(KST).date()
        since = given.since or min(datetime.combine(day, time.min, tzinfo=KST), until)
        if since > until:
            raise ArgumentError(f"since={minute(since)} is still to come: nothing was found then yet")
        headlines = asked.query.switch("headlines")
        ticked = tuple(kind for kind in Kind if asked.query.switch(kind)) or USUALLY
        found = replace(given, since=None, until=None)
        check_names(asked.connection, found)
        return cls(
            since=since,
            until=until,
            filters=found,
            only=(Kind.EDITED,) if headlines else ticked,
            minimum=asked.query.number("minimum", 1, MOST_CHARACTERS),
            headlines=headlines,
        )

    def each(self, asked: Asked) -> Iterator[Change]:
        """What is found, in no order."""
        found = each(asked.connection, self.since, self.until, self.filters, self.only, self.minimum)
        return (change for change in found if change.headline_before or not self.headlines)


def read(asked: Asked) -> Changes:
    """Reads what happened. ArgumentError."""
    wanted = Wanted.of(asked)
    counts: Counter[Kind] = Counter()

    def counted() -> Iterator[Change]:
        for change in wanted.each(asked):
            counts[change.kind] += 1
            yield change

    newest = nlargest(MOST, counted(), key=place)
    return Changes(
        since=wanted.since,
        until=wanted.until,
        kinds=wanted.only,
        counts={kind: counts[kind] for kind in Kind if counts[kind]},
        changes=[_shown(change, asked) for change in newest],
        is_cut=counts.total() > len(newest),
        unseen=unseen(asked.connection, wanted.since, wanted.until, wanted.filters),
        typed=typed(asked),
        choices=choices(asked),
    )


def misread(asked: Asked) -> Changes:
    """The form alone, with what was typed."""
    return Changes(
        since=asked.now,
        until=asked.now,
        kinds=tuple(kind for kind in Kind if asked.query.text(kind)) or USUALLY,
        counts={},
        changes=[],
        is_cut=False,
        unseen=[],
        typed=typed(asked),
        choices=choices(asked),
    )


def write_csv(asked: Asked, file: Sink) -> None:
    """Writes all that happened."""
    found = sorted(Wanted.of(asked).each(asked), key=place, reverse=True)
    for piece in as_csv(found):
        file.write(piece.encode())


def write_feed(asked: Asked, file: Sink) -> None:
    """Writes the newest changes as a feed."""
    found = nlargest(MOST, Wanted.of(asked, FEED_LASTS).each(asked), key=place)
    updated = max((change.at for change in found), default=asked.now)
    for piece in as_atom(found, feed(asked, "asiatongsin changes", updated), asked.language.say):
        file.write(piece.encode())


def _shown(change: Change, asked: Asked) -> Shown:
    old, new = (without_addresses(text or "") for text in (change.headline_before, change.headline))
    return Shown(
        change=change,
        headline=list(pieces(old, new)) if old else [],
        told=details(replace(change, headline_before=None), asked.language.say),
    )


CHANGES = Page(
    path="/changes",
    title="Changes",
    template="changes.html",
    read=read,
    misread=misread,
    csv=write_csv,
    atom=write_feed,
)
