"""The table in docs/en/development/performance.md, with all that one needs to measure it again."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench.found import HEAD, Found
from tests.bench.postgres import database_version
from tests.conftest import ROOT

DOCUMENT = ROOT / "docs" / "en" / "development" / "performance.md"

BEGIN, END = "<!-- written by make bench: begin -->", "<!-- written by make bench: end -->"
"""What stands between them is replaced."""

Facts = Sequence[tuple[str, str]]


def machine() -> Facts:
    """Where, when and with what it was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    libraries = ", ".join(f"{name} {version(name)}" for name in ("Scrapy", "selectolax", "lxml", "psycopg", "Twisted"))
    return (
        (
            "machine",
            f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release()}",
        ),
        ("date", f"{datetime.now(UTC):%Y-%m-%d}"),
        ("versions", f"Python {platform.python_version()}, {libraries}, {database_version()}"),
        ("load before", f"{os.getloadavg()[0]:.2f}"),
        ("command", " ".join(["make bench", *_arguments()])),
    )


def write(found: Mapping[str, Found], facts: Facts) -> None:
    """Puts the table into the document, in the place of the one before."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{markdown(found, facts)}\n{END}{after}", encoding="utf-8")


def markdown(found: Mapping[str, Found], facts: Facts) -> str:
    """The table, then what explains it."""
    rows = [row.cells() for one in found.values() for row in one.rows]
    notes = [note for one in found.values() for note in one.notes]
    told = [f"```\n{note}\n```" if "\n" in note else note for note in notes]
    return "\n\n".join([_table(HEAD, rows), *told, _table(("measured", ""), facts)]) + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _arguments() -> list[str]:
    given = " ".join(sys.argv[1:])
    return [f'ARGS="{given}"'] if given else []
