"""Changes in words, as a table and as entries of a feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from typing import TypeAlias

from asiatongsin.korean import KST
from pipelines.datasets.atom import Entry, Feed, atom
from pipelines.datasets.csv_table import csv_pieces
from pipelines.datasets.run import RIGHTS
from pipelines.queries.changes import Change, Kind

SHORT = {Kind.NEW: "new", Kind.EDITED: "edited", Kind.GONE: "taken down", Kind.BACK: "back", Kind.REPLACED: "replaced"}
"""What happened, in a word or two."""

FEED = "urn:asiatongsin:changes"
"""Identity of the feed."""

PARTS = {"subheadline": "sub-headline", "modified_at": "time of 수정"}
"""What the parts of an article are called, where that is not the name of the column."""


Say: TypeAlias = Callable[..., str]
"""Says an English text, whose holes the further values fill, in some language."""


def in_english(text: str, *values: object) -> str:
    """Says it as it is."""
    return text.format(*values) if values else text


def counts(found: Iterable[Change]) -> str:
    """`3 new, 1 edited`; kinds that did not happen are left out."""
    number = Counter(change.kind for change in found)
    return ", ".join(f"{number[kind]:,} {SHORT[kind]}" for kind in Kind if number[kind]) or "nothing"


def details(change: Change, say: Say = in_english) -> str:
    """What is known beyond kind, time and headline, in one sentence; empty where that is nothing."""
    known = {Kind.EDITED: _of_edit, Kind.GONE: _of_removal, Kind.REPLACED: _of_number}.get(change.kind)
    return "; ".join(known(change, say)) if known else ""


def minute(at: datetime) -> str:
    """Korean time."""
    return f"{at.astimezone(KST):%Y-%m-%d %H:%M}"


def as_csv(found: Iterable[Change]) -> Iterator[str]:
    """A line per change, with the columns of `Change`, piece by piece."""
    names = [field.name for field in fields(Change)]
    rows = ([getattr(change, name) for name in names] for change in found)
    lines = ([", ".join(v) if isinstance(v, tuple) else v for v in row] for row in rows)
    yield from csv_pieces(names, lines)


def feed_of_all(updated: datetime) -> Feed:
    """What stands above the changes that the command writes."""
    return Feed(id=FEED, title="asiatongsin changes", updated=updated, author="asiatongsin", rights=RIGHTS)


def as_atom(found: Iterable[Change], feed: Feed, say: Say = in_english) -> Iterator[str]:
    """The changes as a feed, piece by piece."""
    yield from atom(feed, (entry(change, say) for change in found))


def entry(change: Change, say: Say = in_english) -> Entry:
    """A change as feed readers show it."""
    return Entry(
        id=f"{change.url}#{change.kind}-{change.at.astimezone(KST).isoformat()}",
        title=f"{say(SHORT[change.kind])}: {change.headline}",
        updated=change.at,
        url=change.url,
        summary=details(change, say),
    )


def _of_edit(change: Change, say: Say) -> Iterator[str]:
    parts = ", ".join(say(PARTS.get(part, part)) for part in change.parts)
    if change.added or change.removed:
        yield say("{}: {} characters added, {} removed", parts, f"{change.added:,}", f"{change.removed:,}")
    else:
        yield say("{}: only white space", parts)
    if change.headline_before:
        yield say("the headline was: {}", change.headline_before)
    if "modified_at" in change.parts and change.modified_at:
        yield f"수정 {minute(change.modified_at)}"


def _of_removal(change: Change, say: Say) -> Iterator[str]:
    if change.after:
        yield say("it was still there on {}", minute(change.after))
    if change.before == change.at:
        yield say("when it was found removed is not kept, only that it is back")
    elif change.before:
        yield say("found removed first on {}", minute(change.before))


def _of_number(change: Change, say: Say) -> Iterator[str]:
    if change.now:
        yield say("its number is now that of: {}", change.now)
