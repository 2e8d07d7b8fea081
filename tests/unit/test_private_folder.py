"""Folders of the data folder, closed to other users of the machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.disk import make_private_folder
from pipelines.stages.raw_pages import keep_raw_page
from tests.captured import fetched
from tests.samples import leave, page


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """A umask that takes nothing away from anybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


def test_closes_every_folder_it_makes(tmp_path: Path) -> None:
    made = make_private_folder(tmp_path / "a" / "b")
    assert (mode(made.parent), mode(made)) == (0o750, 0o750)
    assert make_private_folder(made) == made


def test_leaves_a_folder_that_is_there_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(0o711)
    make_private_folder(tmp_path / "a" / "b")
    assert mode(tmp_path / "a") == 0o711


def test_what_waits_and_what_is_kept_is_closed(data: Path) -> None:
    kept = data / keep_raw_page(fetched(), data)
    spool = leave(data, page())
    for folder in (data, kept.parent, kept.parent.parent, spool, spool.parent):
        assert mode(folder) == 0o750
