"""What the commands of a page find: a database, a data folder, files, and a site that answers."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import conninfo, sql

from tests.documented.page import without_placeholders
from tests.documented.programs import SCRIPTS, TOOLS, UTILITIES
from tests.shared_server import binaries
from tests.site import ReplicaSite
from tests.site.answers import Ask, answer
from tests.warm_start import ROOT

OUTSIDE = re.compile(r"(?<![\w.}/~-])/(?=(?:srv|etc|var|home|mnt|backup|opt|usr/share)(?:/|\b))")
"""Where paths begin that lead out of the folder of the page."""

PROGRAM = re.compile(r"(?<![\w/.~-])(?:[\w.~{}$-]*/)+bin/(?=[a-z])")
"""The folder of a program: each is found by its name."""

ADDRESS = re.compile(
    r"postgres(?:ql)?://(?:(?P<user>[\w-]+)(?::(?P<password>[^@/\s]*))?@)?[^/\s'\"`]*(?:/(?P<name>\w+))?[^\s'\"`)]*"
)
STORE = re.compile(r"\b(?:s3|gs|az)://[\w./-]+")
MADE_ROLE = re.compile(r"\b(?:CREATE (?:ROLE|USER)|createuser(?: -\S+)*) (\w+)")
MADE_DATABASE = re.compile(r"\b(?:CREATE DATABASE|createdb(?: -\S+)*) (\w+)")
BEFORE_ROLE = r"((?:\b(?:ROLE|USER|TO|FROM|OWNER|createuser|dropuser)|--owner|--username|-[OU])(?:=| +)(?:-\S+ +)*)"
BEFORE_DATABASE = r"((?:\b(?:DATABASE|createdb|dropdb|psql|pg_dump)|--dbname|-d)(?:=| +)(?:-\S+ +)*)"

PAPERS = "address,every\nhttps://one.kr,1h\nhttps://two.kr,1h\n"


@dataclass
class World:
    """What is prepared for one page."""

    folder: Path
    """The page's blocks begin here."""

    url: str
    """Address of the database, without a sign that a shell would heed."""

    data: Path
    """The data folder."""

    known: dict[str, str]
    """What a reader puts in the place of `<data folder>` and the like."""

    roles: dict[str, str] = field(default_factory=dict)
    """Those that the page makes: what it calls them, and what they are called here."""

    databases: dict[str, str] = field(default_factory=dict)
    """The same of databases."""

    @property
    def outside(self) -> Path:
        """Stands for the root of the file system."""
        return self.folder / "outside"

    @property
    def name(self) -> str:
        """The name of the database."""
        return self.url.rpartition("/")[2]

    @property
    def postgres(self) -> dict[str, str]:
        """The variables that lead programs of PostgreSQL to the database."""
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
        parts = conninfo.conninfo_to_dict(self.url)
        return {variable: str(parts[name]) for name, variable in names.items() if parts.get(name)}

    def localized(self, text: str) -> str:
        """The text, which leads to what is prepared instead of to what a reader has."""
        for told, value in self.known.items():
            text = text.replace(f"<{told}>", value)
        for pattern, names in ((MADE_ROLE, self.roles), (MADE_DATABASE, self.databases)):
            names.update({called: f"{self.name}_{called}" for called in pattern.findall(text)})
        for before, names in ((BEFORE_ROLE, self.roles), (BEFORE_DATABASE, self.databases)):
            for called, is_called in names.items():
                text = re.sub(rf"{before}{called}\b(?!:)", rf"\1{is_called}", text)
        text = STORE.sub(f"{self.folder}/store", ADDRESS.sub(self._address, without_placeholders(text)))
        text = text.replace("env -i ", "env ").replace("PATH=/usr/bin:/bin ", "")
        return OUTSIDE.sub(f"{self.outside}/", PROGRAM.sub("", text))

    def _address(self, found: re.Match[str]) -> str:
        """The database of the page or one that it has made, for the user whom it names if it has made that one."""
        address = self.url.removesuffix(self.name) + self.databases.get(found["name"] or "", self.name)
        user, password = self.roles.get(found["user"] or ""), found["password"]
        who = f"{user}:{password}" if password else user
        return re.sub(r"//[^@]*@", f"//{who}@", address) if user else address

    def clean_up(self) -> None:
        """Takes away what belongs to the server and not to the database of the page."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for name in map(sql.Identifier, self.databases.values()):
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            for role in self.roles.values():
                if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount:
                    connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
                    connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def plain_address(given: str) -> str:
    """An address of a database that a shell takes as one word without quotes."""
    parts = conninfo.conninfo_to_dict(given)
    password = f":{quote(str(parts['password']), safe='')}" if parts.get("password") else ""
    host, port = quote(str(parts.get("host", "")), safe=""), f":{parts['port']}" if parts.get("port") else ""
    return f"postgresql://{parts.get('user', os.environ.get('USER', ''))}{password}@{host}{port}/{parts['dbname']}"


def furnish(world: World, paper: ReplicaSite) -> None:
    """Folders and files that a reader has."""
    checkouts = [world.folder, world.outside / "srv" / "asiatongsin"]
    for place in ("etc/systemd/system", "srv/news", "srv/scrapyd", "var/lib/asiatongsin", "home/you", "usr/share"):
        (world.outside / place).mkdir(parents=True)
    for checkout in checkouts:
        checkout.mkdir(exist_ok=True)
        for name in ("deploy", "docs", "Makefile", "pyproject.toml", "requirements.lock"):
            (checkout / name).symlink_to(ROOT / name)
    saved = answer(paper, Ask(path="/news/article.html", query=f"no={paper.last_no}", headers={}))
    (world.folder / "store").mkdir()
    (world.folder / ".env").write_text("SCRAPYD_PASSWORD=choose-one\n", encoding="utf-8")
    (world.folder / "papers.csv").write_text(PAPERS, encoding="utf-8")
    (world.folder / "question.sql").write_text("SELECT count(*) FROM articles;\n", encoding="utf-8")
    (world.folder / "saved.html").write_bytes(saved.body)


def link_programs(programs: Path) -> None:
    """The programs that run as they are."""
    for name in UTILITIES:
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    for name in TOOLS:
        (programs / name).symlink_to(binaries() / name)
    for name in SCRIPTS:
        (programs / name).symlink_to(Path(sys.executable).with_name(name))
