"""scrapyd, as deploy/scrapyd has it: the real server, the real client, jobs that crawl the replica."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection

from tests.conftest import new_database
from tests.processes import wait_until
from tests.scrapyd_server import PASSWORD, SCRAPYD, USER, Scrapyd
from tests.site import Replica, ReplicaSite, serve
from tests.stored import value

SERVICES = ("daemonstatus", "listprojects", "listjobs", "schedule", "cancel", "addversion", "delproject")
SITE = ReplicaSite(articles=400, per_page=10, page_bytes=8_000)
SLOW = {"setting": "DOWNLOAD_DELAY=0.2"}
LONG = SLOW | {"no": ",".join(map(str, SITE.numbers()))}
"""A job that takes more than a minute."""
CONTACT = "news@example.org"

pytestmark = pytest.mark.skipif(
    not (SCRAPYD / "bin" / "scrapyd-deploy").exists(),
    reason=f"no scrapyd in {SCRAPYD}: `make scrapyd`, or name its environment in SCRAPYD",
)


@pytest.fixture(scope="module")
def url(server: str) -> Iterator[str]:
    """One database for all jobs: its address is in the environment of scrapyd."""
    with new_database(server) as url:
        yield url


@pytest.fixture(scope="module")
def scrapyd(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scrapyd]:
    """A scrapyd that was given the project."""
    folder = tmp_path_factory.mktemp("scrapyd")
    scrapyd = Scrapyd(folder, DATABASE_URL=url, ASIATONGSIN_DATA=str(folder / "data"), ASIATONGSIN_CONTACT=CONTACT)
    try:
        scrapyd.start()
        assert '"spiders": 1' in scrapyd.deploy(tmp_path_factory.mktemp("project"))
        yield scrapyd
    finally:
        scrapyd.stop()


@pytest.fixture
def rows(url: str) -> Iterator[Connection]:
    """A connection to what the jobs store."""
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def replica() -> Iterator[Replica]:
    with serve(SITE) as replica:
        yield replica


@dataclass(frozen=True)
class Done:
    """A job that has ended."""

    url: str
    """Address of the site, which is no longer there."""

    job: str
    """Its id."""

    last_line: str
    """The end of its log."""

    user_agent: str
    """As what it asked."""


@pytest.fixture(scope="module")
def done(scrapyd: Scrapyd) -> Done:
    """A crawl of the newest ten articles."""
    with serve(SITE) as replica:
        job = scrapyd.schedule(site=replica.url, pages="1", sections="all")
        return Done(replica.url, job, scrapyd.last_line(job), replica.requests[-1].headers["User-Agent"])


def crawl_of(rows: Connection, job: str) -> tuple[str, str | None, int]:
    """Site, outcome and article pages of the one crawl that the job id leads to."""
    query = "SELECT site, outcome, article_pages FROM crawls WHERE job = %s"
    [crawl] = rows.execute(query, (job,)).fetchall()
    return crawl


def test_does_not_start_without_a_password(tmp_path: Path) -> None:
    scrapyd = Scrapyd(tmp_path, SCRAPYD_PASSWORD="")
    try:
        with pytest.raises(RuntimeError, match="the_environment_variable_scrapyd_password_is_not_set"):
            scrapyd.start()
    finally:
        scrapyd.stop()


@pytest.mark.parametrize("user", [None, f"{USER}:wrong", f"{USER}:", ":", f"other:{PASSWORD}"])
def test_lets_nobody_in_without_the_password(scrapyd: Scrapyd, user: str | None) -> None:
    pages = [scrapyd.ask(path, user=user) for path in ("/", "/jobs", "/logs/", "/daemonstatus.json")]
    calls = [scrapyd.ask(f"/{name}.json", {"project": "asiatongsin"}, user) for name in SERVICES]
    assert {status for status, _ in pages + calls} == {401}
    assert scrapyd.ask("/daemonstatus.json")[0] == 200


def test_a_job_stores_a_crawl_that_its_id_leads_to(done: Done, rows: Connection) -> None:
    site = done.url.removeprefix("http://")
    assert f" INFO: asiatongsin: {site}: ok: 1 list pages, 10 article pages, 10 new" in done.last_line
    assert crawl_of(rows, done.job) == (site, "ok", 10)
    arguments = value(rows, "SELECT arguments FROM crawls WHERE job = %s", done.job)
    assert arguments == {"site": done.url, "pages": "1", "sections": "all"}
    stored = rows.execute("SELECT no FROM articles WHERE site = %s ORDER BY no", (site,)).fetchall()
    assert [no for (no,) in stored] == list(SITE.numbers()[-10:])


def test_a_job_has_what_the_environment_of_scrapyd_says(scrapyd: Scrapyd, done: Done) -> None:
    assert CONTACT in done.user_agent
    assert list((Path(scrapyd.environment["ASIATONGSIN_DATA"]) / "archive").rglob("*.warc.gz"))


def test_a_job_needs_neither_a_home_nor_a_folder_it_may_write_in(scrapyd: Scrapyd, done: Done) -> None:
    assert ": ok: " in done.last_line
    assert not scrapyd.home.exists()
    assert {path.name for path in scrapyd.cwd.iterdir()} == {"scrapyd.conf", "scrapy.cfg"}


def test_a_finished_job_is_listed_after_a_restart(scrapyd: Scrapyd, done: Done) -> None:
    before = scrapyd.jobs("finished")
    scrapyd.stop()
    scrapyd.start()
    assert scrapyd.jobs("finished") == before
    assert scrapyd.last_line(done.job) == done.last_line


def test_a_cancelled_job_ends_early_with_its_row(scrapyd: Scrapyd, rows: Connection, replica: Replica) -> None:
    job = scrapyd.schedule(site=replica.url, **LONG)
    replica.wait_for(articles=3)
    scrapyd.cancel(job, signal="TERM")
    assert ": ok: stopped early" in scrapyd.last_line(job)
    site, outcome, pages = crawl_of(rows, job)
    assert outcome == "ok"
    assert 3 <= pages < 400
    assert value(rows, "SELECT count(*) FROM articles WHERE site = %s", site) == pages


def test_a_second_job_of_the_same_site_ends_with_status_6(scrapyd: Scrapyd, rows: Connection, replica: Replica) -> None:
    first = scrapyd.schedule(site=replica.url, **LONG)
    replica.wait_for(articles=1)
    second = scrapyd.schedule(site=replica.url)
    line = scrapyd.last_line(second)
    assert " ERROR: asiatongsin: " in line
    assert line.endswith("is running; nothing was fetched")
    assert ["exitstatus=6" in line for line in scrapyd.ended(second)] == [True]
    assert rows.execute("SELECT 1 FROM crawls WHERE job = %s", (second,)).fetchall() == []
    scrapyd.cancel(first)  # by SIGINT, which is what scrapyd sends when it is not told another signal
    assert "stopped early" in scrapyd.last_line(first)


def test_a_job_with_a_wrong_argument_says_so_in_its_log(scrapyd: Scrapyd, replica: Replica) -> None:
    job = scrapyd.schedule(site=replica.url, page="1")
    assert " ERROR: there is no argument 'page'" in scrapyd.last_line(job)
    assert ["exitstatus=2" in line for line in scrapyd.ended(job)] == [True]
    assert replica.requests == []


def test_a_job_outlives_scrapyd_and_stores_its_crawl(scrapyd: Scrapyd, rows: Connection, replica: Replica) -> None:
    job = scrapyd.schedule(site=replica.url, **SLOW, pages="1", sections="all")
    replica.wait_for(articles=1)
    scrapyd.stop()
    wait_until(lambda: crawl_of(rows, job)[1:] == ("ok", 10), lambda: "the job was not stored")
    scrapyd.start()
    assert job not in scrapyd.jobs("finished") | scrapyd.jobs("running")
