"""The forking process of a warm command, such as a worker of the fleet: warm as well, for cold it takes a CPU-second.

It is forked as the command begins, before there are threads and connections, and waits until multiprocessing would
start one. The second one of the same command is started cold.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
from collections.abc import Sequence
from fcntl import F_DUPFD, fcntl
from multiprocessing import util
from pathlib import Path
from typing import Any

NAME = "forkserver"
COMMANDS = ({"fleet", "worker"}, {"reparse", "--jobs", "2"})
"""Words that a command has which forks others."""

PR_SET_NAME = 15
LARGEST = 1 << 16


def forks_others(arguments: Sequence[str]) -> bool:
    """Whether a command with these words has a forking process."""
    return any(words <= {*arguments} for words in COMMANDS)


def is_forkserver(pid: int) -> bool:
    """Whether a process is one, warm or cold."""
    try:
        return any(NAME in Path(f"/proc/{pid}/{told}").read_text() for told in ("comm", "cmdline"))
    except FileNotFoundError:
        return False


def offer() -> str | None:
    """Forks. In the command: None at once. In the forked process, when it is wanted: the code that it is to run."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if (pid := os.fork()) == 0:
        ours.close()
        return _wait(theirs)
    theirs.close()
    cold = util.spawnv_passfds

    def spawn(path: bytes, args: Sequence[Any], passfds: Sequence[int]) -> int:
        if ours.fileno() < 0 or NAME not in args[-1]:
            return cold(path, args, passfds)
        with ours:
            socket.send_fds(ours, [json.dumps([args[-1], *passfds]).encode()], [*passfds])
        return pid

    util.spawnv_passfds = spawn
    return None


def _wait(asked: socket.socket) -> str:
    message, received, _, _ = socket.recv_fds(asked, LARGEST, 8)
    if not message:  # the command has ended without one
        os._exit(0)
    asked.close()
    code, *wanted = json.loads(message)
    above = max(*wanted, *received) + 1
    copies = [fcntl(descriptor, F_DUPFD, above) for descriptor in received]
    os.closerange(3, above)
    for copy, number in zip(copies, wanted, strict=True):  # the code names them by their numbers
        os.dup2(copy, number)
        os.close(copy)
    ctypes.CDLL(None).prctl(PR_SET_NAME, NAME.encode(), 0, 0, 0)
    return str(code)
