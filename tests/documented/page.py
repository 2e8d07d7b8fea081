"""What a page tells its readers to type, in the order in which it stands there."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from tests.documents import Document

CRON = re.compile(r"^(?:[\d*,/-]+ +){5}(.*)$", re.MULTILINE)
HERE = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
STATUS = re.compile(r"#[^#\n]*\bstatus (\d)(?: or (\d))?")
ANY = "any-"
"""What a word begins with that stands for one of the reader's."""

FILE = re.compile(r"# ([\w./-]+\.py)\n")


@dataclass(frozen=True)
class Step:
    """One command of the shell with all its lines, or one block of another kind."""

    line: int
    """Where it begins."""

    kind: str
    """`sh`, `cron`, `sql` or `python`; `file` is a block of Python whose first line is a comment with a name."""

    code: str
    """The text."""

    @property
    def statuses(self) -> frozenset[int]:
        """How it may end: with 0, unless a comment says otherwise: `# status 1`, `# status 0 or 1`."""
        told = STATUS.search(self.code) if self.kind in {"sh", "cron"} else None
        return frozenset(int(status) for status in told.groups() if status) if told else frozenset({0})

    @property
    def first_line(self) -> str:
        """The text up to its first line end."""
        return self.code.strip().partition("\n")[0]


def steps(document: Document) -> list[Step]:
    """All that runs of a document."""
    return [step for block in document.numbered() for step in _steps(*block)]


def _steps(line: int, kind: str, code: str) -> Iterator[Step]:
    if kind == "sh":
        yield from _commands(line, code)
    elif kind == "sql":
        yield Step(line, kind, code)
    elif kind == "python":
        yield Step(line, "file" if FILE.match(code) else kind, code)
    elif kind in {"", "cron", "crontab"}:
        for found in CRON.finditer(code):
            yield Step(line + code.count("\n", 0, found.start()), "cron", found[1])


def _commands(first: int, block: str) -> Iterator[Step]:
    """The commands of a block. What follows a command that never ends belongs to it."""
    command, begins = "", first
    for number, line in enumerate(block.splitlines(keepends=True), first):
        if not command:
            begins = number
        command += line
        if _is_whole(command):
            if _is_command(command):
                yield Step(begins, "sh", command)
            command = ""
    if command:
        yield Step(begins, "sh", command)


def _is_command(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


def _is_whole(command: str) -> bool:
    """Whether a shell would run it now, or wait for more lines."""
    if command.endswith("\\\n"):
        return False
    if (here := HERE.search(command)) and not re.search(rf"\n\s*{here[2]}\n", command):
        return False
    check = ["sh", "-n", "-c", without_placeholders(command)]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


def without_placeholders(text: str) -> str:
    """`<address of …>`, which a reader replaces, as one word. A shell would take its marks for redirections."""
    return re.sub(r"(?<![<\w])<([a-z가-힣][^<>\n]*[^<>\s])>", lambda found: ANY + re.sub(r"\W+", "-", found[1]), text)
