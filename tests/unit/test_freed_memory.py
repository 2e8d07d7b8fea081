"""Memory that a crawl no longer needs goes back to the system."""

from __future__ import annotations

import platform
import re

import pytest

from pipelines.freed_memory import give_back
from tests.processes import run
from tests.warm_start import COLD

CODE = """
from pathlib import Path
from pipelines.freed_memory import give_back
blocks = [b"x" * 60_000 for _ in range(1000)]
del blocks[:-1]
print(Path("/proc/self/status").read_text())
give_back()
print(Path("/proc/self/status").read_text())
"""


def test_does_no_harm_where_nothing_was_freed() -> None:
    give_back()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="no other C library is asked")
def test_gives_back_what_lies_below_a_block_that_is_in_use() -> None:
    kept, given_back = (
        int(kilobytes) / 1000 for kilobytes in re.findall(r"VmRSS:\s+(\d+) kB", run(CODE, within=COLD).stdout)
    )
    assert kept > 60 > given_back
