"""Crawls that go wrong, and who is told of them by mail and by chat: nothing leaks, and nothing harms the crawl."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import DEVNULL

import pytest
from psycopg import Connection, sql

from pipelines.monitoring import delivery as addresses
from tests import sinks, warm_start
from tests.conftest import ROOT, Run, Scrapy
from tests.samples import UNREACHABLE
from tests.sinks import SECRET, Sink, to_mail, to_web
from tests.site import Fault, ReplicaSite, serve
from tests.site.server import Replica

FAILS = Fault(kind="status", where=".")
DRIFTS = Fault(kind="binary", where="list")

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")


@pytest.fixture
def web() -> Iterator[Sink]:
    with sinks.web() as sink:
        yield sink


@pytest.fixture
def mail() -> Iterator[Sink]:
    with sinks.mail() as sink:
        yield sink


# --- crawls -------------------------------------------------------------------------------------------------------


@pytest.fixture
def replica() -> Iterator[Replica]:
    with serve(ReplicaSite(articles=6)) as replica:
        yield replica


Told = Callable[..., Run]


@pytest.fixture
def crawl_as(crawl: Scrapy, replica: Replica) -> Told:
    """Crawls a site that has the fault, with these addresses."""

    def run(fault: Fault | None, status: int, *given: str, **environment: str) -> Run:
        replica.faults[:] = [fault] if fault else []
        options = ("-L", "DEBUG", "-s", "RETRY_TIMES=0")
        done = crawl(replica.url, *options, **{"ASIATONGSIN_ALERTS": " ".join(given)} | environment)
        assert done.status == status, done.log
        assert SECRET not in done.log
        assert "Traceback" not in done.log
        return done

    return run


def outcomes(sink: Sink) -> list[str]:
    return [title.rpartition(" ")[2] for title, _ in sink.taken()]


def test_each_trouble_is_told_once_and_so_is_its_end(
    crawl_as: Told, connection: Connection, data: Path, web: Sink, mail: Sink
) -> None:
    both = (to_web(web), to_mail(mail))
    told = []
    for fault, status in ((None, 0), (FAILS, 4), (FAILS, 4), (DRIFTS, 5), (DRIFTS, 5), (None, 0), (None, 0)):
        crawl_as(fault, status, *both)
        told.append(outcomes(web))
        assert outcomes(mail) == told[-1]
    assert told == [[], ["unreachable"], [], ["drift"], [], ["ok"], []]
    assert_nothing_holds(SECRET, connection, data)


def assert_nothing_holds(secret: str, connection: Connection, data: Path) -> None:
    query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    for (table,) in connection.execute(query).fetchall():
        held = connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table))).fetchall()
        assert [row for (row,) in held if secret in row] == []
    assert [path for path in data.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()] == []


def test_one_that_is_down_or_in_trouble_is_told_later_and_the_others_once(
    crawl_as: Told, web: Sink, mail: Sink
) -> None:
    web.status = 500
    down = "json://127.0.0.1:1/x"
    run = crawl_as(FAILS, 4, to_web(web), to_mail(mail), down)
    assert "An alert to address 1 (json) of ALERTS was refused, sent elsewhere or found nobody" in run.log
    assert "An alert to address 3 (json) of ALERTS was refused, sent elsewhere or found nobody" in run.log
    assert (web.asked, outcomes(web), outcomes(mail)) == (1, [], ["unreachable"])
    web.status = 200
    crawl_as(FAILS, 4, to_web(web), to_mail(mail), down)
    assert (outcomes(web), outcomes(mail)) == (["unreachable"], [])


def test_those_that_hang_cost_some_seconds_and_no_status(crawl_as: Told, web: Sink, mail: Sink) -> None:
    web.hangs = mail.hangs = True
    run = crawl_as(FAILS, 4, to_web(web), to_mail(mail))
    assert run.last_line.startswith("asiatongsin: 127.0.0.1:")
    assert (web.asked, mail.asked) == (1, 1)
    assert f"was not taken within {addresses.DELIVERY_SECONDS:.0f} seconds" in run.log
    web.hangs = mail.hangs = False
    crawl_as(FAILS, 4, to_web(web), to_mail(mail))
    assert (outcomes(web), outcomes(mail)) == (["unreachable"], ["unreachable"])


def test_a_database_that_is_away_is_told_and_forgets_nothing(crawl_as: Told, web: Sink) -> None:
    for _ in range(2):
        crawl_as(None, 3, to_web(web), DATABASE_URL=UNREACHABLE)
    assert outcomes(web) == ["spooled"]
    crawl_as(None, 0, to_web(web))
    assert outcomes(web) == ["ok"]


def test_a_killed_crawl_is_told_by_the_next_one(
    crawl_as: Told, replica: Replica, database_url: str, data: Path, web: Sink
) -> None:
    command = [*warm_start.COMMAND, "crawl", "asiatongsin", "-a", f"site={replica.url}"]
    given = {"ASIATONGSIN_DATA": str(data), "DATABASE_URL": database_url, "ASIATONGSIN_ALERTS": to_web(web)}
    replica.faults[:] = [Fault(kind="slow")]
    with warm_start.Popen(command, cwd=ROOT, env=os.environ | given, stderr=DEVNULL) as process:
        replica.wait_for(articles=1)
        process.send_signal(signal.SIGKILL)
    assert outcomes(web) == []
    crawl_as(None, 0, to_web(web))
    [(first, text), (second, _)] = web.taken()
    assert (first.rpartition(" ")[2], second.rpartition(" ")[2]) == ("error", "ok")
    assert "it was killed before it could store how it went" in text


def test_a_crawl_that_cannot_begin_is_told(crawl_as: Told, connection: Connection, replica: Replica, web: Sink) -> None:
    """Here somebody has locked a table that is asked at the start, and went home."""
    connection.execute("BEGIN; LOCK TABLE asiatongsin_migrations")
    crawl_as(None, 1, to_web(web), ASIATONGSIN_DATABASE_SILENCE_MAX="0.1")
    connection.execute("ROLLBACK")
    [(title, text)] = web.taken()
    assert title.endswith(": error")
    assert "does not answer; nothing was fetched" in text
    assert replica.requests == []


def test_what_the_folder_cannot_keep_is_a_warning_and_the_database_knows_it(
    crawl_as: Told, data: Path, web: Sink
) -> None:
    data.mkdir()
    (data / "standing").write_text("a file that is in the way")
    for told in (["unreachable"], []):
        run = crawl_as(FAILS, 4, to_web(web))
        assert "so the next crawl may send them again: cannot make folders in" in run.log
        assert outcomes(web) == told


STRIP = Fault(kind="layout", where=".", pattern="weather_(?:box|slide)", replacement="sky")
BOTH = Fault(kind="layout", pattern=r"<h2>(.*?)</h2>|weather_(?:box|slide)", replacement=r"<h2 class='new'></h2>\1")


def test_what_breaks_beside_something_broken_is_told_and_what_comes_and_goes_is_not(crawl: Scrapy, web: Sink) -> None:
    site = ReplicaSite(articles=60)
    with serve(site) as replica:
        for _ in range(3):
            assert crawl(replica.url).status == 0
            site.publish(4)
        told = []
        for broken in ("", "strip", "strip headline", "strip", "strip headline", "database strip headline", "", ""):
            replica.faults[:] = [BOTH, STRIP] if "headline" in broken else [STRIP] if broken else []
            away = {"DATABASE_URL": UNREACHABLE} if "database" in broken else {}
            run = crawl(replica.url, **{"ASIATONGSIN_ALERTS": to_web(web)} | away)
            assert run.status == (5 if broken else 0), run.log
            told.append([(title.rpartition(" ")[2], text.count("found on 0 of")) for title, text in web.taken()])
            site.publish(4)
    # Without its strip no city, no condition and no temperature is found.
    assert told[:4] == [[], [("drift", 3)], [("drift", 4)], []]
    assert (told[4], [title for title, _ in told[5]]) == ([], ["drift"])
    assert ([title for title, _ in told[6]], told[7]) == (["ok"], [])


def test_a_crawl_that_is_refused_night_after_night_is_told_once(
    crawl_as: Told, connection: Connection, web: Sink
) -> None:
    crawl_as(None, 0, to_web(web))
    connection.execute("INSERT INTO asiatongsin_migrations (version, name) VALUES (999, 'of a newer program')")
    for _ in range(2):
        crawl_as(None, 2, to_web(web))
    connection.execute("DELETE FROM asiatongsin_migrations WHERE version = 999")
    [(title, text)] = web.taken()
    assert (title.rpartition(" ")[2], "version 999" in text) == ("error", True)
    crawl_as(None, 0, to_web(web))
    assert outcomes(web) == ["ok"]


def test_a_data_folder_that_is_a_file_is_told(crawl_as: Told, data: Path, web: Sink) -> None:
    data.write_text("in the way")
    crawl_as(None, 2, to_web(web))
    assert outcomes(web) == ["error"]


def test_whoever_sends_elsewhere_has_taken_nothing(crawl_as: Told, web: Sink) -> None:
    web.status = 302
    run = crawl_as(FAILS, 4, to_web(web))
    assert (web.asked, web.looked_at) == (1, 0)
    assert "An alert to address 1 (json) of ALERTS was refused, sent elsewhere or found nobody" in run.log
    web.status = 200
    crawl_as(FAILS, 4, to_web(web))
    assert outcomes(web) == ["unreachable"]


def test_wrong_addresses_end_with_status_2_before_anything_is_fetched(crawl_as: Told, replica: Replica) -> None:
    run = crawl_as(None, 2, f"nosuch://{SECRET}")
    assert "ALERTS: address 1 of 1 is none of a service that apprise knows" in run.last_line
    assert replica.requests == []


def test_without_apprise_it_says_what_to_install(crawl_as: Told, replica: Replica, tmp_path: Path) -> None:
    """A Python that finds no apprise, as where the extra was not installed."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, package=None: None if name == 'apprise' else find(name, package)\n"
    )
    run = crawl_as(None, 2, to_mail(Sink(port=1)), PYTHONPATH=str(tmp_path))
    assert "pip install apprise" in run.last_line
    assert replica.requests == []
