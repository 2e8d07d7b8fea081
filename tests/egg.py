"""What a scrapyd egg is built out of: a copy, since building writes beside its sources."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import ROOT

PARTS = ("asiatongsin", "pipelines", "setup.py", "pyproject.toml", "scrapy.cfg", "README.md", "LICENSE")


def copy_project(to: Path) -> None:
    """Copies what an egg is built out of into an empty folder."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, to / part, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, to / part)
