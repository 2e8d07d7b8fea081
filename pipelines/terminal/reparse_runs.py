"""How far re-parses of the fleet came, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from asiatongsin.korean import KST
from asiatongsin.printable import printable
from pipelines.queries.reparse_runs import ReparseRun, TroubledShard


def text(runs: Sequence[ReparseRun], troubled: Sequence[TroubledShard]) -> str:
    """A line for each run, and one for each part of which something must be said."""
    return "\n".join(printable(line) for run in runs for line in _lines(run, troubled))


def _lines(run: ReparseRun, troubled: Sequence[TroubledShard]) -> Iterator[str]:
    asked = f"{run.asked_at.astimezone(KST):%Y-%m-%d %H:%M}"
    parts = [f"{run.done} of {run.shards} parts done", f"{run.captures} captures read again, {run.differing} differed"]
    if run.finished_at:
        parts.append(f"ended {run.finished_at.astimezone(KST):%Y-%m-%d %H:%M}")
    counts = {"parts run now": run.running, "parts failed": run.failed, "attempts were killed or failed": run.killed}
    parts += [f"{number} {what}" for what, number in counts.items() if number]
    if run.only_on:
        parts.append(f"some can be read on {', '.join(run.only_on)} alone, whose disks have the files")
    yield f"re-parse {run.run}, asked for {asked}: {'; '.join(parts)}"
    for one in troubled:
        if one.run == run.run:
            again = "" if one.finished_at else ", tried again"
            yield f"  {one.site}, part {one.part}{again}: {one.sentence}"
