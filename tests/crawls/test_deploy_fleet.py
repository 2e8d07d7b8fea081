"""deploy/fleet: systemd, and the schemas of Compose and Kubernetes, find nothing wrong with its files."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from asiatongsin import settings
from pipelines.crawl_record import ExitStatus
from tests.conftest import ROOT
from tests.crawls.test_deploy_containers import USER, check, needs_checks, read
from tests.crawls.test_deploy_systemd import EXPOSURE, analyze, needs_systemd, unit

FOLDER = ROOT / "deploy" / "fleet"
SERVICE = FOLDER / "asiatongsin-fleet.service"
COMPOSE, SET = FOLDER / "compose.yaml", FOLDER / "statefulset.yaml"
TARGETS = ("sysinit", "basic", "shutdown", "network-online", "multi-user")


@needs_systemd
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    units, known = tmp_path / "etc/systemd/system", tmp_path / "usr/lib/systemd/system"
    program = tmp_path / unit(SERVICE)["Service"]["ExecStart"].split()[0].lstrip("/")
    for folder in (units, known, program.parent):
        folder.mkdir(parents=True)
    shutil.copy(SERVICE, units)
    for target in TARGETS:
        (known / f"{target}.target").write_text("[Unit]\n")
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    found = analyze("verify", f"--root={tmp_path}", "--recursive-errors=yes", "--man=no", SERVICE.name)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


@needs_systemd
def test_the_service_can_do_little_beside_its_work() -> None:
    found = analyze("security", "--offline=true", f"--threshold={EXPOSURE}", SERVICE)
    assert found.returncode == 0, found.stdout


def test_starts_again_unless_that_cannot_help() -> None:
    service = unit(SERVICE)["Service"]
    assert service["Restart"] == "always"
    assert service["RestartPreventExitStatus"] == str(ExitStatus.USAGE)


def test_everybody_waits_longer_for_the_end_than_the_worker_does() -> None:
    assert int(unit(SERVICE)["Service"]["TimeoutStopSec"]) > settings.FLEET_GRACE
    [grace] = re.findall(r"terminationGracePeriodSeconds: (\d+)", SET.read_text())
    assert int(grace) > settings.FLEET_GRACE
    assert "stop_grace_period: 2m" in COMPOSE.read_text()


@needs_checks
def test_the_files_follow_their_formats() -> None:
    check("check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)
    check("kubernetes-validate", "--strict", "--quiet", SET)


def test_every_setting_they_name_exists() -> None:
    texts = "\n".join(path.read_text("utf-8") for path in FOLDER.iterdir())
    names = set(re.findall(r"\bASIATONGSIN_(\w+)", texts))
    assert {"DATA", "CONTACT", "FLEET_MACHINE", "ARCHIVE_STORE"} <= names
    assert [name for name in names if not hasattr(settings, name)] == []


@needs_checks
def test_each_worker_has_a_name_and_a_volume_of_its_own() -> None:
    [workers] = read(SET)
    pod = workers["spec"]["template"]["spec"]
    [container] = pod["containers"]
    [name] = [one["valueFrom"] for one in container["env"] if one["name"] == "ASIATONGSIN_FLEET_MACHINE"]
    assert name == {"fieldRef": {"fieldPath": "metadata.name"}}
    [claim] = workers["spec"]["volumeClaimTemplates"]
    mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounted[claim["metadata"]["name"]] == "/data"
    assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["fsGroup"]) == (USER, USER)
    assert container["securityContext"]["readOnlyRootFilesystem"]
    [compose] = read(COMPOSE)
    assert "FLEET_MACHINE" in compose["services"]["worker"]["environment"]["ASIATONGSIN_FLEET_MACHINE"]
