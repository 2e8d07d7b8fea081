"""Processes that run beside a test, and what it waits for."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from random import sample
from subprocess import PIPE
from time import monotonic, sleep
from typing import Any

from tests import warm_start
from tests.warm_start import ROOT


def _late() -> str:
    return "it did not happen in time"


@contextmanager
def process(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A Python process that has printed a line already; it is killed where it still runs at the end."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    with warm_start.Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as child:
        try:
            if not child.stdout or not child.stdout.readline():
                raise ChildProcessError(f"ended with {child.wait()} before it was ready")
            yield child
        finally:
            child.kill()


def run(code: str, *arguments: object, within: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """A Python process that has ended, in whatever way; `within` COLD where its imports or its memory are judged."""
    command = [*within, sys.executable, "-c", code, *map(str, arguments)]
    with warm_start.Popen(command, cwd=ROOT, stdout=PIPE, stderr=PIPE, text=True) as child:
        output, log = child.communicate(timeout=600)
    return subprocess.CompletedProcess(command, child.returncode, output, log)


def next_line(child: subprocess.Popen[str]) -> str:
    """What a process prints next on its standard output, which is a pipe."""
    if child.stdout is None:
        raise ValueError("its output is not a pipe")
    return child.stdout.readline()


def wait_until(happened: Callable[[], bool], otherwise: Callable[[], str] = _late, timeout: float = 600) -> None:
    """Returns when it has happened; TimeoutError with what `otherwise` says after `timeout` seconds."""
    end = monotonic() + timeout
    while not happened():
        if monotonic() > end:
            raise TimeoutError(otherwise())
        sleep(0.01)


def children(pid: int) -> list[int]:
    """The processes that a process has started and that have not ended; none where it has ended itself."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def workers(pid: int) -> list[int]:
    """The processes that read pages for `asiatongsin reparse`; one that it has started forks them."""
    return [worker for child in children(pid) for worker in children(child)]


def peak(child: subprocess.Popen[Any], otherwise: Callable[[], str] = _late, timeout: float = 600) -> float:
    """The most memory that a process has until it ends, in megabytes."""
    most = 0.0

    def has_ended() -> bool:
        nonlocal most
        most = max(most, _peak_so_far(child.pid))
        return child.poll() is not None

    wait_until(has_ended, otherwise, timeout)
    return most


def _peak_so_far(pid: int) -> float:
    # Not what wait4 tells at the end: a process is born with the peak of the one that started it.
    with suppress(FileNotFoundError, ProcessLookupError):
        if found := re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()):
            return int(found[1]) / 1024
    return 0.0  # it has ended


PORTS = range(20_000, 32_000)
"""Below those that connections are given, one of which would keep a server that was away from coming back."""

_RESERVED: list[socket.socket] = []
"""Abstract names, one for each port that this process was given: while it runs, no other test gets that port."""


def free_port() -> int:
    """A port of loopback that nobody listens on, and that no test of this machine gets again."""
    for port in sample(PORTS, len(PORTS)):
        reserved = socket.socket(socket.AF_UNIX)
        try:
            reserved.bind(f"\0a port of a test: {port}")
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:  # taken
            reserved.close()
            continue
        _RESERVED.append(reserved)
        return port
    raise RuntimeError(f"no port from {PORTS[0]} to {PORTS[-1]} is free")


def answers(port: int) -> bool:
    """Somebody listens on this port of loopback."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True
