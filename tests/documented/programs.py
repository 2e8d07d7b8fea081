"""Which programs run as they stand, and which do not run here: each of these with the test that covers it."""

from __future__ import annotations

import re
import tomllib
import warnings
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution

from apprise import Apprise

from tests.documented.inline import fault as fault_of_ours
from tests.warm_start import ROOT

UTILITIES = (
    *("awk", "cat", "cp", "cut", "date", "df", "diff", "du", "env", "find", "grep", "gunzip", "gzip", "head", "ls"),
    *(
        "mkdir",
        "mv",
        "ps",
        "rm",
        "sed",
        "seq",
        "sh",
        "sleep",
        "sort",
        "tail",
        "tar",
        "tee",
        "touch",
        "tr",
        "uniq",
        "wc",
    ),
    *("Rscript", "uname", "which", "xargs", "zcat"),
)
"""Programs of every system. They run, in folders that the test has made."""

TOOLS = ("createdb", "createuser", "dropdb", "dropuser", "pg_dump", "pg_restore", "psql")
"""Programs of PostgreSQL. They run, on the server of the tests."""

SCRIPTS = ("warcio",)
"""Programs in Python that the tests have. They run, and start slowly."""

OURS = ("asiatongsin", "scrapy")

AS_SOMEBODY = ("setpriv", "sudo")
"""Programs that run another one as another user; here that one runs as whoever runs the tests."""

NOT_HERE = {
    "apprise": "tests/crawls/test_alerts.py",
    "apt": "tests/crawls/test_deploy_readme.py",
    "curl": "tests/crawls/test_scrapyd.py",
    "docker": "tests/crawls/test_deploy_containers.py",
    "git": ".ci/run",
    "install": "tests/crawls/test_deploy_readme.py",
    "journalctl": "tests/crawls/test_deploy_systemd.py",
    "kubectl": "tests/crawls/test_deploy_containers.py",
    "pgbouncer": "tests/sql/test_pooler.py",
    "scrapyd": "tests/crawls/test_scrapyd.py",
    "scrapyd-deploy": "tests/crawls/test_scrapyd.py",
    "systemctl": "tests/crawls/test_deploy_systemd.py",
    "useradd": "tests/crawls/test_deploy_readme.py",
}
"""Programs that need another machine, root, a network or a service, and what tests what they are told to do."""

MAKE = {
    "bench": "tests/crawls/test_bench.py",
    "demo": "tests/crawls/test_demo.py",
    "demo-page": "tests/sql/test_demo_page.py",
    "docs": ".ci/run",
    "fleet": ".ci/run",
    "hooks": "tests/crawls/test_commands.py",
    "lint": ".ci/run",
    "lock": "tests/crawls/test_deploy_containers.py",
    "lowest": ".ci/run",
    "moto": ".ci/run",
    "pgbouncer": ".ci/run",
    "pywb": ".ci/run",
    "reference": "tests/unit/test_reference.py",
    "schema": "tests/sql/test_schema.py",
    "scrapyd": ".ci/run",
    "setup": ".ci/run",
    "soak": "tests/faults/test_random_kills.py",
    "test": ".ci/run",
    "tools": ".ci/run",
}
"""Targets of the Makefile that documents name, and what runs the same."""

MODULES = {
    "tests.installed": "tests/crawls/test_wheel.py",
    "tests.site": "tests/crawls/test_replica_faults.py",
    "venv": "tests/crawls/test_scrapyd.py",
}
"""What `python -m` runs, and what tests it."""

INSTALLERS = {"pip": "install", "pipx": "install", "uv": "tool"}
"""Programs that install packages, and the first word that they are told; tests/crawls/test_wheel.py installs ours."""

NOT_INSTALLED = {
    "scrapyd": "tests/crawls/test_scrapyd.py",
    "scrapyd-client": "tests/crawls/test_scrapyd.py",
}
"""Packages that the environment of the tests does not have, and where they are tried."""

