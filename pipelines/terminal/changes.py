"""Changes as people read them: when, what, of which article, and how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from asiatongsin.korean import KST
from asiatongsin.printable import printable
from pipelines.queries.changes import Change, Kind

SHORT = {Kind.NEW: "new", Kind.EDITED: "edited", Kind.GONE: "taken down", Kind.BACK: "back", Kind.REPLACED: "replaced"}
"""What happened, in a word or two."""

_NAMES = {"subheadline": "sub-headline", "modified_at": "time of 수정"}


def text(changes: Sequence[Change]) -> str:
    """All changes, each with its headline and its details below it."""
    return "\n".join(_row(change) for change in changes)


def counts(changes: Sequence[Change]) -> str:
    """`3 new, 1 edited`; kinds that did not happen are left out."""
    found = Counter(change.kind for change in changes)
    return ", ".join(f"{found[kind]:,} {SHORT[kind]}" for kind in Kind if found[kind]) or "nothing"


def details(change: Change) -> str:
    """What is known beyond kind, time and headline, in one sentence; empty where that is nothing."""
    return "; ".join(
        {Kind.EDITED: _of_edit, Kind.GONE: _of_removal, Kind.REPLACED: _of_number}.get(change.kind, _none)(change)
    )


def minute(at: datetime) -> str:
    """Korean time."""
    return f"{at.astimezone(KST):%Y-%m-%d %H:%M}"


def _row(change: Change) -> str:
    names = [printable(name) for name in (change.site, change.section or "-")]
    head = "  ".join([minute(change.at), f"{SHORT[change.kind]:10}", *names, str(change.no)])
    below = [f"    {printable(told)}"] if (told := details(change)) else []
    return "\n".join([head, f"  {printable(change.headline)}", *below])


def _of_edit(change: Change) -> Iterator[str]:
    parts = ", ".join(_NAMES.get(part, part) for part in change.parts)
    size = f"{change.added:,} characters added, {change.removed:,} removed"
    yield f"{parts}: {size if change.added or change.removed else 'only white space'}"
    if change.headline_before:
        yield f"the headline was: {change.headline_before}"
    if "modified_at" in change.parts and change.modified_at:
        yield f"수정 {minute(change.modified_at)}"


def _of_removal(change: Change) -> Iterator[str]:
    if change.after:
        yield f"it was still there on {minute(change.after)}"
    if change.before == change.at:
        yield "when it was found removed is not kept, only that it is back"
    elif change.before:
        yield f"found removed first on {minute(change.before)}"


def _of_number(change: Change) -> Iterator[str]:
    if change.now:
        yield f"its number is now that of: {change.now}"


def _none(change: Change) -> Iterator[str]:
    yield from ()
