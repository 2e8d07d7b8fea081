"""Some random histories; `make soak` plays hundreds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.histories import History

SEEDS = (0, 1, 2, 3, 4, 5, 6, 8)
"""The fewest of the first ten with which each kind of thing happens that happens in any of them."""


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_in_silence(seed: int, database_url: str, tmp_path: Path, starts_commands: None) -> None:
    assert History(seed, database_url, tmp_path).play() == ""
