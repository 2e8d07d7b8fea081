"""`make soak`: hundreds of random kills, random histories of lists and thousands of damaged pages.

With `--fleet` it kills what a fleet consists of instead. Ends with status 1 where anything is amiss.
"""

from __future__ import annotations

import argparse
import sys
from itertools import count
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import monotonic, time

from tests import shared_server
from tests.faults.fuzz import fuzz
from tests.faults.histories import play as play_histories
from tests.faults.kills import play
from tests.fleet.rounds import Report, Stage

PAPERS, DEATHS_AT_ONCE = 40, 30
CUTS = (1.0, 5.0, 20.0, 45.0, 90.0)
"""Seconds for which the database is away."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="at least so many (default %(default)s)")
    parser.add_argument("--pages", type=int, default=10_000, help="so many damaged pages (default %(default)s)")
    parser.add_argument("--histories", type=int, default=200, help="so many histories of lists (default %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=int(time()), help="same seed: same pages, same kills in the same order"
    )
    parser.add_argument("--workers", type=int, default=2, help="side by side (default %(default)s)")
    parser.add_argument("--fleet", action="store_true", help="only the deaths of a fleet's workers, machines, database")
    parser.add_argument("--deaths", type=int, default=300, help="so many with --fleet (default %(default)s)")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    shared_server.begin_run()  # which ends the servers that an interrupted one leaves behind
    if given.fleet:
        return int(not die(given.deaths, given.seed))
    went_well = [
        read(given.pages, given.seed, given.workers),
        walk(given.histories, given.seed, given.workers),
        kill(given.kills, given.seed, given.workers),
    ]
    return int(not all(went_well))


def read(pages: int, seed: int, workers: int) -> bool:
    """Whether so many damaged pages were read, each within its bounds."""
    began = monotonic()
    reading = fuzz(range(seed, seed + pages), workers)
    print(f"\nDamaged pages ({monotonic() - began:.0f} s)\n{reading}", flush=True)
    return not reading.faults


def walk(histories: int, seed: int, workers: int) -> bool:
    """Whether crawls stored all that was on lists with such histories, or said that they had not."""
    began, folder = monotonic(), Path(mkdtemp(prefix="asiatongsin-soak-"))
    silent = play_histories(range(seed, seed + histories), folder, workers)
    print(
        f"\nRandom histories of lists ({monotonic() - began:.0f} s)\n{histories} played, {len(silent)} lost something"
    )
    print("\n".join(silent), flush=True)
    if not silent:
        rmtree(folder, ignore_errors=True)
    return not silent


def kill(kills: int, seed: int, workers: int) -> bool:
    """Whether nothing was lost and nothing is there twice after rounds in which so many processes were killed."""
    began, folder = monotonic(), Path(mkdtemp(prefix="asiatongsin-soak-"))
    tally = play(count(seed), folder, enough=kills, workers=workers)
    print(f"\nRandom kills ({monotonic() - began:.0f} s)\n{tally}", flush=True)
    if tally.is_clean:
        rmtree(folder, ignore_errors=True)
    else:
        print(f"What the rounds left is in {folder}")
    return tally.is_clean


def die(deaths: int, seed: int) -> bool:
    """Whether forty papers on two machines were stored whole, each time thirty things had died meanwhile."""
    began, folder, total = monotonic(), Path(mkdtemp(prefix="asiatongsin-soak-")), Report()
    with Stage.open(folder, PAPERS, CUTS) as stage:
        for number in count(seed):
            total.add(stage.play(number, DEATHS_AT_ONCE))
            print(f"{total.deaths.total()} deaths after {monotonic() - began:.0f} s", flush=True)
            if total.deaths.total() >= deaths or not total.is_clean:
                break
    print(f"\nDeaths in a fleet ({monotonic() - began:.0f} s)\n{total}", flush=True)
    if total.is_clean:
        rmtree(folder, ignore_errors=True)
    else:
        print(f"What it left is in {folder}")
    return total.is_clean


if __name__ == "__main__":
    sys.exit(main())
