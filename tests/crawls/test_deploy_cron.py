"""deploy/cron: its line, run as cron runs it, crawls the replica, writes its log and keeps out of its own way."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from psycopg import Connection

from asiatongsin import settings
from tests.conftest import ROOT
from tests.site import ReplicaSite, serve
from tests.stored import count

CRONTAB = (ROOT / "deploy" / "cron" / "crontab").read_text(encoding="utf-8")
ASSIGNMENT = re.compile(r"(\w+) *= *(.*)")
ENTRY = re.compile(r"((?:[\d*,/-]+\s+){5})(.*)")
CHECKOUT = "/srv/asiatongsin"


@dataclass(frozen=True)
class Line:
    """A line of the crontab, as Debian's crontab(5) describes it."""

    times: list[str]
    command: str
    """Up to the first percent sign that is not escaped."""
    given: str | None
    """Standard input: what follows it, each further one a line end."""


def lines() -> list[str]:
    return [line.strip() for line in CRONTAB.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def assignments() -> dict[str, str]:
    return {match[1]: match[2] for line in lines() if (match := ASSIGNMENT.fullmatch(line))}


def parse(times: str, command: str) -> Line:
    first, *rest = [part.replace("\\%", "%") for part in re.split(r"(?<!\\)%", command)]
    return Line(times.split(), first, "\n".join(rest) + "\n" if rest else None)


def entries() -> list[Line]:
    return [parse(*match.groups()) for line in lines() if (match := ENTRY.fullmatch(line))]


@dataclass(frozen=True)
class Cron:
    """What cron gives a command: a home, four variables, the assignments of the file, and nothing else."""

    home: Path
    checkout: Path
    assigned: dict[str, str]

    def start(self, command: str) -> subprocess.Popen[str]:
        set_by_cron = {"HOME": str(self.home), "LOGNAME": "news", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
        return subprocess.Popen(
            ["/bin/sh", "-c", command.replace(CHECKOUT, str(self.checkout))],
            cwd=self.home,
            env=set_by_cron | self.assigned,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @staticmethod
    def mail(started: subprocess.Popen[str]) -> str:
        """What cron sends by mail when the command has ended: all that it has printed."""
        return started.communicate(timeout=600)[0]

    def log(self) -> str:
        month = datetime.now(ZoneInfo(self.assigned["TZ"])).strftime("%Y-%m")
        return (self.home / f"crawl-{month}.log").read_text(encoding="utf-8")


@pytest.fixture
def cron(tmp_path: Path, database_url: str, data: Path) -> Cron:
    """A checkout that is set up, elsewhere than the crontab says; its database and data folder likewise."""
    home, checkout = tmp_path / "home", tmp_path / "checkout"
    home.mkdir()
    checkout.mkdir()
    for name in ("scrapy.cfg", "asiatongsin", "pipelines"):
        (checkout / name).symlink_to(ROOT / name)
    (checkout / ".venv").symlink_to(sys.prefix)
    return Cron(home, checkout, assignments() | {"DATABASE_URL": database_url, "ASIATONGSIN_DATA": str(data)})


def test_every_line_is_an_assignment_an_entry_or_a_comment() -> None:
    assert [line for line in lines() if not ASSIGNMENT.fullmatch(line) and not ENTRY.fullmatch(line)] == []
    assert len(entries()) == 3
    assert [entry for entry in entries() if entry.given is not None] == []


def test_names_only_settings_that_exist_and_expands_nothing() -> None:
    ours = [name.removeprefix("ASIATONGSIN_") for name in assignments() if name.startswith("ASIATONGSIN_")]
    assert ours
    assert [name for name in ours if not hasattr(settings, name)] == []
    assert [value for value in assignments().values() if "$" in value] == []


def test_starts_twice_an_hour_at_minutes_that_not_everybody_uses() -> None:
    minutes, *others = entries()[0].times
    assert others == ["*"] * 4
    first, second = map(int, minutes.split(","))
    assert second - first == 30
    assert first % 5


def test_its_lines_store_rows_write_a_log_and_tell_how_it_went(cron: Cron, connection: Connection) -> None:
    crawl, status, tidy = (entry.command for entry in entries())
    old = cron.home / "crawl-2020-01.log"
    with serve(ReplicaSite(articles=60)) as replica:
        given = f"-a site={replica.url} -s DATABASE_SILENCE_MAX=10000"
        crawl = crawl.replace("asiatongsin crawl", f"asiatongsin crawl {given}")
        with connection.transaction():
            connection.execute("LOCK TABLE article_texts IN SHARE MODE")  # so that the first is still running
            first = cron.start(crawl)
            replica.wait_for(articles=5)
            second = cron.start(crawl)
            assert cron.mail(second) == ""
            assert second.returncode == 6
            assert "another crawl" in cron.log()
            assert first.poll() is None
        assert cron.mail(first) == ""
        assert first.returncode == 0
    assert "60 new" in cron.log().rstrip().rpartition("\n")[2]
    assert count(connection, "articles") == 60

    assert cron.mail(cron.start(status)) == ""  # all is well: no mail
    connection.execute("UPDATE crawls SET outcome = 'error'")
    assert cron.mail(cron.start(status)).startswith("Needs a person:\n  - 127.0.0.1")

    old.touch()
    subprocess.run(["/usr/bin/touch", "-d", "2020-01-31", str(old)], check=True)
    assert cron.mail(cron.start(tidy)) == ""
    assert not old.exists()
    assert cron.log()
