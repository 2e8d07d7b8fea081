"""The sites that were added, as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import compress

from asiatongsin.durations import in_words
from asiatongsin.korean import KST
from pipelines.queries.fleet import AddedSite
from pipelines.terminal.text_table import text_table

HEAD = ("site", "schedule", "next (KST)", "state", "last crawl (KST)", "group", "own settings", "note")

BY_HAND = "by hand"


def text(sites: Sequence[AddedSite], now: datetime) -> str:
    """A table with a line per site, and what it means as a whole. A column that is empty for all is left out."""
    rows = [(one.site, *_about(one, now)) for one in sites]
    used = [any(column) for column in zip(*rows, strict=True)]
    head, *rows = [tuple(compress(row, used)) for row in (HEAD, *rows)]
    late = sum(one.is_late for one in sites)
    of_them = f", {late} late: see whether `asiatongsin fleet worker` runs" if late else ""
    return f"{text_table(head, rows)}\n\n{len(sites)} site{'s' * (len(sites) != 1)}{of_them}"


def _about(one: AddedSite, now: datetime) -> tuple[str, ...]:
    schedule = one.schedule or BY_HAND
    is_elsewhere = one.schedule and not one.schedule.startswith("every ") and one.time_zone != str(KST)
    own = [f"{name}={value}" for name, value in {**one.arguments, **one.settings}.items()]
    return (
        f"{schedule} ({one.time_zone})" if is_elsewhere else schedule,
        _minute(one.next_at),
        state(one, now),
        " ".join(filter(None, [_minute(one.crawled_at), one.outcome])),
        one.politeness_group or "",
        " ".join(own),
        one.note or "",
    )


def state(one: AddedSite, now: datetime) -> str:
    """`late 40 min`, `crawled by m1 for 3 min`, `paused`, `retired`, or nothing where all is well."""
    if one.retired_at:
        return "retired"
    if one.machine:
        return f"crawled by {one.machine} for {in_words(now - (one.begun_at or now))}"
    if one.paused_at:
        return "paused"
    if one.is_late and one.next_at:
        return f"late {in_words(now - one.next_at)}"
    if one.next_at and one.next_at <= now:
        return "due"
    return "given up until then" if one.failed_at else ""


def _minute(at: datetime | None) -> str:
    return f"{at.astimezone(KST):%m-%d %H:%M}" if at else ""
