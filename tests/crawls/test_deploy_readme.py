"""deploy/README.md and what it links to: its steps lead to rows, where no root is needed for them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import conninfo

from asiatongsin import settings
from pipelines.crawl_record import ExitStatus
from tests.conftest import ROOT
from tests.site import ReplicaSite, serve

DEPLOY = ROOT / "deploy"
README = (DEPLOY / "README.md").read_text(encoding="utf-8")
DOCUMENTS = re.findall(r"<<'EOF'\n(.*?)\n *EOF\n", README, re.DOTALL)
SQL, ENVIRONMENT = ("\n".join(line.strip() for line in text.splitlines()) for text in DOCUMENTS)
COMMANDS = re.findall(r"^ +(\.venv/bin/asiatongsin .*)$", README, re.MULTILINE)


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("README.md")), ids=lambda path: path.parent.name)
def test_the_files_it_links_to_exist(path: Path) -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", path.read_text("utf-8")) if not link.startswith("http")]
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_says_what_to_look_at_for_every_status_but_the_good_one() -> None:
    named = {int(status) for status in re.findall(r"^\| (\d) \|", README, re.MULTILINE)}
    assert named == set(ExitStatus) - {ExitStatus.DONE}


def test_its_environment_names_settings_that_exist() -> None:
    names = re.findall(r"^(?:ASIATONGSIN_)?(\w+)=", ENVIRONMENT, re.MULTILINE)
    assert names == ["DATABASE_URL", "DATA", "CONTACT"]
    assert [name for name in names if not hasattr(settings, name)] == []


@pytest.mark.usefixtures("starts_commands")
def test_its_database_environment_and_first_crawl_lead_to_rows(server: str, tmp_path: Path) -> None:
    name = f"test_{uuid4().hex[:12]}"
    database = conninfo.make_conninfo(server, dbname=name)
    given = ENVIRONMENT.replace("/var/lib/asiatongsin", str(tmp_path / "data"))
    given = re.sub(r"^DATABASE_URL='.*'", lambda _: f"DATABASE_URL='{database}'", given, flags=re.MULTILINE)
    (tmp_path / "env").write_text(given)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    for folder in ("scrapy.cfg", "asiatongsin", "pipelines"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    with psycopg.connect(server, autocommit=True) as root, serve(ReplicaSite(articles=20)) as replica:
        for statement in SQL.replace("asiatongsin", name).replace("news", name).split(";\n"):
            root.execute(statement)
        crawl, status = (command.replace("-a pages=1", f"-a pages=1 -a site={replica.url}") for command in COMMANDS)
        script = f"set -a; . ./env; {crawl}; {status}"
        told = subprocess.run(
            ["/bin/sh", "-c", script],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        with psycopg.connect(database) as connection:
            [(rows,)] = connection.execute("SELECT count(*) FROM articles").fetchall()
        root.execute(f"DROP DATABASE {name} WITH (FORCE)")
        root.execute(f"DROP ROLE {name}")
    assert told.stdout.startswith("0\n"), told.stderr
    assert "127.0.0.1" in told.stdout
    assert rows == 20
