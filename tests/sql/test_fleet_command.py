"""`asiatongsin fleet status`, `run` and `stop`, and what `asiatongsin status` knows of a fleet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.exceptions import UsageError

from pipelines.commands.fleet import Command
from pipelines.commands.status import Command as StatusCommand
from tests import in_process
from tests.stored import value

Captured = pytest.CaptureFixture[str]

MACHINE = """
INSERT INTO machines (machine, version, slots, started_at, seen_at, stopped_at, spool_pages, refused)
VALUES (%s, '0.1.0', 10, now() - interval '1 day', now() - %s::interval, %s, %s, %s)"""
SITE = """
INSERT INTO sites (site, base, schedule, next_at, machine, begun_at, attempts, failed_at, status, paused_at)
VALUES (%s, 'https://' || %s, 'every 30m', now() + %s::interval, %s, now() - interval '90 s', %s, %s, %s, %s)"""
WAITING = """
INSERT INTO archive_files (file, site, crawl, machine, bytes, state, noted_at)
VALUES ('archive/1.warc.gz', 'paper.kr', 'c', %s, 5000000, 'waiting', now() - interval '3 days')"""


def machine(
    connection: Connection, name: str, silent_for: str = "1 s", *, ended: bool = False, spool: int = 0, refused: int = 0
) -> None:
    connection.execute(MACHINE, [name, silent_for, "2026-11-30" if ended else None, spool, refused])


def site(
    connection: Connection,
    name: str,
    due_in: str = "10 min",
    *,
    at: str | None = None,
    attempts: int = 0,
    is_given_up: bool = False,
    status: int | None = None,
    is_paused: bool = False,
) -> None:
    given_up = "2026-11-30" if is_given_up else None
    connection.execute(SITE, [name, name, due_in, at, attempts, given_up, status, "2026-11-30" if is_paused else None])


def run(url: str, data: Path, *given: str) -> int:
    return in_process.run(Command(), url, data, *given)


def test_a_fleet_in_good_order_needs_nobody(
    connection: Connection, database_url: str, data: Path, capsys: Captured
) -> None:
    machine(connection, "one")
    machine(connection, "old", "9 days", ended=True)
    site(connection, "paper.kr", at="one")
    site(connection, "waits.kr")
    site(connection, "paused.kr", "-1 day", is_paused=True)
    site(connection, "just.kr", "-2 min")
    assert run(database_url, data, "status") == 0
    said = capsys.readouterr().out
    assert "4 sites, 1 paused, 1 running, 1 late; 1 machine at work" in said
    assert "paper.kr  crawl  one      90 s" in said
    assert said.endswith("Nothing needs a person.\n")


def test_says_what_needs_a_person_last(connection: Connection, database_url: str, data: Path, capsys: Captured) -> None:
    machine(connection, "one")
    machine(connection, "two", "10 min", spool=40, refused=2)
    connection.execute(WAITING, ["two"])
    site(connection, "late.kr", "-20 min")
    site(connection, "killed.kr", attempts=3, is_given_up=True)
    site(connection, "again.kr", attempts=1)
    site(connection, "wrong.kr", status=2)
    connection.execute("INSERT INTO reparse_runs (arguments) VALUES ('{}')")
    connection.execute(
        "INSERT INTO reparse_shards (run, site, part, files, first_file, last_file, finished_at, status)"
        " SELECT run, 'paper.kr', 1, 1, 'a', 'a', now(), 1 FROM reparse_runs"
    )
    assert run(database_url, data, "status") == 1
    said = capsys.readouterr().out
    assert said.index("two      silent") < said.index("one      works")
    assert said.partition("Needs a person:\n")[2].splitlines() == [
        "  - machine two: not heard of for 10 min: start its worker again, or run `asiatongsin fleet stop two`",
        "  - machine two: 40 pages wait in its spool: start its worker, or run `asiatongsin drain` there",
        "  - machine two: 2 files with what the database refused are in its data folder, in refused",
        "  - machine two: 1 archive files wait for the store, the oldest for 3.0 days:"
        " run `asiatongsin archive push` there, which says what is wrong",
        "  - late: late.kr for 20 min: start more workers, or give them more slots",
        "  - killed.kr: 3 crawls were killed since one ended by itself, and the schedule waits for its next time."
        " Read in the log of the machine why, for example whether memory ran out",
        "  - wrong.kr: its last crawl did not begin: `asiatongsin crawl -a site=wrong.kr` says why",
        "  - re-parse 1: 1 of 1 parts failed: `asiatongsin fleet status` says why. Once that is mended,"
        " `asiatongsin reparse --fleet` reads them again",
    ]


def test_without_a_worker_even_a_short_delay_needs_a_person(
    connection: Connection, database_url: str, data: Path, capsys: Captured
) -> None:
    for number in range(5):
        site(connection, f"paper{number}.kr", "-2 min")
    assert run(database_url, data, "status") == 1
    late = "late: paper0.kr for 2 min, paper1.kr for 2 min, paper2.kr for 2 min and 2 more"
    assert f"{late}: no worker runs: start one on any machine" in capsys.readouterr().out


def test_status_of_all_names_the_same(connection: Connection, database_url: str, data: Path, capsys: Captured) -> None:
    machine(connection, "two", "10 min")
    assert in_process.run(StatusCommand(), database_url, data) == 1
    said = capsys.readouterr().out
    assert "Fleet        0 sites; 0 machines at work, 1 silent" in said
    assert "  - machine two: not heard of for 10 min" in said


def test_status_of_a_single_paper_knows_no_fleet(
    connection: Connection, database_url: str, data: Path, capsys: Captured
) -> None:
    in_process.run(StatusCommand(), database_url, data)
    assert "leet" not in capsys.readouterr().out
    with pytest.raises(UsageError, match="there is no fleet yet: asiatongsin sites add"):
        run(database_url, data, "status")


def test_prints_json(connection: Connection, database_url: str, data: Path, capsys: Captured) -> None:
    machine(connection, "one", "10 min")
    assert run(database_url, data, "status", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["machines"][0]["machine"], said["machines"][0]["is_silent"]) == ("one", True)
    assert len(said["needs_a_person"]) == 1


def test_run_makes_sites_due_now(connection: Connection, database_url: str, data: Path, capsys: Captured) -> None:
    site(connection, "paper.kr")
    site(connection, "other.kr")
    assert run(database_url, data, "run", "https://paper.kr", "paper.kr") == 0
    assert capsys.readouterr().out == "Due now: paper.kr\n"
    assert value(connection, "SELECT site FROM sites WHERE next_at <= now()") == "paper.kr"


def test_run_refuses_what_it_would_not_do(connection: Connection, database_url: str, data: Path) -> None:
    site(connection, "paper.kr")
    site(connection, "paused.kr", is_paused=True)
    for given, why in (
        (["paper.kr", "papre.kr"], "papre.kr was never added; the nearest is paper.kr: asiatongsin sites add"),
        (["paper.kr", "paused.kr"], "paused.kr is paused: asiatongsin sites resume paused.kr comes first"),
        ([], "asiatongsin fleet run takes the names of sites"),
        (["http://"], "is not"),
    ):
        with pytest.raises(UsageError, match=why):
            run(database_url, data, "run", *given)
    assert value(connection, "SELECT count(*) FROM sites WHERE next_at <= now()") == 0


def test_stop_asks_machines_to_end(connection: Connection, database_url: str, data: Path, capsys: Captured) -> None:
    machine(connection, "one")
    machine(connection, "two", "10 min")
    for given, why in ((["three"], "no worker runs on three; the machines are one, two"), ([], "or --all")):
        with pytest.raises(UsageError, match=why):
            run(database_url, data, "stop", *given)
    assert run(database_url, data, "stop", "--all") == 0
    assert capsys.readouterr().out == "Asked to end: one, two\n"
    assert value(connection, "SELECT count(*) FROM machines WHERE stop_asked_at IS NOT NULL") == 2
    assert value(connection, "SELECT machine FROM machines WHERE stopped_at IS NOT NULL") == "two"  # it cannot hear
    run(database_url, data, "stop", "one")
    connection.execute("UPDATE machines SET stopped_at = now()")
    run(database_url, data, "stop", "--all")
    assert capsys.readouterr().out.endswith("No machine is at work\n")


def test_wrong_usage_is_one_sentence(database_url: str, data: Path) -> None:
    for given, why in (
        (["start"], "asiatongsin fleet takes one of worker, status, run, stop, not start"),
        ([], "not nothing"),
        (["status", "one"], "takes options only"),
        (["worker", "one"], "takes options only"),
        (["worker", "--slots", "0"], "--slots 0: write a whole number from 1 to 1000"),
    ):
        with pytest.raises(UsageError, match=why):
            run(database_url, data, *given)
    with pytest.raises(UsageError, match="a fleet needs a database that all its machines reach: set DATABASE_URL"):
        run("", data, "worker")
