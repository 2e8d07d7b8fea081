"""`make bench`: one table of ratios, each measured in runs that took turns."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from time import monotonic

from pipelines.terminal.text_table import text_table
from tests.bench.found import HEAD, QUICK, Benchmark, Effort, Found
from tests.bench.report import machine, write

NAMES = (
    *("reading", "crawl", "storing", "nothing_new", "memory", "reparse"),
    *("startup", "scale", "loop_lag", "search", "page", "export", "upgrade", "fleet"),
)
"""Each a module beside this one, with a function `run`, in the order in which they run."""


def benchmarks() -> dict[str, Benchmark]:
    """Those that are there, by name."""
    modules = {name: f"tests.bench.{name}" for name in NAMES}
    return {name: import_module(module).run for name, module in modules.items() if find_spec(module)}


def main() -> int:
    """Status 1 where a goal is missed."""
    given = _parser().parse_args()
    effort = replace(Effort(rounds=2, share=QUICK) if given.quick else Effort(), articles=given.articles)
    began, facts = monotonic(), machine()
    print("\n".join(f"{name}: {value}" for name, value in facts), flush=True)
    found = dict(_found(given.only or list(benchmarks()), effort))
    rows = [row for one in found.values() for row in one.rows]
    for name, one in found.items():
        print(f"\n--- {name}", *one.notes, sep="\n")
    print(f"\n{text_table(HEAD, [row.cells() for row in rows], widest=80)}\n\n{monotonic() - began:.0f} s", flush=True)
    if given.write:
        write(found, facts)
    return int(any(row.is_met is False for row in rows))


def _found(names: list[str], effort: Effort) -> Iterator[tuple[str, Found]]:
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        yield name, benchmarks()[name](effort)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", type=_names, help=f"some of {', '.join(benchmarks())}, with commas between")
    parser.add_argument("--quick", action="store_true", help="smaller numbers, one minute; too small to judge goals by")
    parser.add_argument("--articles", type=int, help="so many stored for scale, search, page and upgrade")
    parser.add_argument("--write", action="store_true", help="write the table into docs/en/development/performance.md")
    return parser


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in benchmarks()]:
        raise argparse.ArgumentTypeError(f"there is no benchmark {', '.join(unknown)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
