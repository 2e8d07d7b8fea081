"""Changes as people read them: when, what, of which article, and how much."""

from __future__ import annotations

from collections.abc import Sequence

from asiatongsin.printable import printable
from pipelines.datasets.changes import SHORT, details, minute
from pipelines.queries.changes import Change


def text(changes: Sequence[Change]) -> str:
    """All changes, each with its headline and its details below it."""
    return "\n".join(_row(change) for change in changes)


def _row(change: Change) -> str:
    names = [printable(name) for name in (change.site, change.section or "-")]
    head = "  ".join([minute(change.at), f"{SHORT[change.kind]:10}", *names, str(change.no)])
    below = [f"    {printable(told)}"] if (told := details(change)) else []
    return "\n".join([head, f"  {printable(change.headline)}", *below])
