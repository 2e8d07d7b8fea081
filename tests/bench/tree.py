"""A process and all that it has started, measured from outside: a worker of the fleet and the crawls it runs."""

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


def tree(root: int) -> list[Process]:
    """A process and its descendants that run now."""
    found = {process.pid: process for process in _all()}
    inside: list[Process] = []
    todo = [root]
    while todo:
        pid = todo.pop()
        inside += [found[pid]] if pid in found else []
        todo += [process.pid for process in found.values() if process.parent == pid]
    return inside


def cpu(root: int) -> float:
    """Seconds of the CPU that a process and its descendants have used, with those that ended."""
    return sum(process.cpu for process in tree(root))


def _all() -> Iterator[Process]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        with suppress(OSError):
            before, _, rest = (folder / "stat").read_text().rpartition(")")
            fields = rest.split()
            name = before.partition("(")[2]
            used = sum(map(int, fields[11:15])) / TICKS
            yield Process(pid=int(folder.name), name=name, parent=int(fields[1]), cpu=used)
