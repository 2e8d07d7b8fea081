"""What about a fleet needs a person, in sentences that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from asiatongsin.durations import in_words
from pipelines.queries.machines import CANNOT_BEGIN, Fleet, MachineRow

UNSENT_FOR = timedelta(days=1)
"""Archive files that wait longer for the store need a person: they are on one disk alone."""

LATE_FOR = timedelta(minutes=15)
"""Sites that are late for longer need a person, also where workers run: a full fleet catches up meanwhile."""

NAMED = 3
"""So many late sites are named, and the others counted."""


def reasons_of_fleet(fleet: Fleet, at: datetime) -> Iterator[str]:
    """All sentences; none where no person is needed."""
    for machine in fleet.machines:
        yield from (f"machine {machine.machine}: {reason}" for reason in _of_machine(machine, at))
    yield from _late(fleet, at)
    for site in fleet.troubled:
        if site.failed_at:
            yield (
                f"{site.site}: {site.attempts} crawls were killed since one ended by itself, and the schedule waits for"
                " its next time. Read in the log of the machine why, for example whether memory ran out"
            )
        elif site.status in CANNOT_BEGIN:
            yield f"{site.site}: its last crawl did not begin: `asiatongsin crawl -a site={site.site}` says why"
    for run in fleet.reparses:
        if run.failed:
            yield (
                f"re-parse {run.run}: {run.failed} of {run.shards} parts failed: `asiatongsin fleet status` says why."
                " Once that is mended, `asiatongsin reparse --fleet` reads them again"
            )
        elif not (run.finished_at or _works(fleet)):
            yield f"re-parse {run.run} waits: no worker runs: start one on any machine"
        elif run.only_on and not run.running and at - run.asked_at > LATE_FOR:
            where = ", ".join(run.only_on)
            yield f"re-parse {run.run}: some files are on the disk of {where} alone: start the worker there"


def _of_machine(machine: MachineRow, at: datetime) -> Iterator[str]:
    if machine.is_silent:
        silent = in_words(at - machine.seen_at)
        yield f"not heard of for {silent}: start its worker again, or run `asiatongsin fleet stop {machine.machine}`"
    is_away = machine.is_silent or machine.stopped_at
    if machine.spool_pages and is_away:
        yield f"{machine.spool_pages} pages wait in its spool: start its worker, or run `asiatongsin drain` there"
    if machine.refused:
        yield f"{machine.refused} files with what the database refused are in its data folder, in refused"
    if machine.unsent_since and (is_away or at - machine.unsent_since > UNSENT_FOR):
        since = in_words(at - machine.unsent_since)
        yield (
            f"{machine.unsent_files} archive files wait for the store, the oldest for {since}:"
            " run `asiatongsin archive push` there, which says what is wrong"
        )


def _late(fleet: Fleet, at: datetime) -> Iterator[str]:
    works = _works(fleet)
    late = [one for one in fleet.late if at - one.since > LATE_FOR or not works]
    if not late:
        return
    named = ", ".join(f"{one.site} for {in_words(at - one.since)}" for one in late[:NAMED])
    others = f" and {len(late) - NAMED} more" if len(late) > NAMED else ""
    todo = "start more workers, or give them more slots" if works else "no worker runs: start one on any machine"
    yield f"late: {named}{others}: {todo}"


def _works(fleet: Fleet) -> bool:
    """Whether a worker runs anywhere."""
    return any(not (one.is_silent or one.stopped_at) for one in fleet.machines)
