"""A site that attacks whoever reads it, and secrets that nobody reads: nothing lets anyone in."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest
from psycopg import Connection, conninfo, sql

from asiatongsin.settings import ITEM_PIPELINES
from tests.conftest import ROOT, Run, Scrapy
from tests.faults.failing import BAD
from tests.samples import leave, page
from tests.site import Fault, ReplicaSite, serve
from tests.site.hostile import CITY_KEPT, ICON, KEPT
from tests.stored import rows

TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
TO_ELSEWHERE = {
    100_001: "/news/article.html?no=100002&x=\x1b]0;x\x07%1b[2J%00%0d%0a'); DROP TABLE articles;--\u202e",
    100_003: "http://user:word@{host}/news/article.html?no=100003",
    100_004: "ftp://{host}/news/article.html?no=100004",
    100_005: "../../../../etc/passwd",
}
"""Where some articles lead instead."""

REFUSED = {100_001: "was sent to", 100_003: "is not on", 100_004: "HTTP status 302"}


def commands_in(text: str) -> set[str]:
    """Characters that a terminal obeys or that begin a line, but for the usual line end."""
    bidi = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
    return {one for one in text if one in bidi or unicodedata.category(one) in {"Cc", "Zl", "Zp", "Cs"}} - {"\n"}


def test_a_hostile_site_stays_text(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, database_url: str, data: Path, tmp_path: Path
) -> None:
    site = ReplicaSite(articles=12)
    site.break_page(100_006)
    tables, beside = rows(connection, TABLES), set(ROOT.iterdir())
    stages = json.dumps({"tests.faults.failing.QuotingStage": 1} | ITEM_PIPELINES)
    with serve(site) as replica:
        for no, location in TO_ELSEWHERE.items():
            there = location.replace("{host}", f"127.0.0.1:{replica.port}")
            where = f"article.html.no={no}$"
            replica.faults.append(Fault(kind="raw redirect", where=where, location=there, times=1))
        replica.faults.append(Fault(kind="hostile", where=r"^/(news|\?)"))
        log = tmp_path / "log"
        run = crawl(replica.url, "-L", "DEBUG", "--logfile", str(log), "-s", f"ITEM_PIPELINES={stages}")
        assert {request.path for request in replica.requests if "evil" in request.path} == set()
    assert "a fault of the program itself (pipeline: 1)" in run.last_line
    assert_text_is_stored_as_printed(site, connection)
    assert rows(connection, TABLES) == tables
    reasons = dict(rows(connection, "SELECT no, reason FROM rejected_pages"))
    assert {no: part for no, part in REFUSED.items() if part not in reasons[no]} == {}

    told = {"log": log.read_text(), "last line": run.log}
    for command in ("status", "summary"):
        told[command] = scrapy(command, DATABASE_URL=database_url).output
    assert {name: found for name, text in told.items() if (found := commands_in(text))} == {}
    assert r"\x1b[J" in told["log"]
    assert r"\u202e" in told["status"]
    assert "DROP TABLE articles;--" in told["summary"]
    forged = {line.partition("2026-01-01")[0] for line in told["log"].splitlines() if "[root] INFO: forged" in line}
    assert forged  # in further lines of messages, and among the statistics: both are indented
    assert [before for before in forged if not before.startswith("    ")] == []

    assert set(ROOT.iterdir()) == beside
    assert {path.name for path in tmp_path.iterdir()} == {"data", "log"}
    assert [path for path in data.rglob("*") if not re.fullmatch(r"[\w.-]+", path.name, re.ASCII)] == []
    assert [path for path in data.rglob("*") if "hacked" in path.name or path.is_symlink()] == []


def assert_text_is_stored_as_printed(site: ReplicaSite, connection: Connection) -> None:
    headlines = dict(rows(connection, "SELECT no, headline FROM articles"))
    stored = [no for no in site.numbers() if no not in {*TO_ELSEWHERE, 100_006, BAD}]
    assert headlines == {no: f"{site.article(no).headline}{KEPT}" for no in stored}
    text = "\n".join(
        row for (row,) in connection.execute("SELECT concat_ws(E'\\n', section, reporter, body) FROM articles")
    )
    assert f"{site.article(stored[-1]).section}{KEPT}" in text
    reporters = rows(connection, "SELECT DISTINCT reporter FROM articles WHERE reporter IS NOT NULL")
    assert reporters
    assert all(re.fullmatch("[가-힣]{2,4}", name) for (name,) in reporters)
    assert "root:" not in text
    cities = [city for (city,) in connection.execute("SELECT city FROM weather_readings")]
    assert cities
    assert {city.endswith(CITY_KEPT) for city in cities} == {True}
    assert rows(connection, "SELECT DISTINCT icon FROM weather_readings") == [(ICON,)]
    assert {title.endswith(KEPT) for (title,) in connection.execute("SELECT title FROM related_stories")} == {True}
    assert {url[-11:] for (url,) in connection.execute("SELECT url FROM article_images")} == {"/hacked.jpg"}


def test_the_last_line_is_one_line_whatever_went_wrong(scrapy: Scrapy, data: Path) -> None:
    leave(data, page())
    environment = {"DATABASE_URL": "host=127.0.0.1 port=1 dbname='\x1b[J\u202e\nforged'"}
    with serve(ReplicaSite(articles=1)) as replica:
        crawl = ("crawl", "asiatongsin", "-a", f"site={replica.url}", "-a", "no=100001")
        runs = [scrapy(*crawl, **environment), *(scrapy(command, **environment) for command in COMMANDS)]
        runs.append(scrapy(*crawl, "-a", "pages=\x1b[J\nforged", **environment))
    assert commands_in(told_by(*runs)) == set()
    assert [line for line in told_by(*runs).splitlines() if line.startswith("forged")] == []


PASSWORD = "ge/heim@über %41:'"
SECRETS = (PASSWORD, quote(PASSWORD, safe=""), "heim@", "heim%40")

COMMANDS = ("drain", "status", "migrate", "summary")


@pytest.fixture
def guarded(database_url: str) -> Iterator[str]:
    """Address of the test's database with a user and a password."""
    name = sql.Identifier(f"user_{uuid4().hex[:12]}")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} SUPERUSER LOGIN PASSWORD {}").format(name, PASSWORD))
        parts = conninfo.conninfo_to_dict(database_url)
        host, port = quote(str(parts["host"]), safe=""), parts.get("port", "")
        user = name.as_string().strip('"')
        yield f"postgresql://{user}:{quote(PASSWORD, safe='')}@{host}:{port}/{parts['dbname']}"
        connection.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(name))
        connection.execute(sql.SQL("DROP ROLE {}").format(name))


