"""The state of a fleet as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from tqdm import tqdm

from asiatongsin.durations import in_words
from asiatongsin.printable import printable
from pipelines.queries.machines import Fleet, MachineRow, TroubledRow
from pipelines.terminal import reparse_runs
from pipelines.terminal.text_table import titled_table

MACHINES = ("machine", "state", "heard of", "version", "running", "slots", "spool", "refused", "unsent files")


def text(fleet: Fleet, reasons: Sequence[str], at: datetime) -> str:
    """The whole screen; what needs a person stands last, where it is seen first."""
    return "\n\n".join([one_line(fleet), *_tables(fleet, at), needs(reasons)])


def one_line(fleet: Fleet) -> str:
    """The fleet in one line."""
    silent = sum(machine.is_silent for machine in fleet.machines)
    working = sum(not (machine.is_silent or machine.stopped_at) for machine in fleet.machines)
    given_up = sum(site.failed_at is not None for site in fleet.troubled)
    counts = {"paused": fleet.paused, "running": len(fleet.running), "late": len(fleet.late), "given up": given_up}
    named = "".join(f", {number} {name}" for name, number in counts.items() if number)
    machines = f"{_counted(working, 'machine')} at work{f', {silent} silent' if silent else ''}"
    return f"{_counted(fleet.sites, 'site')}{named}; {machines}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def needs(reasons: Sequence[str]) -> str:
    """What needs a person, or that nothing does."""
    if not reasons:
        return "Nothing needs a person."
    return "\n".join(["Needs a person:", *(f"  - {printable(reason)}" for reason in reasons)])


def _tables(fleet: Fleet, at: datetime) -> Iterator[str]:
    yield titled_table("Machines", MACHINES, [_machine(machine, at) for machine in fleet.machines])
    running = [(one.site, one.what, one.machine, _for(at - one.begun_at)) for one in fleet.running]
    yield titled_table("Running now", ("site", "what", "machine", "for"), running)
    if fleet.late:
        late = [(one.site, _for(at - one.since)) for one in fleet.late]
        yield titled_table("Late", ("site", "due for"), late)
    if fleet.troubled:
        heads = ("site", "killed", "state", "next in")
        yield titled_table("Retried or given up", heads, [_troubled(site, at) for site in fleet.troubled])
    if fleet.reparses:
        yield f"Re-parses\n{reparse_runs.text(fleet.reparses, fleet.shards)}"


def _machine(machine: MachineRow, at: datetime) -> Sequence[Any]:
    unsent = ""
    if machine.unsent_files:
        unsent = f"{machine.unsent_files} ({tqdm.format_sizeof(machine.unsent_bytes, 'B')})"
    heard = f"{_for(at - machine.seen_at)} ago"
    figures = (machine.version, machine.running, machine.slots, machine.spool_pages, machine.refused, unsent)
    return machine.machine, _state(machine), heard, *figures


def _for(duration: timedelta) -> str:
    """`12 s`, or longer times as everywhere."""
    seconds = max(0.0, duration.total_seconds())
    return f"{seconds:.0f} s" if seconds < 120 else in_words(duration)


def _state(machine: MachineRow) -> str:
    if machine.stopped_at:
        return "ended"
    if machine.is_silent:
        return "silent"
    return "is to end" if machine.stop_asked_at else "works"


def _troubled(site: TroubledRow, at: datetime) -> Sequence[Any]:
    state = "given up" if site.failed_at else "tried again" if site.attempts else "did not begin"
    return site.site, site.attempts, state, _for(site.next_at - at) if site.next_at else ""
