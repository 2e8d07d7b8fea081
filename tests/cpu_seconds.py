"""Runs a command and says at the end how many CPU-seconds it took, with all that it started: servers as well.

Run: python tests/cpu_seconds.py COMMAND …
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys

PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 60
"""Seconds that what the command leaves behind has to end."""


def main(command: list[str]) -> int:
    # What loses its parent, as servers do on purpose, becomes a child of this process and is counted when it ends.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    child = subprocess.Popen(command)
    signal.signal(signal.SIGINT, lambda *_: None)  # the terminal tells the command as well, which decides
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child.pid, signal.SIGTERM))
    status = _await(child.pid)
    all_ended = _await_the_rest()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    rest = "" if all_ended else ", without what is still running"
    total = used.ru_utime + used.ru_stime
    print(f"CPU-seconds: {total:.0f} ({used.ru_utime:.0f} user, {used.ru_stime:.0f} system){rest}", flush=True)
    return status if status >= 0 else 128 - status


def _await(pid: int) -> int:
    """Status of the command. Whatever ends meanwhile is waited for too: a dead server counts as running until then."""
    while True:
        ended, status = os.wait()
        if ended == pid:
            return os.waitstatus_to_exitcode(status)


def _await_the_rest() -> bool:
    """Whether all that the command has started came to its end within PATIENCE."""
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(PATIENCE)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return True
    except TimeoutError:
        return False


def _give_up(*_: object) -> None:
    raise TimeoutError


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
