"""kill -9 at any moment, of crawl, drain or PostgreSQL: the next run leaves what an undisturbed crawl leaves."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests import keeper
from tests.faults.kills import play
from tests.faults.tally import KINDS

ROUNDS = 7
SEED = 20_261_124
"""The same kills in the same order every time, though never in quite the same moment; `make soak` takes others."""


def test_leaves_what_an_undisturbed_crawl_leaves() -> None:
    # Not in pytest's own folder: the server runs under another user, who may not enter that one.
    with TemporaryDirectory(dir=keeper.folder()) as folder:
        tally = play(range(SEED, SEED + ROUNDS), Path(folder), workers=1)
    assert tally.is_clean, f"\n{tally}"
    assert tally.rounds == ROUNDS
    assert {kind for kind in KINDS if not tally.kills[kind]} == set()
    assert tally.found == tally.expected
