"""Ends what a run of the tests leaves behind, PostgreSQL servers above all, even where the run was killed.

It waits for the end of the process it is given. The run has a folder, and the folder's name stands in a variable
that all processes of the run inherit.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

VARIABLE = "TEST_RUN"
PATIENCE = 5.0
"""Seconds that a server has to stop, which takes it milliseconds."""


def folder() -> Path:
    """What belongs to the run and to no single process of it."""
    return Path(os.environ[VARIABLE])


def left(run: str) -> list[int]:
    """Processes of the run, other than this one."""
    mark = f"{VARIABLE}={run}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or is somebody else's
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return [pid for pid in found if pid != os.getpid()]


def end(pids: list[int]) -> None:
    """Servers at once but in order: one that is killed leaves shared memory behind."""
    for pid in pids:
        with suppress(ProcessLookupError):
            is_server = Path(f"/proc/{pid}/comm").read_text().startswith("postgres")
            os.kill(pid, signal.SIGQUIT if is_server else signal.SIGKILL)


def main(pid: int, run: str) -> None:
    with suppress(ProcessLookupError):  # it has ended already
        select.select([os.pidfd_open(pid)], [], [])
    end(left(run))
    for stopping in left(run):
        with suppress(ProcessLookupError):
            select.select([os.pidfd_open(stopping)], [], [], PATIENCE)
    for stuck in left(run):
        with suppress(ProcessLookupError):
            os.kill(stuck, signal.SIGKILL)
    shutil.rmtree(run, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
