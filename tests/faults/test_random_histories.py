"""Some random histories; `make soak` plays hundreds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.histories import History


@pytest.mark.parametrize("seed", range(10))
def test_nothing_is_lost_in_silence(seed: int, database_url: str, tmp_path: Path, starts_commands: None) -> None:
    assert History(seed, database_url, tmp_path).play() == ""
