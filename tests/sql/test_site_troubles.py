"""Who was told of troubles, as several machines know it: each trouble is told once, whichever of them sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from psycopg import Connection, conninfo
from scrapy.settings import Settings

from pipelines.crawl_record import JOB_OF_FLEET, CrawlRecord, Outcome
from pipelines.database.connection import Database
from pipelines.database.session import Session
from pipelines.monitoring.notify import Notices
from pipelines.monitoring.site_troubles import SiteTroubles
from pipelines.verdict.decide import Verdict
from pipelines.verdict.tally import Tally
from tests import sinks
from tests.samples import SITE, UNREACHABLE, record
from tests.sinks import Sink, to_web
from tests.stored import value

GOOD, DRIFTED = Verdict(Outcome.OK, "12 new"), Verdict(Outcome.DRIFT, "9 of 9", frozenset({("article", "headline")}))
FAILED, AWAY = Verdict(Outcome.ERROR, "a fault"), Verdict(Outcome.SPOOLED, "no database")

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")


@dataclass(frozen=True)
class Machine:
    """A machine with a data folder of its own."""

    data: Path
    url: str
    web: Sink

    @property
    def notices(self) -> Notices:
        """What tells of its crawls, out of the settings that all machines have."""
        return Notices(self._settings(self.url), self.data)

    def begins(self, crawl: CrawlRecord) -> list[str]:
        """What is told as a crawl begins."""
        with_session(self, lambda session: self.notices.crawl_begun(crawl, session))
        return self._told()

    def ends(self, crawl: CrawlRecord, verdict: Verdict, *, away: bool = False) -> list[str]:
        """What is told as a crawl ends; with `away`, no database can be reached from here."""
        notices = Notices(self._settings(UNREACHABLE), self.data) if away else self.notices
        ended = replace(crawl, outcome=verdict.outcome.word, statistics={"finish_reason": "finished"})
        here = replace(self, url=UNREACHABLE) if away else self
        with_session(here, lambda session: notices.crawl_ended(ended, verdict, Tally.of({}), session))
        return self._told()

    def is_refused(self, crawl: CrawlRecord) -> list[str]:
        """What is told of a crawl that must not begin."""
        self.notices.crawl_ended(crawl, Verdict(Outcome.ERROR, "refused"), Tally.of({}), None)
        return self._told()

    def gives_up(self) -> list[str]:
        """What is told where the fleet gives the site up until its next time."""
        self.notices.given_up(SITE, "its last 3 crawls were killed")
        return self._told()

    def _settings(self, url: str) -> Settings:
        return Settings({"ALERTS": to_web(self.web), "DATABASE_URL": url, "DATA": str(self.data)})

    def _told(self) -> list[str]:
        return [title.rpartition(" ")[2] for title, _ in self.web.taken()]


def with_session(machine: Machine, work: Callable[[Session], None]) -> None:
    session = Session(Database(machine.url, machine.data))
    try:
        work(session)
    finally:
        session.close()


@pytest.fixture
def machines(database_url: str, tmp_path: Path) -> Iterator[tuple[Machine, Machine]]:
    with sinks.web() as web:
        yield Machine(tmp_path / "one", database_url, web), Machine(tmp_path / "two", database_url, web)


def test_one_sees_it_begin_the_other_sees_it_end_and_each_is_told_once(machines: tuple[Machine, Machine]) -> None:
    one, two = machines
    assert one.ends(record(), DRIFTED) == ["drift"]
    assert two.ends(record(), DRIFTED) == []
    assert two.ends(record(), FAILED) == ["error"]
    assert one.ends(record(), DRIFTED) == []
    assert two.ends(record(), GOOD) == ["ok"]
    assert one.ends(record(), GOOD) == []


def test_two_sites_that_end_at_once_on_two_machines_are_told_once_each(machines: tuple[Machine, Machine]) -> None:
    one, two = machines
    other = record(site="other.kr")
    for told in (2, 0):
        with ThreadPoolExecutor(2) as both:
            ended = [both.submit(one.ends, record(), DRIFTED), both.submit(two.ends, other, DRIFTED)]
            assert sum(len(end.result()) for end in ended) == told


def test_a_killed_crawl_is_told_by_whoever_begins_the_next_one(machines: tuple[Machine, Machine]) -> None:
    one, two = machines
    assert one.begins(record(id="killed")) == []
    assert two.begins(record(id="second")) == ["error"]
    assert two.ends(record(id="second"), GOOD) == ["ok"]
    assert one.begins(record(id="third")) == []
    assert one.ends(record(id="third"), GOOD) == []


def test_a_fleet_tells_once_that_it_gives_a_site_up_and_not_each_kill(machines: tuple[Machine, Machine]) -> None:
    one, two = machines
    for number, machine in enumerate((one, two, one)):
        assert machine.begins(record(id=f"killed {number}", job=f"{JOB_OF_FLEET}{number}")) == []
    assert [two.gives_up(), one.gives_up()] == [["error"], []]
    assert one.begins(record(id="next day", job=f"{JOB_OF_FLEET}9")) == []
    assert one.ends(record(id="next day"), GOOD) == ["ok"]


def test_one_that_was_refused_beside_a_crawl_does_not_hide_that_it_is_killed(machines: tuple[Machine, Machine]) -> None:
    one, two = machines
    assert one.begins(record(id="killed")) == []
    assert two.is_refused(record(id="refused")) == ["error"]
    assert two.is_refused(record(id="refused again")) == []
    assert two.begins(record(id="next")) == []  # `error` is known already
    assert two.ends(record(id="next"), GOOD) == ["ok"]
    assert one.begins(record(id="killed too")) == []
    assert two.is_refused(record(id="refused once more")) == ["error"]
    assert two.ends(record(id="after it"), GOOD) == ["ok"]
    assert two.begins(record(id="last")) == ["error"]


def test_a_database_that_comes_back_makes_nothing_told_anew(machines: tuple[Machine, Machine]) -> None:
    one, two = machines
    assert one.ends(record(), DRIFTED) == ["drift"]
    assert one.ends(record(), AWAY, away=True) == ["spooled"]
    assert one.ends(record(), AWAY, away=True) == []
    assert one.ends(record(), DRIFTED) == []
    assert two.ends(record(), DRIFTED) == []
    assert two.ends(record(), GOOD) == ["ok"]
    assert one.ends(record(), GOOD) == []


def test_what_both_told_while_they_knew_nothing_of_each_other_is_known_to_both(
    machines: tuple[Machine, Machine],
) -> None:
    one, two = machines
    assert one.ends(record(), GOOD) == []
    assert one.ends(record(), AWAY, away=True) == ["spooled"]
    assert two.ends(record(), DRIFTED) == ["drift"]
    assert one.ends(record(), DRIFTED) == []
    assert two.ends(record(), GOOD) == ["ok"]
    assert one.ends(record(), GOOD) == []
    assert one.ends(record(), AWAY, away=True) == ["spooled"]
    assert two.ends(record(), GOOD) == []
    assert one.ends(record(), GOOD) == ["ok"]


def test_the_file_of_before_counts_where_the_table_has_no_row(
    machines: tuple[Machine, Machine], connection: Connection
) -> None:
    one, two = machines
    told = SiteTroubles(trouble="drift", troubles=("article headline",), known={"1 (json)": ("article headline",)})
    told.write(one.data, SITE)
    assert one.ends(record(), DRIFTED) == []
    assert two.ends(record(), DRIFTED) == []
    connection.execute("DELETE FROM site_troubles")  # as where an empty database was named
    assert two.ends(record(), DRIFTED) == []
    SiteTroubles().write(one.data, SITE)  # older than the row
    assert one.ends(record(), DRIFTED) == []
    assert value(connection, "SELECT troubles ->> 'trouble' FROM site_troubles WHERE site = %s", SITE) == "drift"


def test_a_role_without_rights_on_the_table_remembers_in_the_folder(
    machines: tuple[Machine, Machine], connection: Connection, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    one, _ = machines
    connection.execute(f"GRANT SELECT ON asiatongsin_migrations TO {role}")
    low = replace(one, url=conninfo.make_conninfo(one.url, user=role))
    assert [low.ends(record(), verdict) for verdict in (DRIFTED, DRIFTED, GOOD)] == [["drift"], [], ["ok"]]
    assert "Which alerts were sent is kept in the data folder alone" in caplog.text
    assert value(connection, "SELECT count(*) FROM site_troubles") == 0


def test_a_row_that_somebody_spoiled_is_written_anew(machines: tuple[Machine, Machine], connection: Connection) -> None:
    one, two = machines
    connection.execute("INSERT INTO site_troubles (site, troubles) VALUES (%s, '{\"known\": 3}')", [SITE])
    assert one.ends(record(), DRIFTED) == ["drift"]
    assert two.ends(record(), DRIFTED) == []


def test_a_frozen_server_costs_some_seconds_and_the_folder_remembers(
    machines: tuple[Machine, Machine], connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here somebody has locked the table, and went home."""
    monkeypatch.setattr("pipelines.monitoring.memory.DATABASE_SECONDS", 0.1)
    one, two = machines
    connection.execute("BEGIN; LOCK TABLE site_troubles")
    assert [one.ends(record(), verdict) for verdict in (DRIFTED, DRIFTED)] == [["drift"], []]
    connection.execute("ROLLBACK")
    assert one.ends(record(), DRIFTED) == []
    assert two.ends(record(), DRIFTED) == []
