"""The wheel, installed as a user would, in a folder of its own. `python -m tests.installed` tries every way."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from uv import find_uv_bin

from tests.conftest import ROOT
from tests.project_copy import copy_project

WAYS = ("pip", "pipx", "uv")


def build_wheel(folder: Path) -> Path:
    """Builds the wheel out of a copy of the project; returns its path."""
    project = folder / "project"
    project.mkdir()
    copy_project(project)
    here = ["--no-build-isolation", "--python", sys.executable]
    _run([find_uv_bin(), "build", "--quiet", "--wheel", *here, "--out-dir", "dist", "project"], folder)
    [wheel] = (folder / "dist").glob("*.whl")
    return wheel


def install(way: str, wheel: Path, folder: Path, python: str = sys.executable) -> Path:
    """Installs the wheel with what it needs; returns the path of the command `asiatongsin`."""
    programs = folder / "bin"
    if way == "pip":
        _run([python, "-m", "venv", folder], folder)
        _run([programs / "python", "-m", "pip", "install", "--quiet", wheel], folder)
    elif way == "pipx":
        _run(
            [find_uv_bin(), "tool", "run", "pipx", "install", "--python", python, wheel], folder, _homes(folder, "PIPX")
        )
    else:
        locked = ["--constraints", str(ROOT / "requirements.lock")]
        homes = _homes(folder, "UV_TOOL") | {"UV_LINK_MODE": "symlink"}
        _run([find_uv_bin(), "tool", "install", "--quiet", "--python", python, *locked, wheel], folder, homes)
    return programs / "asiatongsin"


def _homes(folder: Path, prefix: str) -> dict[str, str]:
    """Where pipx and uv put environments and commands."""
    tools, programs = str(folder / "tools"), str(folder / "bin")
    return {"PIPX_HOME": tools, "PIPX_BIN_DIR": programs, "UV_TOOL_DIR": tools, "UV_TOOL_BIN_DIR": programs}


def _run(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None) -> None:
    subprocess.run(command, cwd=folder, env=os.environ | dict(environment or {}), check=True, timeout=600)


def main() -> None:
    """Installs it in every way with one Python, and starts the command in an empty folder."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable)
    python = parser.parse_args().python
    with TemporaryDirectory() as folder:
        wheel = build_wheel(Path(folder))
        for way in WAYS:
            place, empty = Path(folder, way), Path(folder, f"{way}-empty")
            place.mkdir()
            empty.mkdir()
            command = install(way, wheel, place, python)
            version = subprocess.run([command], cwd=empty, capture_output=True, text=True, check=True).stdout
            print(f"{way}: {version.splitlines()[0]}, with {python}")


if __name__ == "__main__":
    main()
