"""`make soak`: hundreds of random kills and thousands of damaged pages; ends with status 1 where anything is amiss."""

from __future__ import annotations

import argparse
import sys
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, time

from tests.faults.kills import play


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="at least so many (default 200)")
    parser.add_argument("--seed", type=int, default=int(time()), help="same seed, same kills in the same order")
    parser.add_argument("--workers", type=int, default=2, help="rounds side by side (default 2)")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    return kill(given.kills, given.seed, given.workers)


def kill(kills: int, seed: int, workers: int) -> int:
    """Plays rounds until so many processes were killed; 0 where nothing was lost and nothing is there twice."""
    began, folder = monotonic(), Path(mkdtemp(prefix="asiatongsin-soak-"))
    tally = play(count(seed), folder, enough=kills, workers=workers)
    print(f"\nRandom kills ({monotonic() - began:.0f} s)\n{tally}", flush=True)
    if not tally.is_clean:
        print(f"What the rounds left is in {folder}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
