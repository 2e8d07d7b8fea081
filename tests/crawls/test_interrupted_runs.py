"""A run of the tests that is interrupted or killed leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import keeper
from tests.conftest import ROOT
from tests.processes import wait_until

HANG = f"""
import os, signal
from pathlib import Path

def pytest_runtest_call(item):
    reached = Path(os.environ["REACHED"])
    reached.with_suffix(".new").write_text(os.environ["{keeper.VARIABLE}"])
    reached.with_suffix(".new").rename(reached)
    signal.pause()
"""
"""A plugin with which the first test that has its database never ends."""

TEST = "tests/sql/test_lock.py::test_leaves_other_sites_alone"


@pytest.mark.parametrize(
    ("number", "options"), [(signal.SIGINT, []), (signal.SIGKILL, ["-n", "1"])], ids=["interrupted", "killed"]
)
def test_leaves_no_server_behind(tmp_path: Path, number: int, options: list[str]) -> None:
    (tmp_path / "hang.py").write_text(HANG)
    reached = tmp_path / "reached"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TEST_"))}
    environment |= {"PYTHONPATH": str(tmp_path), "REACHED": str(reached)}
    command = [sys.executable, "-m", "pytest", "-p", "hang", "-p", "no:cacheprovider", *options, TEST]
    # A shell's background jobs ignore Ctrl-C, and so would what they start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as run:
        signal.signal(signal.SIGINT, before)
        wait_until(reached.exists)
        name = reached.read_text()
        assert any(is_server(pid) for pid in keeper.left(name))
        run.send_signal(number)
    wait_until(lambda: not keeper.left(name))
    wait_until(lambda: not Path(name).exists())


def is_server(pid: int) -> bool:
    return Path(f"/proc/{pid}/comm").read_text().startswith("postgres")
