"""All processes of a session, measured from outside: a worker of the fleet and the crawls it runs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")

_PRIVATE = re.compile(r"^Private_\w+:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """A process as /proc shows it."""

    pid: int
    """Its number."""

    name: str
    """Its command, as the system calls it."""

    parent: int
    """The number of its parent."""

    cpu: float
    """Seconds of the CPU so far, with those of children that ended and were waited for."""

    @property
    def private_megabytes(self) -> float:
        """Memory that it shares with nobody; 0 where it has just ended."""
        with suppress(OSError):
            pages = _PRIVATE.findall(Path(f"/proc/{self.pid}/smaps_rollup").read_text())
            return sum(map(int, pages)) / 1024
        return 0.0


def processes(session: int) -> Iterator[Process]:
    """Those of a session that run now."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        with suppress(OSError):
            before, _, rest = (folder / "stat").read_text().rpartition(")")
            fields = rest.split()
            if int(fields[3]) == session:
                yield Process(
                    pid=int(folder.name),
                    name=before.partition("(")[2],
                    parent=int(fields[1]),
                    cpu=sum(map(int, fields[11:15])) / TICKS,
                )


def cpu(session: int) -> float:
    """Seconds of the CPU that the session has used, with processes that ended."""
    return sum(process.cpu for process in processes(session))
