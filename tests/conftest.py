"""A real PostgreSQL, a real replica, the real command: what the tests run against."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import Connection, conninfo, sql
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from pipelines.archive.files import archive_files
from pipelines.archive.whereabouts import Whereabouts
from pipelines.crawl.known_articles import KnownArticles
from pipelines.crawl_record import Outcome
from pipelines.database.connection import Database
from pipelines.database.migrate import migrate, migrations
from pipelines.database.session import Session
from pipelines.reparse.captured import Wanted
from pipelines.reparse.report import Report
from pipelines.reparse.run import Job, Reparse
from pipelines.reparse.writing import Writing
from pipelines.spool.drain import Drain
from tests import compiled, executed_sql, keeper, shared_server, warm_start

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "site"
"""Captured text of real sites; where it is not there the tests that need it are skipped."""


STARTING = {"scrapy", "start", "begun", "aftermath", "cron", "machine", "scrapyd", "starts_commands"}
"""Fixtures that start commands."""

NEVER_EXECUTED: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sql: judges what PostgreSQL does: uses a connection and starts no command")
    if not hasattr(config, "workerinput"):  # xdist's workers inherit the name of the run
        shared_server.begin_run()
        compiled.compile_all(config)
    settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("no clock")
    if config.option.markexpr == "sql":
        executed_sql.watch(keeper.folder())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        uses = set(getattr(item, "fixturenames", ()))
        if "server" in uses and not uses & {*STARTING, "browser"}:
            item.add_marker("sql")
        _check_folder(item, uses)


def _check_folder(item: pytest.Item, uses: set[str]) -> None:
    """The folder of a test says what it needs: `unit` nothing, `sql` a connection, `browser` that, others commands."""
    folder = item.path.relative_to(ROOT / "tests").parts[0]
    if (folder == "browser") != ("browser" in uses):
        raise pytest.UsageError(f"{item.nodeid}: what needs a browser, and nothing else, stands in tests/browser")
    if (folder in {"unit", "sql"} and uses & STARTING) or (folder == "unit" and "server" in uses):
        raise pytest.UsageError(f"{item.nodeid} needs more than its folder says: move it to tests/sql or tests/crawls")


def pytest_collection_finish() -> None:
    gc.freeze()  # thousands of tests, which would be looked through again and again: a tenth of the time (2026-12-01)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A run of all tests marked `sql` fails if a statement of the code was never executed."""
    config, folder = session.config, keeper.folder()
    if config.option.markexpr == "sql":
        warm_start.stop()
        executed_sql.write(folder)
        is_whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword
        if is_whole and exitstatus == 0 and not hasattr(config, "workerinput"):
            NEVER_EXECUTED.extend(executed_sql.missing(folder))
            session.exitstatus = pytest.ExitCode.TESTS_FAILED if NEVER_EXECUTED else exitstatus


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name in NEVER_EXECUTED:
        terminalreporter.write_line(f"No test marked `sql` executes {name}: write one", red=True)


def pytest_unconfigure() -> None:
    warm_start.stop()


@pytest.fixture(scope="session")
def server() -> str:
    """Address of a PostgreSQL server: the one TEST_DATABASE_URL names, else one for all processes of this run."""
    return os.environ.get("TEST_DATABASE_URL") or shared_server.address()


@contextmanager
def new_database(server: str, template: str = "template1") -> Iterator[str]:
    """Address of a copy of the template, which is dropped at the end. It is empty unless another one is named.

    Copied file by file it takes 0.014 CPU-seconds, through the log of the server 0.020 (2026-11-30).
    """
    new = {"name": sql.Identifier(f"test_{uuid4().hex[:12]}"), "template": sql.Identifier(template)}
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy").format(**new))
        yield conninfo.make_conninfo(server, dbname=new["name"].as_string().strip('"'))
        connection.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**new))


@pytest.fixture(scope="session")
def template(server: str) -> Iterator[str]:
    """Name of a database with the current schema. Copies of it take a fraction of what a migration takes."""
    with new_database(server) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            migrate(connection)
        yield str(conninfo.conninfo_to_dict(url)["dbname"])


@pytest.fixture
def database_url(server: str, template: str) -> Iterator[str]:
    """Address of a database of its own, with the current schema."""
    with new_database(server, template) as url:
        yield url


