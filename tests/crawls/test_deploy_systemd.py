"""deploy/systemd: systemd itself finds nothing wrong with the units, and little that the service could do."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest

from asiatongsin import settings
from pipelines.crawl_record import ExitStatus
from tests.conftest import ROOT

FOLDER = ROOT / "deploy" / "systemd"
SERVICE, TIMER = FOLDER / "asiatongsin.service", FOLDER / "asiatongsin.timer"
WEB = FOLDER / "asiatongsin-web.service"
TARGETS = ("sysinit", "basic", "shutdown", "timers", "time-set", "time-sync", "network-online")
EXPOSURE = 15
"""Tenths; systemd 252 counts 13 on 2026-11-25, most of them for the network."""

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze on this machine")


class Unit(RawConfigParser):
    """Names of settings keep their capital letters."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def unit(path: Path) -> Unit:
    parser = Unit(strict=False)  # SystemCallFilter stands there twice
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def analyze(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "--no-pager", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Root of a machine on which the units and the program they start are installed."""
    units, known = tmp_path / "etc/systemd/system", tmp_path / "usr/lib/systemd/system"
    program = tmp_path / unit(SERVICE)["Service"]["ExecStart"].split()[0].lstrip("/")
    for folder in (units, known, program.parent):
        folder.mkdir(parents=True)
    for path in (SERVICE, TIMER, WEB):
        shutil.copy(path, units)
    for target in TARGETS:
        (known / f"{target}.target").write_text("[Unit]\n")
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return tmp_path


@needs_systemd
def test_systemd_finds_nothing_wrong(machine: Path) -> None:
    units = (SERVICE.name, TIMER.name, WEB.name)
    found = analyze("verify", f"--root={machine}", "--recursive-errors=yes", "--man=no", *units)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


@needs_systemd
def test_systemd_would_find_a_misspelt_option(machine: Path) -> None:
    path = machine / "etc/systemd/system" / SERVICE.name
    path.write_text(path.read_text().replace("PrivateTmp=", "PrivateTemp="))
    found = analyze("verify", f"--root={machine}", "--recursive-errors=yes", "--man=no", SERVICE.name)
    assert "PrivateTemp" in found.stderr


@needs_systemd
@pytest.mark.parametrize("path", [SERVICE, WEB], ids=lambda path: path.stem)
def test_the_service_can_do_little_beside_its_work(path: Path) -> None:
    found = analyze("security", "--offline=true", f"--threshold={EXPOSURE}", path)
    assert found.returncode == 0, found.stdout


@needs_systemd
def test_the_timer_starts_a_crawl_every_half_hour() -> None:
    found = analyze("calendar", "--iterations=4", unit(TIMER)["Timer"]["OnCalendar"])
    assert found.returncode == 0, found.stderr
    minutes = re.findall(r":(\d\d):00 \w+$", found.stdout, re.MULTILINE)
    assert sorted(minutes[:2]) == ["07", "37"]
    assert unit(TIMER)["Timer"]["Persistent"] == "yes"


def test_only_a_crawl_that_found_another_one_counts_as_success() -> None:
    assert unit(SERVICE)["Service"]["SuccessExitStatus"] == str(ExitStatus.OVERLAPPING)


def test_may_make_code_at_run_time_without_which_no_tls_connection_comes_about() -> None:
    assert "MemoryDenyWriteExecute" not in unit(SERVICE)["Service"]


def test_waits_longer_for_the_end_than_the_crawl_does() -> None:
    longest = settings.DOWNLOAD_TIMEOUT + settings.DATABASE_SILENCE_MAX
    assert int(unit(SERVICE)["Service"]["TimeoutStopSec"]) > longest


def test_the_data_folder_is_the_one_that_systemd_makes() -> None:
    service = unit(SERVICE)["Service"]
    given = dict(pair.split("=") for pair in service["Environment"].split())
    assert given["ASIATONGSIN_DATA"] == f"/var/lib/{service['StateDirectory']}"


def test_the_page_is_not_started_again_where_that_does_not_help() -> None:
    service = unit(WEB)["Service"]
    assert service["RestartPreventExitStatus"] == str(ExitStatus.USAGE)
    assert "StateDirectory" not in service