def told_by(*runs: Run) -> str:
    return "\n".join(f"{run.output}\n{run.log}" for run in runs)


def stored_in(connection: Connection) -> str:
    """Every row of every table."""
    tables = [sql.Identifier(name) for (name,) in connection.execute(TABLES)]
    found = [rows(connection, sql.SQL("SELECT t::text FROM {} AS t").format(table)) for table in tables]
    return repr(found)


def kept_in(data: Path) -> str:
    """Every file below the data folder, and its name."""
    files = [path for path in data.rglob("*") if path.is_file()]
    contents = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files)
    return "\n".join([*map(str, files), *(content.decode() for content in contents)])


def test_a_password_is_in_no_log_and_no_table(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, guarded: str, data: Path
) -> None:
    site = ReplicaSite(articles=3)
    site.break_page(100_001)
    with serve(site) as replica:
        first = crawl(replica.url, "-L", "DEBUG", DATABASE_URL=guarded)
    runs = [scrapy(command, "-L", "DEBUG", DATABASE_URL=guarded) for command in COMMANDS]
    assert [run.status for run in (first, *runs)] == [0, 0, 0, 0, 0]
    assert "Overridden settings" in first.log
    texts = told_by(first, *runs), stored_in(connection), kept_in(data)
    assert [secret for secret in SECRETS for text in texts if secret in text] == []


def unreachable(form: str) -> dict[str, str]:
    escaped = PASSWORD.replace("'", r"\'")
    url = {
        "address": f"postgresql://someone:{quote(PASSWORD, safe='')}@127.0.0.1:1/news",
        "key words": f"host=127.0.0.1 port=1 dbname=news user=someone password='{escaped}'",
        "not escaped": f"postgresql://someone:{PASSWORD}@127.0.0.1:1/news",
        "of its own": "postgresql://someone@127.0.0.1:1/news",
    }[form]
    return {"DATABASE_URL": url} | ({"PGPASSWORD": PASSWORD} if form == "of its own" else {})


@pytest.mark.parametrize("form", ["address", "key words", "not escaped", "of its own"])
def test_a_password_is_in_no_error(scrapy: Scrapy, data: Path, form: str) -> None:
    environment = unreachable(form)
    leave(data, page())  # so that an export has a reason to connect
    with serve(ReplicaSite(articles=1)) as replica:
        crawl = ("crawl", "asiatongsin", "-a", f"site={replica.url}", "-a", "no=100001", "-L", "DEBUG")
        runs = [scrapy(*crawl, **environment), *(scrapy(command, **environment) for command in COMMANDS)]
    assert {run.status for run in runs} <= {1, 2, 3}  # 1 is what `asiatongsin status` says of it
    texts = told_by(*runs), kept_in(data)
    assert [secret for secret in SECRETS for text in texts if secret in text] == []


def test_a_site_with_a_password_is_refused_without_repeating_it(
    crawl: Scrapy, connection: Connection, data: Path
) -> None:
    run = crawl("http://someone:geheim@127.0.0.1:1/", "-L", "DEBUG")
    assert (run.status, "neither user nor password" in run.last_line) == (2, True)
    assert "geheim" not in told_by(run)
    assert rows(connection, "SELECT * FROM crawls") == []
    assert not data.exists()