@pytest.fixture
def empty_database_url(server: str) -> Iterator[str]:
    """Address of a database of its own, without any table."""
    with new_database(server) as url:
        yield url


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Connection]:
    """A connection to an empty database."""
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def newer(connection: Connection, database_url: str) -> str:
    """Address of a database of the next version."""
    version = migrations()[-1].version + 1
    connection.execute("INSERT INTO asiatongsin_migrations (version, name) VALUES (%s, 'future')", [version])
    return database_url


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A connection to a database with the current schema."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@dataclass(frozen=True)
class Run:
    """How a command ended."""

    status: int
    """Exit status."""

    output: str
    """Standard output."""

    log: str
    """Standard error."""

    megabytes: float = 0.0
    """The most memory it had; 0 where nobody looked."""

    @property
    def last_line(self) -> str:
        """What it says of itself at the end."""
        return self.log.rstrip().rpartition("\n")[2]


Scrapy = Callable[..., Run]


@pytest.fixture
def starts_commands() -> None:
    """Used by tests that start a command by themselves, so that they do not count as `sql`."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of the commands."""
    return tmp_path / "data"


@pytest.fixture
def scrapy(data: Path) -> Scrapy:
    """Runs `scrapy …` in a process of its own: `scrapy("crawl", "asiatongsin", DATABASE_URL=…)`."""

    def run(*arguments: str, timeout: float = 600, within: Sequence[str] = (), **environment: str) -> Run:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("ASIATONGSIN_", "SCRAPY_"))}
        clean.pop("DATABASE_URL", None)
        given = clean | {"ASIATONGSIN_DATA": str(data)} | environment
        command = [*within, *warm_start.COMMAND, *_alone(*arguments)]
        with warm_start.Popen(command, cwd=ROOT, env=given, stdout=PIPE, stderr=PIPE, text=True) as process:
            try:
                output, log = process.communicate(timeout=timeout)
            finally:
                process.kill()
        return Run(process.returncode, output, log)

    return run


def _alone(*arguments: str) -> tuple[str, ...]:
    """Reads the archive without other processes, which start cold, unless the test says how many it wants."""
    return (*arguments, "--jobs", "1") if arguments[:1] == ("reparse",) and "--jobs" not in arguments else arguments


@pytest.fixture
def crawl(scrapy: Scrapy, database_url: str) -> Scrapy:
    """Runs the spider into the test's database: `crawl(replica.url, "-a", "pages=1")`."""

    def run(site: str, *arguments: str, within: Sequence[str] = (), **environment: str) -> Run:
        given = {"DATABASE_URL": database_url} | environment
        return scrapy("crawl", "asiatongsin", "-a", f"site={site}", *arguments, within=within, **given)

    return run


@pytest.fixture
def reparse(scrapy: Scrapy, database_url: str) -> Scrapy:
    """Runs `asiatongsin reparse` into the test's database."""
    return lambda *arguments: scrapy("reparse", *map(str, arguments), DATABASE_URL=database_url)


@pytest.fixture
def begun(data: Path, database_url: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `asiatongsin reparse` and goes on; whatever still runs at the end is killed."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str, within: Sequence[str] = ()) -> subprocess.Popen[str]:
        command = [*within, *warm_start.COMMAND, *_alone("reparse", *arguments)]
        environment = os.environ | {"ASIATONGSIN_DATA": str(data), "DATABASE_URL": database_url}
        # A shell's background jobs ignore it, and so would what they start.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        running.append(warm_start.Popen(command, cwd=ROOT, env=environment, stderr=PIPE, text=True))
        signal.signal(signal.SIGINT, before)
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def reread(data: Path, database_url: str) -> Callable[..., Report]:
    """Reads the archive, or files, again in this very process: `reread(writes=True)`."""

    def run(
        *files: Path,
        writes: bool = False,
        wanted: Wanted | None = None,
        advance: Callable[[int], None] = lambda _: None,
    ) -> Report:
        given = Settings()
        given.setmodule("asiatongsin.settings")
        job = Job(
            files=files or archive_files(data, None),
            wanted=wanted or Wanted(),
            where=Whereabouts(data=data),
            jobs=1,
            report=pytest.fail,
            advance=advance,
        )
        database = Database(database_url, data)
        with closing(Session(database)) as session:
            writing = Writing(Drain(database, data, session), {}) if writes else None
            report = Reparse(job, session, writing, None).run(given)
            if writing:
                writing.end(Outcome.OK, report.counts())
        return report

    return run


def asking(url: str, data: Path) -> KnownArticles:
    """Who answers the spider, out of this database."""
    return KnownArticles.from_crawler(get_crawler(settings_dict={"DATABASE_URL": url, "DATA": str(data)}))


@pytest.fixture
def known(connection: Connection, database_url: str, data: Path) -> Iterator[KnownArticles]:
    known = asking(database_url, data)
    yield known
    known.spider_closed()
