"""Starts `python -m scrapy …` and `python -c …` in a few milliseconds: one that has imported everything forks them.

That process runs no command itself. It imports neither the settings, which read the environment, nor the reactor.
A forked command gets what a process of its own would have: arguments, environment, folder, streams and signals.
One thing differs from a cold start: all commands share one hash seed, so sets have the same order in all of them.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL
from threading import Lock
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "scrapy"]
CODE = [sys.executable, "-c"]
COLD = ("env",)
"""What a command begins with that is to be started cold: one of which memory, TLS or the start itself is judged."""

INSIDE = ("nsenter", "--mount")
TARGET = "--target="
"""What a command begins with that is to see the file systems of a process, which is named by its number."""

SERVE = "import sys; from tests.warm_process import serve; serve(int(sys.argv[1]))"

INTERPRETER = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_", "SSL_")
"""What variables begin with that are heeded when an interpreter or a library is loaded, and not later."""

NUMBER = struct.Struct("i")
"""How the process number, and later the status, are told."""


class Popen(subprocess.Popen[Any]):
    """A `subprocess.Popen` that starts `python -m scrapy …` and `python -c …` warm, and anything else cold.

    A command is cold as well if its variables would change the interpreter, such as PYTHONPATH.
    """

    _answers: int | None = None

    # subprocess has no public way to adopt a process that somebody else started. All but the start and the wait is
    # its own: streams, timeouts, communicate(). Tests of a new Python would fail where it calls these differently.
    def _execute_child(self, args: list[str], *given: Any) -> None:
        cwd, env, pipes = given[4], given[5], given[9:15]
        environment = dict(os.environ if env is None else env)
        if not is_warm(args) or _interpreter(environment) != _interpreter(dict(os.environ)):
            super()._execute_child(args, *given)  # type: ignore[misc]
            return
        request = {
            "arguments": without_target(args),
            "target": target_of(args),
            "folder": str(cwd or Path.cwd()),
            "environment": environment,
            "ignores_interrupts": signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
        }
        streams = [number if pipe < 0 else pipe for number, pipe in enumerate(_theirs(pipes))]
        self._answers, answers = os.pipe()
        try:
            socket.send_fds(_STARTER.socket(), [json.dumps(request).encode()], [*streams, answers])
        finally:
            os.close(answers)
            self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]
        self.pid = self._answer()
        self._child_created = True

    def _internal_poll(self, _deadstate: int | None = None, **given: Any) -> int | None:
        if self._answers is None:
            return super()._internal_poll(_deadstate, **given)  # type: ignore[misc, no-any-return]
        with suppress(subprocess.TimeoutExpired):
            self._wait(0)
        return self.returncode

    def _wait(self, timeout: float | None) -> int:
        if self._answers is None:
            return super()._wait(timeout)  # type: ignore[misc, no-any-return]
        if self.returncode is None:
            if not select.select([self._answers], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = os.waitstatus_to_exitcode(self._answer())
            os.close(self._answers)
        return self.returncode

    def _answer(self) -> int:
        answer = os.read(self._answers or 0, NUMBER.size)
        if len(answer) < NUMBER.size:
            raise RuntimeError("the process that starts commands has ended")
        return int(NUMBER.unpack(answer)[0])


def target_of(args: list[str]) -> int:
    """The process of which the command is to see the file systems; 0 where it sees those of its parent."""
    is_inside = tuple(args[:2]) == INSIDE and args[2].startswith(TARGET)
    return int(args[2].removeprefix(TARGET)) if is_inside else 0


def without_target(args: list[str]) -> list[str]:
    """The command itself."""
    return args[3:] if target_of(args) else args


def is_warm(args: list[str]) -> bool:
    """Whether a process with these arguments is forked."""
    args = without_target(args)
    return args[: len(COMMAND)] == COMMAND or args[: len(CODE)] == CODE


def _theirs(pipes: tuple[int, ...]) -> tuple[int, int, int]:
    """The child's ends of `stdin`, `stdout` and `stderr`; -1 where it has those of this process."""
    read_in, _, _, write_out, _, write_err = pipes
    return read_in, write_out, write_err


def _interpreter(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(INTERPRETER)}


class _Starter:
    """The process that forks the commands of this one. It is started when the first is wanted."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def socket(self) -> socket.socket:
        """Where commands are asked for."""
        with self._lock:
            if self._socket is None:
                self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                with theirs:
                    command = [sys.executable, "-c", SERVE, str(theirs.fileno())]
                    self._process = subprocess.Popen(
                        command, cwd=ROOT, stdin=DEVNULL, stdout=DEVNULL, pass_fds=[theirs.fileno()]
                    )
            return self._socket

    def stop(self) -> None:
        """Ends it, and all commands that still run."""
        with self._lock:
            if self._socket and self._process:
                self._socket.close()
                self._process.wait()
                self._socket = self._process = None


_STARTER = _Starter()
stop = _STARTER.stop
