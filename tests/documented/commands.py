"""The programs that a page's shell finds: each asks this process, which starts ours warm and looks at the others."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread
from typing import IO

import psycopg
from apprise import Apprise

from tests import warm_start
from tests.documented.programs import AS_SOMEBODY, INSTALLERS, NOT_HERE, OURS, fault
from tests.processes import wait_until

SHIM = """#!/bin/sh
exec 3<&0 4>&1 5>&2
{mkfifo} '{folder}'/$$ && echo $$ >'{folder}/asked' && read -r status <'{folder}'/$$
exit "${{status:-126}}"
"""
"""Tells its number, and waits for its status. What else must be known of it, the system tells.

Its streams are kept under other numbers: a shell that redirects a command of its own puts another one in their place.
"""

OTHER_USER = """#!/bin/sh
while [ "${1#-}" != "$1" ]; do
    [ "$1" != -u ] || shift
    shift
done
exec "$@"
"""
"""Runs what follows the options."""

START = {
    "asiatongsin": "from asiatongsin.__main__ import main; main()",
    "scrapy": "from scrapy.cmdline import execute; execute()",
}
AT_ONCE = [word for name in ("DOWNLOAD_DELAY", "AUTOTHROTTLE_ENABLED", "RETRY_PAUSE") for word in ("-s", f"{name}=0")]
ASKS_SITES = {"crawl", "gaps", "read", "sites"}
"""Commands that ask sites, between two requests of which they need not wait here."""

ALERTS = "ASIATONGSIN_ALERTS"


@dataclass(frozen=True)
class Call:
    """A program that the shell has started."""

    pid: int
    name: str
    arguments: list[str]
    folder: str
    environment: dict[str, str]

    @classmethod
    def of(cls, pid: int) -> Call:
        """What the system knows of the shim with this number."""
        process = Path(f"/proc/{pid}")
        _, shim, *arguments, _ = (process / "cmdline").read_text(encoding="utf-8").split("\0")
        environment = dict(
            one.split("=", 1) for one in (process / "environ").read_text(encoding="utf-8").split("\0") if one
        )
        return cls(pid, Path(shim).name, arguments, str((process / "cwd").readlink()), environment)

    @property
    def stays(self) -> bool:
        """Whether it runs until somebody ends it."""
        return self.arguments[:1] == ["serve"] or self.arguments[:2] == ["fleet", "worker"]

    @property
    def opens_psql(self) -> bool:
        """Whether it is `asiatongsin sql` for a person who types."""
        return self.arguments == ["sql"] and Path(f"/proc/{self.pid}/fd/3").readlink() == Path("/dev/null")

    @contextmanager
    def streams(self) -> Iterator[list[int]]:
        """Its standard streams, opened once more."""
        modes = (os.O_RDONLY, os.O_WRONLY | os.O_APPEND, os.O_WRONLY | os.O_APPEND)
        opened = [os.open(f"/proc/{self.pid}/fd/{number}", mode) for number, mode in enumerate(modes, 3)]
        try:
            yield opened
        finally:
            for descriptor in opened:
                os.close(descriptor)


class Commands:
    """Answers the programs in a folder until it is closed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "bin"
        self.programs.mkdir(parents=True)
        self.elsewhere: list[str] = []
        """What was called and does not run here."""
        shim = folder / "shim"
        shim.write_text(SHIM.format(folder=folder, mkfifo=shutil.which("mkfifo")), encoding="utf-8")
        shim.chmod(0o700)
        for name in (*OURS, *NOT_HERE, *INSTALLERS, "make", "python", "python3"):
            (self.programs / name).symlink_to(shim)
        for name in AS_SOMEBODY:
            (self.programs / name).write_text(OTHER_USER, encoding="utf-8")
            (self.programs / name).chmod(0o700)
        (self.programs / "activate").touch()
        os.mkfifo(folder / "asked")
        self._asked = os.open(folder / "asked", os.O_RDWR)
        self._thread = Thread(target=self._listen)
        self._thread.start()

    def close(self) -> None:
        """Answers no more."""
        os.write(self._asked, b"end\n")
        self._thread.join()
        os.close(self._asked)

    def _listen(self) -> None:
        with os.fdopen(os.dup(self._asked)) as asked:
            for line in asked:
                if line == "end\n":
                    return
                Thread(target=self._answer, args=[int(line)], daemon=True).start()

    def _answer(self, pid: int) -> None:
        status = 126
        try:
            call = Call.of(pid)
            with call.streams() as streams:
                status = self._run(call, streams)
        finally:
            (self.folder / str(pid)).write_text(f"{status}\n")

    def _run(self, call: Call, streams: Sequence[int]) -> int:
        name, arguments = call.name, call.arguments
        if name == "make" and arguments[:1] == ["crawl"]:
            given = next((one for one in arguments if one.startswith("ARGS=")), "ARGS=")
            name, arguments = "asiatongsin", ["crawl", *given.removeprefix("ARGS=").split()]
        if name in OURS:
            call = Call(call.pid, name, arguments, call.folder, call.environment)
            return stay(call, streams) if call.stays else run(call, streams)
        self.elsewhere.append(" ".join([name, *arguments]))
        told = fault(name, arguments)
        if told:
            os.write(streams[2], f"{told}\n".encode())
        return 125 if told else 0


def run(call: Call, streams: Sequence[int]) -> int:
    """Runs one of our commands to its end."""
    if not call.opens_psql:
        return _start(call, streams).wait(600)
    ours, theirs = os.openpty()
    with os.fdopen(ours, "wb", buffering=0) as keyboard, os.fdopen(theirs) as terminal:
        keyboard.write(b"\\q\n")
        return _start(call, [terminal.fileno(), *streams[1:]]).wait(600)


def stay(call: Call, streams: Sequence[int]) -> int:
    """Starts one of our commands, waits until it is ready, and ends it as Ctrl-C does."""
    with TemporaryFile("w+") as said:
        process = _start(call, [*streams[:2], said.fileno()])
        wait_until(lambda: process.poll() is not None or _is_ready(call, said))
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        status = process.wait(600)
        said.seek(0)
        os.write(streams[2], said.read().encode())
    return status


def _start(call: Call, streams: Sequence[int]) -> warm_start.Popen:
    environment = dict(call.environment)
    if alerts := environment.pop(ALERTS, "").split():
        unknown = [one for one in alerts if not Apprise().add(one)]
        if unknown:
            raise ValueError(f"apprise does not know {unknown}")
    command = [sys.executable, "-c", START[call.name], *_extended(call.arguments)]
    stdin, stdout, stderr = streams
    return warm_start.Popen(command, cwd=call.folder, env=environment, stdin=stdin, stdout=stdout, stderr=stderr)


def _extended(arguments: Sequence[str]) -> list[str]:
    """Without pauses, and without processes of its own, which start cold."""
    if ASKS_SITES & {*arguments[:1]}:
        return [*arguments, *AT_ONCE]
    if arguments[:1] == ["serve"]:
        return [*arguments, "--port", "0"]
    if arguments[:1] == ["reparse"] and not {"--jobs", "--fleet"} & {*arguments}:
        return [*arguments, "--jobs", "1"]
    return [*arguments]


def _is_ready(call: Call, said: IO[str]) -> bool:
    if call.arguments[:1] == ["serve"]:
        return b"http://" in os.pread(said.fileno(), 10_000, 0)
    with suppress(psycopg.errors.UndefinedTable), psycopg.connect(call.environment["DATABASE_URL"]) as connection:
        return connection.execute("SELECT FROM machines WHERE stopped_at IS NULL").rowcount > 0
    return False
