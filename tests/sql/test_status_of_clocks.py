"""What `asiatongsin status` says where times that are stored have not come yet, or two clocks differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.settings import Settings

from asiatongsin import statistics as names
from pipelines.exporters import crawls
from pipelines.exporters.future_times import set_back
from pipelines.status.collect import collect
from pipelines.status.reasons import Limits, reasons
from pipelines.status.state import DatabaseState, Status
from pipelines.terminal.status import text
from tests.samples import SITE, ago, export, page, record


def settings(url: str, data: Path) -> Settings:
    given = Settings()
    given.setmodule("asiatongsin.settings")
    given.setdict({"DATABASE_URL": url, "DATA": str(data)})
    return given


def crawled(connection: Connection, ahead: timedelta, **statistics: float) -> None:
    """A good crawl of an hour ago, by a clock that was so far ahead."""
    began = record(started_at=ago(1) + ahead)
    crawls.write(connection, began)
    export(connection, page(at=began.started_at))
    figures = {names.FINISH_REASON: names.FINISHED, **statistics}
    crawls.write(connection, replace(began, finished_at=began.started_at, outcome="ok", statistics=figures))


@pytest.mark.parametrize(
    ("ahead", "lie"), [(timedelta(days=370), "370.0 days"), (timedelta(hours=9, minutes=1), "8 h")]
)
def test_times_that_have_not_come_need_a_person_until_they_are_set_back(
    connection: Connection, database_url: str, data: Path, ahead: timedelta, lie: str
) -> None:
    crawled(connection, ahead)
    found = collect(settings(database_url, data))
    [reason] = found.needs_a_person
    assert f"{SITE}: times that are stored lie {lie} ahead of the clock of this machine: set it right" in reason
    [good] = [line for line in text(found).splitlines() if line.startswith(SITE) and "ahead" in line]
    assert f"{lie} ahead" in good
    assert "-" not in good.replace("──", "")
    set_back(connection, SITE)
    after = collect(settings(database_url, data))
    assert after.needs_a_person == ()
    assert " ago" in text(after)


def test_a_clock_that_no_answer_of_the_site_agreed_with_needs_a_person(
    connection: Connection, database_url: str, data: Path
) -> None:
    crawled(connection, timedelta(), **{names.CLOCK_AHEAD_OF_SITE: -32400.0})
    [reason] = collect(settings(database_url, data)).needs_a_person
    assert reason.startswith(f"{SITE}: in the last crawl, the clock of the machine was 9 h behind the site's")


def test_two_clocks_that_differ_need_a_person(database_url: str, data: Path) -> None:
    given = settings(database_url, data)
    known: Status = collect(given)
    assert abs(known.database.clock_ahead) < timedelta(minutes=1)
    moved = replace(known, database=DatabaseState(name="news", clock_seconds=-32400.0))
    assert (
        "the clock of this machine is 9 h behind that of the database" in reasons(moved, Limits.from_settings(given))[0]
    )
