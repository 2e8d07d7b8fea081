"""Runs the steps of a page in one shell and one Python, and says which ended otherwise than the page tells."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import traceback
import warnings
from code import InteractiveInterpreter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, chdir, closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryDirectory

from asiatongsin import settings
from pipelines.news.news import News
from tests.documented.answering import REPLICA, SETTING
from tests.documented.commands import Commands
from tests.documented.page import FILE, Step
from tests.documented.world import World, link_programs
from tests.warm_start import INTERPRETER

PSQL = 'psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --file="{file}" "${{DATABASE_URL:-}}"'
SETTINGS = {
    "DOWNLOAD_HANDLERS": SETTING,
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "0",
    "RETRY_PAUSE": "0",
    "FLEET_TICK": "0.2",
    "SPOOL_SEGMENT_SECONDS": "1000",
}
"""What commands here have beside what the page sets."""


@dataclass(frozen=True)
class Ended:
    """How a step ended."""

    step: Step
    status: int
    output: str

    @property
    def is_as_told(self) -> bool:
        """Whether it ended as its page says."""
        return self.status in self.step.statuses


@dataclass
class Page:
    """A page that is run."""

    name: str
    """Its path below the project."""

    ended: list[Ended] = field(default_factory=list)
    """Its steps, as far as they have run."""

    elsewhere: list[str] = field(default_factory=list)
    """Calls of programs that were looked at, and did not run."""

    @property
    def faults(self) -> list[str]:
        """Page, line, command and what it said, of each step that did not end as the page says."""
        return [
            f"{self.name}:{one.step.line}: {one.step.first_line}\n"
            f"  status {one.status}, not {' or '.join(map(str, sorted(one.step.statuses)))}\n{one.output[-2000:]}"
            for one in self.ended
            if not one.is_as_told
        ]


def run(name: str, steps: Sequence[Step], world: World, replica: str) -> Page:
    """Runs all steps, also those behind one that fails."""
    page = Page(name)
    with ExitStack() as stack:
        python = stack.enter_context(closing(Python(world)))
        commands = stack.enter_context(closing(Commands(Path(stack.enter_context(TemporaryDirectory())))))
        link_programs(commands.programs)
        stack.callback(world.clean_up)
        stack.enter_context(_interruptible())
        shell = stack.enter_context(closing(Shell(world.folder, environment(world, commands.programs, replica))))
        for step in steps:
            code = world.localized(step.code)
            if step.kind == "python":
                page.ended.append(Ended(step, *python.run(code)))
            elif step.kind == "file":
                _write(code, world.folder)
            elif step.kind == "sql":
                file = world.folder / f"line-{step.line}.sql"
                file.write_text(code, encoding="utf-8")
                page.ended.append(Ended(step, *shell.run(PSQL.format(file=file))))
            elif step.kind == "cron":
                page.ended.append(Ended(step, *shell.run(_of_cron(code, step))))
            else:
                page.ended.append(Ended(step, *shell.run(code)))
        page.elsewhere = commands.elsewhere
    return page


def environment(world: World, programs: Path, replica: str) -> dict[str, str]:
    """What the shell begins with."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(INTERPRETER)}
    paths = {"PATH": str(programs), "HOME": str(world.folder), "ASIATONGSIN_DATA": str(world.data)}
    given = {"DATABASE_URL": world.url, REPLICA: replica, "SCRAPY_SETTINGS_MODULE": "asiatongsin.settings"}
    return kept | paths | given | {f"ASIATONGSIN_{name}": value for name, value in SETTINGS.items()} | world.postgres


class Shell:
    """One shell, which keeps its folder and its variables between two commands."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._environment = folder, environment
        self._said = folder / "said"
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["/bin/sh"],
            cwd=self._folder,
            env=self._environment,
            stdin=PIPE,
            stdout=PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, code: str) -> tuple[int, str]:
        """Status and output, errors included. A shell that the code ends is followed by a new one."""
        self._said.write_bytes(b"")
        if not self._process.stdin or not self._process.stdout:
            raise ValueError("its streams are not pipes")
        self._process.stdin.write(f"{{\n{code}\n}} </dev/null >>'{self._said}' 2>&1; echo $?\n")
        self._process.stdin.flush()
        told = self._process.stdout.readline()
        output = self._said.read_text(encoding="utf-8", errors="replace")
        if told:
            return int(told), output
        status = self._process.wait()
        self.close()
        self._process = self._start()
        return status, f"{output}(the shell has ended)"

    def close(self) -> None:
        """Ends it, and what it has started and left behind."""
        self._process.communicate()


class Python(InteractiveInterpreter):
    """Runs the blocks of a page, which share their names."""

    def __init__(self, world: World) -> None:
        super().__init__({"__name__": "__main__"})
        self._world = world
        self._failed = False

    def run(self, code: str) -> tuple[int, str]:
        """Status and output: 1 where an exception has ended the block."""
        self._failed = False
        said = StringIO()
        with ExitStack() as stack:
            for context in (chdir(self._world.folder), redirect_stdout(said), redirect_stderr(said)):
                stack.enter_context(context)
            stack.enter_context(_settings(DATABASE_URL=self._world.url, DATA=str(self._world.data)))
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")
            self.runcode(compile(code, "block", "exec"))
        return int(self._failed), said.getvalue()

    def close(self) -> None:
        """Closes what the blocks have left open: plots, and connections to the database."""
        for made in [*self.locals.values()]:
            if isinstance(made, News):
                made.close()
        if plots := sys.modules.get("matplotlib.pyplot"):
            plots.close("all")

    def showtraceback(self) -> None:
        """Called where a block ends by an exception."""
        self._failed = True
        traceback.print_exc()


@contextmanager
def _settings(**given: str) -> Iterator[None]:
    """What asiatongsin.open() finds, as if the environment had named it."""
    before = {name: getattr(settings, name) for name in given}
    vars(settings).update(given)
    try:
        yield
    finally:
        vars(settings).update(before)


@contextmanager
def _interruptible() -> Iterator[None]:
    """A shell's background jobs ignore Ctrl-C, and so would what they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _of_cron(code: str, step: Step) -> str:
    """A line of cron, as cron starts it: in the home folder. An unescaped percent sign would end it."""
    if re.search(r"(?<!\\)%", step.code):
        return "echo 'cron takes the percent sign for the end of the line' >&2; false"
    return f"(cd && {code})"


def _write(block: str, folder: Path) -> None:
    """A file that the page shows, under the name in its first line."""
    name = FILE.match(block)
    if name:
        (folder / name[1]).parent.mkdir(parents=True, exist_ok=True)
        (folder / name[1]).write_text(block, encoding="utf-8")