_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_REQUIREMENT = re.compile(r"(?P<name>\.|[a-z][\w-]*)(?:\[(?P<extras>[\w,-]+)\])?(?P<version>[<>=!~].*)?", re.IGNORECASE)


def fault(name: str, arguments: Sequence[str]) -> str | None:
    """What is wrong with a call of a program that does not run here; None where nothing is known to be."""
    if name == "make":
        return _fault_of_make(arguments)
    if name in INSTALLERS:
        return _fault_of_installer(name, arguments)
    if name in {"python", "python3"}:
        is_known = arguments[:1] == ["-m"] and {*arguments[1:2]} <= {*MODULES}
        return None if is_known else f"only these are known: {[*MODULES]}. Blocks of ```python run"
    if name not in NOT_HERE:
        return f"nothing is known of {name}"
    named = [one for one in arguments if re.match(r"(?:deploy|docs)/", one)]
    missing = [one for one in named if not (ROOT / one).exists()]
    return f"{missing[0]} is not there" if missing else _fault_inside(name, arguments)


def _fault_inside(name: str, arguments: Sequence[str]) -> str | None:
    """What is wrong with the command of ours that runs in a container, or with an address."""
    addresses = [one for one in arguments if "://" in one]
    if name == "apprise":
        return next((f"apprise does not know {one}" for one in addresses if not is_of_apprise(one)), None)
    if name == "curl":
        is_scrapyd = any(":6800/" in one for one in addresses)
        return None if is_scrapyd else "only calls of scrapyd are tested elsewhere"
    if name == "docker" and arguments[:2] == ["compose", "run"]:
        given = [one for one in arguments[2:] if one not in {"--rm", "--build"}]
        return fault_of_ours(given[1:])
    if name == "kubectl" and arguments[:1] == ["exec"]:
        given = [*arguments[arguments.index("--") + 1 :]]
        return fault_of_ours(given[1:]) if given[0] == "asiatongsin" else None
    return None


def is_of_apprise(address: str) -> bool:
    """Whether apprise knows such an address. It imports its services as it is asked first, and these warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bool(Apprise().add(address))


def targets() -> set[str]:
    """What `make` can make."""
    return set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def _fault_of_make(arguments: Sequence[str]) -> str | None:
    wanted = [one for one in arguments if "=" not in one and not one.startswith("-")]
    if missing := [one for one in wanted if one not in targets()]:
        return f"the Makefile has no target {missing[0]}"
    unknown = [one for one in wanted if one not in MAKE]
    return f"MAKE in tests/documented/programs.py does not say what tests `make {unknown[0]}`" if unknown else None


def _fault_of_installer(name: str, arguments: Sequence[str]) -> str | None:
    words = [one for one in arguments if not one.startswith("-")]
    if name == "pipx" and words[:2] == ["inject", "asiatongsin"]:
        words = ["install", *words[2:]]
    if not words or words[0] != INSTALLERS[name]:
        return f"`{name} {' '.join(words[:1])}` is not known"
    wanted = words[2:] if name == "uv" else words[1:]
    if "--requirement" in arguments or "-r" in arguments:
        return None if all((ROOT / one.rpartition("/")[2]).exists() for one in wanted) else f"{wanted} are not there"
    return next((found for one in wanted if (found := _fault_of_requirement(one))), None)


def _fault_of_requirement(requirement: str) -> str | None:
    if requirement.endswith(".whl"):
        return None
    found = _REQUIREMENT.fullmatch(requirement)
    if not found:
        return f"{requirement} is no name of a package"
    if found["name"] in {".", _PROJECT["name"]}:
        extras = set((found["extras"] or "").split(",")) - {""}
        missing = extras - set(_PROJECT["optional-dependencies"])
        return f"there are no extras {missing}" if missing else None
    if found["name"] in NOT_INSTALLED:
        return None
    try:
        distribution(found["name"])
    except PackageNotFoundError:
        return f"the tests run without the package {found['name']}"
    return None
