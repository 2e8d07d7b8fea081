"""The process behind `tests.warm_start`: it imports what commands need, waits for them, and forks."""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scrapy.cmdline import _get_commands_dict
from scrapy.settings import Settings, default_settings
from scrapy.utils.versions import get_versions

from tests import executed_sql, warm_forkserver
from tests.warm_start import CODE, COMMAND, NUMBER

MODULES = (
    "email.contentmanager",
    "encodings.idna",
    "obstore.store",
    "rapidfuzz.distance",
    "rapidfuzz.process",
    "scrapy.cmdline",
    "scrapy.dupefilters",
    "scrapy.pqueues",
    "scrapy.responsetypes",
    "scrapy.squeues",
    "scrapy.utils.engine",
)
NAMED = ("DOWNLOAD_HANDLERS_BASE", "DOWNLOADER_MIDDLEWARES_BASE", "EXTENSIONS_BASE", "SPIDER_MIDDLEWARES_BASE")
"""Settings of Scrapy that name classes; the modules of these classes are imported."""

PACKAGES = ("apprise.plugins", "scrapy.commands", "asiatongsin", "pipelines")
"""Imported with all that is in them. A crawl with ALERTS took 0.6 CPU-seconds for apprise's (2026-12-01)."""

NEVER = ("asiatongsin.settings", "pipelines.fleet.preloaded", "twisted.internet.reactor")
"""Each command has to import these itself."""

CLONE_NEWNS = 0x20000
LARGEST = 1 << 20
"""Bytes of a request: arguments and environment."""


def serve(descriptor: int) -> None:
    """Forks commands until the other end is closed. Returns only in a forked command, when that has ended."""
    _import_all()
    _rehearse()
    if folder := os.environ.get(executed_sql.VARIABLE):
        executed_sql.watch(Path(folder))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for pytest and for the commands
    if request := _Parent(socket.socket(fileno=descriptor)).next_command():
        _become(request)
        code = request.arguments[len(CODE)] if request.is_code else None
        if warm_forkserver.forks_others(request.arguments):
            code = warm_forkserver.offer() or code
        try:
            if code is not None:
                exec(code, {"__name__": "__main__"})
                _exit(0)
            runpy.run_module(COMMAND[-1], run_name="__main__", alter_sys=True)
        except SystemExit as end:
            if isinstance(end.code, int | None):
                _exit(end.code or 0)
            raise


def _import_all() -> None:
    for name in sorted({*MODULES, *_named_by_scrapy(), *_inside(*PACKAGES)} - set(NEVER)):
        importlib.import_module(name)
    if too_early := [name for name in NEVER if name in sys.modules]:
        raise RuntimeError(f"imported before the command is known: {too_early}")
    gc.collect()
    gc.freeze()  # or each command copies the pages of memory that hold these objects when it collects garbage


def _rehearse() -> None:
    """Asks once what every command asks, and what the interpreter remembers: a third of what a short one took."""
    _get_commands_dict(Settings({"COMMANDS_MODULE": "pipelines.commands"}), inproject=True)
    get_versions()  # platform.platform() starts another program
    Settings().frozencopy()


def _named_by_scrapy() -> set[str]:
    classes = {name for setting in NAMED for pair in getattr(default_settings, setting).items() for name in pair}
    return {name.rpartition(".")[0] for name in map(str, classes) if name.startswith("scrapy.")}


def _inside(*packages: str) -> set[str]:
    paths = [(importlib.import_module(name).__path__, f"{name}.") for name in packages]
    return {module.name for path, prefix in paths for module in pkgutil.walk_packages(path, prefix)}


@dataclass(frozen=True)
class _Request:
    arguments: list[str]
    target: int
    folder: str
    environment: dict[str, str]
    ignores_interrupts: bool
    streams: list[int]

    @property
    def is_code(self) -> bool:
        """Whether it is Python code, not a command."""
        return self.arguments[: len(CODE)] == CODE


class _Parent:
    """Forks commands, and tells how each of them ended."""

    def __init__(self, asked: socket.socket) -> None:
        self.asked = asked
        self.poll = select.poll()
        self.poll.register(asked, select.POLLIN)
        self.running: dict[int, tuple[int, int]] = {}
        """By a descriptor that becomes readable when the command ends: its number, and where its status is told."""

    def next_command(self) -> _Request | None:
        """In a fork: what it was forked for. In this process: None when no more will be asked."""
        while True:
            for descriptor, _ in self.poll.poll():
                if descriptor in self.running:
                    self._tell_end(descriptor)
                    continue
                message, descriptors, _, _ = socket.recv_fds(self.asked, LARGEST, 4)
                if not message:
                    self._end()
                    return None
                *streams, answers = descriptors
                if (pid := os.fork()) == 0:
                    self.asked.detach()
                    return _Request(**json.loads(message), streams=streams)
                self._tell_begin(pid, answers)
                for stream in streams:
                    os.close(stream)

    def _tell_begin(self, pid: int, answers: int) -> None:
        descriptor = os.pidfd_open(pid)
        self.running[descriptor] = (pid, answers)
        self.poll.register(descriptor, select.POLLIN)
        os.write(answers, NUMBER.pack(pid))

    def _tell_end(self, descriptor: int) -> None:
        pid, answers = self.running.pop(descriptor)
        self.poll.unregister(descriptor)
        os.close(descriptor)
        _, status = os.waitpid(pid, 0)
        with suppress(BrokenPipeError):  # nobody wants to know
            os.write(answers, NUMBER.pack(status))
        os.close(answers)

    def _end(self) -> None:
        """Whoever asked is gone: what still runs would run for nobody."""
        for pid, _ in self.running.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _become(request: _Request) -> None:
    """Makes this process what a cold start would have made it."""
    for number, stream in enumerate(request.streams):
        os.dup2(stream, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    sys.stdout.reconfigure(line_buffering=os.isatty(1))  # type: ignore[union-attr]  # a file, since nobody replaced it
    if request.target:
        _see_file_systems_of(request.target)
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    os.chdir(request.folder)
    sys.path[0] = request.folder
    sys.argv[:] = [CODE[-1] if request.is_code else "scrapy", *request.arguments[3:]]
    sys.orig_argv[:] = request.arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN if request.ignores_interrupts else signal.default_int_handler)


def _see_file_systems_of(pid: int) -> None:
    """What nsenter does. The interpreter offers it from Python 3.12 on."""
    with Path(f"/proc/{pid}/ns/mnt").open() as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNS):
            raise OSError(ctypes.get_errno(), f"cannot see the file systems of process {pid}")


def _exit(status: int) -> None:
    """Does what an interpreter does at its end, but frees no memory: that took 0.07 CPU-seconds (2026-11-30)."""
    threading._shutdown()  # type: ignore[attr-defined]  # of the interpreter, without a public name
    atexit._run_exitfuncs()
    with suppress(OSError):  # nobody reads the rest: the interpreter's own end says so
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
