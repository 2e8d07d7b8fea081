"""The wheel: all files are in it, and the command works in an empty folder, where nothing of the checkout is found."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.conftest import Run
from tests.installed import build_wheel, install
from tests.project_copy import packaged_files
from tests.site import ReplicaSite, serve


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `asiatongsin`, as `uv tool install` puts it."""
    return install("uv", wheel, tmp_path_factory.mktemp("installed"))


def start(folder: Path, *command: str | Path, **given: str) -> Run:
    """Runs a command in this folder, cold, without what the environment of the tests says of the project."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ASIATONGSIN_", "PYTHON"))}
    clean.pop("DATABASE_URL", None)
    done = subprocess.run(
        command, cwd=folder, env=clean | given, capture_output=True, text=True, timeout=600, check=False
    )
    return Run(done.returncode, done.stdout, done.stderr)


def test_holds_every_file_of_both_packages_and_no_tests(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert packaged_files() - names == set()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"asiatongsin", "pipelines"}


def test_crawls_into_an_empty_database_and_tells_of_it(
    command: Path, empty_database_url: str, tmp_path: Path, data: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    given = {"DATABASE_URL": empty_database_url, "ASIATONGSIN_DATA": str(data)}
    with serve(ReplicaSite(articles=3)) as replica:
        crawl = start(empty, command, "crawl", "-a", f"site={replica.url}", **given)
    assert crawl.status == 0, crawl.log
    assert "3 article pages, 3 new" in crawl.last_line
    python = command.resolve().with_name("python")
    status = start(empty, python, "-m", "asiatongsin", "status", **given)
    assert status.status == 0, status.log
    assert "Last crawls" in status.output
    assert list(empty.iterdir()) == []
