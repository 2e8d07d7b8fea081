"""What several tests that need nothing have in common."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.archive.crawl_files import Archive
from pipelines.spool.folder import Spool
from tests.captured import archive
from tests.samples import record


@pytest.fixture
def opened(data: Path) -> Iterator[Archive]:
    """The archive of a crawl that is running."""
    with archive(data) as opened:
        yield opened


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """A spool whose segments have three pages."""
    spool = Spool.create(tmp_path, record(), segment_pages=3)
    yield spool
    spool.release()
