"""A command that is started warm does what it does when it is started cold."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from itertools import zip_longest
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any

import pytest

from tests import warm_start
from tests.conftest import ROOT, Run, new_database
from tests.site import ReplicaSite, serve

Starting = type[subprocess.Popen[Any]]
COLD: Starting = subprocess.Popen
WARM: Starting = warm_start.Popen

VARIES = re.compile(
    r"(\d{4}-)?\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?|test_[0-9a-f]{12}|\d[\d.]*[kM]B|(?<= ok ) *\d+"
    r"|(?<=_time': ).*|(?<=request_bytes': ).*|(?<=time_seconds': ).*|(?<=_per_minute': ).*|(?<=memusage/).*"
    r"|(?<=ahead_of_site': ).*"
)
"""Times, sizes, and names of databases."""

COMMANDS = [
    ["nonsense"],
    ["crawl", "asiatongsin", "-a", "nonsense=1"],
    ["crawl", "asiatongsin", "-a", "pages=1", "-s", "SPOOL_SEGMENT_SECONDS=1000"],
    ["reparse", "--jobs", "1"],
    ["status"],
]
"""Each kind once: one that does not exist, wrong arguments, one with a reactor, one with children, one that looks."""

PROBE = """
import gc, json, logging, os, random, signal, sys, threading, warnings

print(json.dumps({
    "arguments": [sys.argv, sys.orig_argv],
    "main": sys.modules["__main__"].__spec__.name,
    "folder": [os.getcwd(), sys.path],
    "environment": dict(os.environ),
    "signals": [str(signal.getsignal(number)) for number in sorted(signal.valid_signals())],
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "descriptors": [os.path.exists(f"/proc/self/fd/{number}") for number in range(4)],
    "streams": [(stream.name, stream.encoding, stream.errors, stream.line_buffering, stream.isatty())
                for stream in (sys.stdin, sys.stdout, sys.stderr)],
    "process": [os.getpgrp(), os.getsid(0), os.umask(0o22), os.nice(0)],
    "threads": threading.active_count(),
    "garbage": [gc.isenabled(), gc.get_threshold(), gc.get_debug()],
    "warnings": [str(one) for one in warnings.filters if one[2].__module__ == "builtins"],
    "logging": [str(logging.getLogRecordFactory()), str(logging.root.handlers)],
    "settings": "asiatongsin.settings" in sys.modules,
}))
sys.stdout.flush()
"""


def run(start: Starting, *arguments: str, **given: Any) -> Run:
    command = [*warm_start.COMMAND, *arguments]
    with start(command, **{"cwd": ROOT} | given, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, text=True) as one:
        output, log = one.communicate()
    return Run(one.returncode, output, log)


def story(start: Starting, server: str, site: str, data: Path) -> list[str]:
    """What the commands say, one after the other, and how they end."""
    told = []
    with new_database(server) as database_url:
        environment = os.environ | {"ASIATONGSIN_DATA": str(data), "DATABASE_URL": database_url}
        for arguments in COMMANDS:
            at = ["-a", f"site={site}"] if arguments[:1] == ["crawl"] else []
            told += [f"$ {arguments}", *lines(run(start, *arguments, *at, env=environment), str(data))]
    return told


def lines(run: Run, data: str = "/nowhere") -> list[str]:
    said = VARIES.sub("…", f"{run.output}\n{run.log}").replace(data, "DATA")
    return [*said.splitlines(), f"status {run.status}"]


@pytest.mark.usefixtures("starts_commands")
def test_commands_of_each_kind_say_and_do_the_same(server: str, tmp_path: Path) -> None:
    with serve(ReplicaSite(articles=30)) as replica:
        cold = story(COLD, server, replica.url, tmp_path / "cold")
        warm = story(WARM, server, replica.url, tmp_path / "warm")
    assert [pair for pair in zip_longest(cold, warm) if pair[0] != pair[1]] == []


@pytest.mark.parametrize("ignored", [False, True])
def test_a_command_finds_what_a_cold_one_finds(tmp_path: Path, ignored: bool) -> None:
    (tmp_path / "probe.py").write_text(PROBE)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else signal.default_int_handler)
    environment = {"HOME": "/", "TZ": "Asia/Seoul", "PATH": os.environ["PATH"]}
    environment |= {name: value for name, value in os.environ.items() if name.startswith(warm_start.INTERPRETER)}
    try:
        cold, warm = (
            run(start, "runspider", str(tmp_path / "probe.py"), env=environment, cwd=tmp_path) for start in (COLD, WARM)
        )
    finally:
        signal.signal(signal.SIGINT, before)
    assert json.loads(warm.output) == json.loads(cold.output)
    assert lines(warm) == lines(cold)
