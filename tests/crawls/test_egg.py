"""The egg that scrapyd is given: both packages and the schema in one zip, and it runs as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from asiatongsin.weather_stations import stations
from pipelines.database.migrate import migrations
from tests.project_copy import copy_project, packaged_files

MIGRATIONS = """
import pipelines
from pipelines.database.migrate import migrations
from asiatongsin.weather_stations import stations

print(pipelines.__file__)
print([(one.version, one.name, len(one.script)) for one in migrations()])
print(len(stations()))
"""

LIST = """
from scrapy.cmdline import execute

for arguments in (["list"], []):
    try:
        execute(["scrapy", *arguments])
    except SystemExit as end:
        print("ended with", end.code)
"""


@pytest.fixture(scope="module")
def egg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("project")
    copy_project(project)
    command = [sys.executable, "setup.py", "--quiet", "bdist_egg"]
    built = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=600, check=False)
    assert built.returncode == 0, built.stderr
    [egg] = (project / "dist").glob("*.egg")
    return egg.rename(tmp_path_factory.mktemp("eggs") / egg.name)


def run_from(egg: Path, code: str) -> str:
    """Standard output of a process that finds the project in the egg alone, in a folder of its own."""
    cwd = egg.parent / "elsewhere"
    cwd.mkdir(exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ASIATONGSIN_", "PYTHON"))}
    environment |= {"SCRAPY_SETTINGS_MODULE": "asiatongsin.settings", "PYTHONPATH": str(egg)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(cwd.iterdir()) == []
    return done.stdout


def test_holds_both_packages_with_schema_and_stations_and_no_tests(egg: Path) -> None:
    with ZipFile(egg) as archive:
        names = set(archive.namelist())
    assert packaged_files() - names == set()
    assert {name.partition("/")[0] for name in names} == {"EGG-INFO", "asiatongsin", "pipelines"}


def test_tells_scrapyd_where_its_settings_are(egg: Path) -> None:
    with ZipFile(egg) as archive:
        assert "settings = asiatongsin.settings" in archive.read("EGG-INFO/entry_points.txt").decode()


def test_lists_its_spider_and_its_commands(egg: Path) -> None:
    spiders, known, _ = run_from(egg, LIST).split("ended with 0\n")
    assert spiders == "asiatongsin\n"
    assert [name for name in ("crawl", "drain", "migrate", "status", "summary") if f"\n  {name} " not in known] == []


def test_finds_its_schema_and_stations_inside_the_zip(egg: Path) -> None:
    place, found, number = run_from(egg, MIGRATIONS).splitlines()
    assert place.startswith(f"{egg}/")
    assert found == str([(one.version, one.name, len(one.script)) for one in migrations()])
    assert int(number) == len(stations())
