"""What several tests that need nothing have in common."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.archive.crawl_files import Archive
from tests.captured import archive


@pytest.fixture
def opened(data: Path) -> Iterator[Archive]:
    """The archive of a crawl that is running."""
    with archive(data) as opened:
        yield opened
