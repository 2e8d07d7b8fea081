"""What an egg and a wheel are built out of: a copy, since building writes beside its sources."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import ROOT

PARTS = ("asiatongsin", "pipelines", "setup.py", "pyproject.toml", "scrapy.cfg", "README.md", "LICENSE")


def copy_project(to: Path) -> None:
    """Copies what they are built out of into an empty folder."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, to / part, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, to / part)


def packaged_files() -> set[str]:
    """The files of both packages, all of which must be in an egg and in a wheel."""
    files = [path for package in ("asiatongsin", "pipelines") for path in (ROOT / package).rglob("*") if path.is_file()]
    return {path.relative_to(ROOT).as_posix() for path in files if path.parent.name != "__pycache__"}
