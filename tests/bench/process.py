"""A whole process, measured from outside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event, Thread
from time import monotonic

from tests.conftest import ROOT

LOOK_EVERY = 0.02
"""Seconds between two looks at the memory of a process."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """A process that came to its end."""

    began: float
    """When it was started, by the clock `time.monotonic`, which all processes share."""

    ended: float
    """When it was gone."""

    cpu: float
    """Seconds of the CPU, its own and its children's."""

    megabytes: float
    """The most memory it had."""

    output: str
    """Standard output."""

    log: str
    """Standard error."""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.began


class CommandFailed(Exception):
    """A command that is to be measured did not do what it should; the message holds its log."""


def measured(command: Sequence[str], environment: Mapping[str, str], *, statuses: Sequence[int] = (0,)) -> Measured:
    """Runs the command in the root of the project. CommandFailed where it ends with another status."""
    with TemporaryFile() as output, TemporaryFile() as log:
        began = monotonic()
        process = subprocess.Popen(command, cwd=ROOT, env=clean() | dict(environment), stdout=output, stderr=log)
        with _Memory(process.pid) as memory:
            _, status, used = os.wait4(process.pid, 0)
            ended = monotonic()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        log.seek(0)
        said, told = output.read().decode(), log.read().decode()
    if process.returncode not in statuses:
        raise CommandFailed(f"{' '.join(command)[:200]} ended with {process.returncode}:\n{told[-2000:]}")
    cpu = used.ru_utime + used.ru_stime
    return Measured(began=began, ended=ended, cpu=cpu, megabytes=memory.megabytes, output=said, log=told)


def scrapy(*arguments: str) -> list[str]:
    """A command of the project."""
    return [sys.executable, "-m", "scrapy", *arguments]


def clean() -> dict[str, str]:
    """The environment without anything that sets our settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASIATONGSIN_", "SCRAPY_"))}
    kept.pop("DATABASE_URL", None)
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # else each start compiles our modules anew, and none of a bare spider
    return kept


class _Memory:
    """The most memory a process has had so far, looked at until the end of the block.

    Not what wait4 tells at the end: a process is born with the peak of the one that started it.
    """

    def __init__(self, pid: int) -> None:
        self.megabytes = 0.0
        self._status = Path(f"/proc/{pid}/status")
        self._ended = Event()
        self._thread = Thread(target=self._follow)

    def __enter__(self) -> _Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._ended.wait(LOOK_EVERY):
            with suppress(OSError):
                if found := re.search(r"VmHWM:\s+(\d+) kB", self._status.read_text()):
                    self.megabytes = max(self.megabytes, int(found[1]) / 1024)
