"""The processes of a worker: one for each job, forked from one that has imported everything."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from pipelines.fleet import apart

logger = logging.getLogger(__name__)

FORKSERVER_DIED = 255
"""Exit status of a process, as multiprocessing gives it, where nobody is left who knows the real one."""

Ended = Callable[[int], None]
"""Called with the exit status of a process, or the signal that ended it as a negative number."""


class Processes:
    """Starts processes, and tells how each of them ended.

    What forks them is started with the first, and again where it was killed. They run on then, unless they were killed
    as well: so their end is seen by their own descriptors, and not by what the forking process says.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        """Settings of the command line, which hold for all of them."""
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(["pipelines.fleet.preloaded"])
        self._running: dict[int, tuple[BaseProcess, Connection]] = {}

    def start(self, label: str, run: Callable[..., int], given: Mapping[str, Any], ended: Ended) -> None:
        """Starts a process. OSError or EOFError where there is none."""
        told, tell = self._context.Pipe(duplex=False)
        with told:
            arguments = (told, label, run, self.settings, given)
            process = self._context.Process(target=apart.begin, args=arguments, name=label, daemon=True)
            try:
                process.start()
                watched = os.pidfd_open(process.pid or 0)
            except (OSError, EOFError):
                tell.close()
                raise
        self._running[watched] = process, tell
        asyncio.get_running_loop().add_reader(watched, self._end, watched, ended)

    def stop(self) -> None:
        """Tells all of them to end."""
        for _, tell in self._running.values():
            tell.close()

    def kill(self) -> None:
        """Ends all of them at once."""
        for watched in self._running:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(watched, signal.SIGKILL)

    def _end(self, watched: int, ended: Ended) -> None:
        asyncio.get_running_loop().remove_reader(watched)
        process, tell = self._running.pop(watched)
        process.join()  # of one that has ended: what has forked it says at once how, or is gone
        status = FORKSERVER_DIED if process.exitcode is None else process.exitcode
        process.close()
        os.close(watched)
        tell.close()
        ended(status)
