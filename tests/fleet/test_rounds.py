"""Workers, crawls, machines and the database die at any moment: a fleet leaves what an undisturbed one leaves."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests import keeper
from tests.fleet.rounds import Stage

SEED, DEATHS, PAPERS = 20_261_201, 8, 5
CUTS = (0.5, 1.0, 2.0)
"""Seconds; `make soak ARGS=--fleet` takes forty papers, hundreds of deaths, and longer cuts."""


@pytest.mark.usefixtures("starts_commands")
def test_leaves_what_an_undisturbed_fleet_leaves() -> None:
    # Not in pytest's own folder: the server runs under another user, who may not enter that one.
    with TemporaryDirectory(dir=keeper.folder()) as folder, Stage.open(Path(folder), PAPERS, CUTS) as stage:
        report = stage.play(SEED, DEATHS)
    assert report.is_clean, f"\n{report}"
    assert {"worker", "machine", "database", "frozen worker", "store"} <= set(report.deaths)
    assert report.articles == stage.articles
