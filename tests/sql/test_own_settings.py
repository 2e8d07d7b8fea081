"""What a site has of its own holds for each of its crawls, and in what is said of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.settings import Settings

from asiatongsin.errors import ArgumentError, SettingError
from asiatongsin.site_settings import adapt_settings
from pipelines.crawl.run import check_usage
from pipelines.exporters import crawls
from pipelines.fleet import sites
from pipelines.fleet.site_entry import Given, SiteEntry
from pipelines.queries.fleet import OwnSettings
from pipelines.status.collect import collect
from tests.in_process import settings
from tests.samples import SITE, UNREACHABLE, record

BASE = f"https://{SITE}"


def add(connection: Connection, given: Given, address: str = BASE) -> None:
    sites.add(connection, [SiteEntry.at(address).changed(given)])


def begun(url: str, data: Path, site: str = BASE, **by_option: str) -> Settings:
    """The settings with which a crawl of the site begins."""
    given = settings(url, data)
    given.setdict(by_option, priority="cmdline")
    check_usage(given, {"site": site, **({"dry": "1"} if url == UNREACHABLE else {})})
    return given


def test_holds_in_a_crawl_by_hand(connection: Connection, database_url: str, data: Path) -> None:
    add(connection, Given(settings={"DOWNLOAD_DELAY": "3", "CONTACT": "me@a.kr", "RECHECK_AFTER": ""}, group="g"))
    crawl = begun(database_url, data)
    assert (crawl.getfloat("DOWNLOAD_DELAY"), crawl["RECHECK_AFTER"], crawl["POLITENESS_GROUP"]) == (3.0, "", "g")
    adapt_settings(crawl, is_loopback=True)  # what holds for a site on this machine gives way as well
    assert (crawl.getfloat("DOWNLOAD_DELAY"), crawl.getfloat("RETRY_PAUSE")) == (3.0, 0.0)
    assert crawl["USER_AGENT"].endswith("(+me@a.kr)")
    assert begun(database_url, data, "https://b.kr").getfloat("DOWNLOAD_DELAY") == 1.0


def test_arguments_hold_in_a_crawl_by_hand_as_well(connection: Connection, database_url: str, data: Path) -> None:
    add(connection, Given(arguments={"sections": "22", "pages": "3"}))

    def given(url: str = database_url, **by_hand: str) -> Mapping[str, str]:
        return check_usage(settings(url, data), {"site": BASE, **by_hand})

    assert given(pages="1") == {"site": BASE, "sections": "22", "pages": "1"}
    assert given(UNREACHABLE) == {"site": BASE, "sections": "22", "pages": "3"}
    assert given(no="7") == {"site": BASE, "no": "7"}
    with pytest.raises(ArgumentError, match="pages=0: write a whole number above 0"):
        given(pages="0")


def test_a_site_that_is_named_has_the_address_with_which_it_was_added(
    connection: Connection, database_url: str, data: Path
) -> None:
    add(connection, Given(), f"http://www.{SITE}")

    def address(url: str = database_url, **by_hand: str) -> str:
        return check_usage(settings(url, data), by_hand)["site"]

    assert address(site=SITE) == f"http://www.{SITE}"
    assert address(site=SITE, no="7") == f"http://www.{SITE}"
    assert address(UNREACHABLE, site=SITE) == f"http://www.{SITE}"
    assert address(site=BASE) == BASE


def test_gives_way_to_the_command_line_alone(connection: Connection, database_url: str, data: Path) -> None:
    add(connection, Given(settings={"DOWNLOAD_DELAY": "3", "RECHECK_MAX": "7"}))
    given = settings(database_url, data)
    given.set("RECHECK_MAX", "9", priority="project")  # as the environment sets it
    given.set("DOWNLOAD_DELAY", "5", priority="cmdline")
    check_usage(given, {"site": BASE})
    assert (given["DOWNLOAD_DELAY"], given["RECHECK_MAX"]) == ("5", "7")


def test_a_delay_holds_while_the_database_is_away(connection: Connection, database_url: str, data: Path) -> None:
    add(connection, Given(settings={"DOWNLOAD_DELAY": "3"}, group="g"))
    begun(database_url, data)
    away = begun(UNREACHABLE, data)
    assert (away.getfloat("DOWNLOAD_DELAY"), away["POLITENESS_GROUP"]) == (3.0, "g")
    sites.change(connection, SITE, Given(unset=("DOWNLOAD_DELAY",), group=""))
    begun(database_url, data)
    assert begun(UNREACHABLE, data).getfloat("DOWNLOAD_DELAY") == 1.0
    begun(database_url, data, "https://b.kr")  # which was never added
    assert [one.name for one in (data / "sites").iterdir()] == [f"{SITE}.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"settings": 1}', b"\xff"])
def test_a_damaged_file_keeps_no_crawl_from_beginning(data: Path, content: bytes) -> None:
    (data / "sites").mkdir(parents=True)
    (data / "sites" / f"{SITE}.json").write_bytes(content)
    assert begun(UNREACHABLE, data).getfloat("DOWNLOAD_DELAY") == 1.0


def test_a_disk_that_takes_no_file_is_told(
    connection: Connection, database_url: str, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add(connection, Given(settings={"DOWNLOAD_DELAY": "3"}))
    data.mkdir()
    (data / "sites").write_text("in the way")
    with caplog.at_level(logging.WARNING):
        assert begun(database_url, data).getfloat("DOWNLOAD_DELAY") == 3.0
    assert "The settings of the site are not remembered: cannot" in caplog.text


def test_needs_no_table(empty_database_url: str, data: Path) -> None:
    """The first crawl makes the tables; one of an older version brings them up to date."""
    assert begun(empty_database_url, data).getfloat("DOWNLOAD_DELAY") == 1.0


def test_a_row_that_makes_no_sense_refuses_the_crawl(connection: Connection, database_url: str, data: Path) -> None:
    add(connection, Given(settings={"RECHECK_AFTER": "soon"}))
    with pytest.raises(SettingError, match="RECHECK_AFTER=soon: write ages that rise"):
        begun(database_url, data)


def test_no_row_lets_a_site_load_code(
    connection: Connection, database_url: str, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add(connection, Given(settings={"KNOWN_ARTICLES": "os.system", "FLEET_SLOTS": "3"}))
    assert begun(database_url, data)["KNOWN_ARTICLES"] == "pipelines.crawl.known_articles.KnownArticles"
    assert "The site has a setting KNOWN_ARTICLES that this version does not take from it" in caplog.text


def test_is_not_asked_for_where_it_was_read_already(data: Path) -> None:
    given = settings(UNREACHABLE, data)
    check_usage(given, {"site": BASE}, OwnSettings(settings={"DOWNLOAD_DELAY": "4"}, politeness_group="g"))
    assert (given["DOWNLOAD_DELAY"], given["POLITENESS_GROUP"]) == ("4", "g")
    assert json.loads((data / "sites" / f"{SITE}.json").read_bytes())["politeness_group"] == "g"


def crawled(connection: Connection, ago: timedelta, site: str = SITE) -> None:
    at = datetime.now(UTC) - ago
    ended = replace(record(f"{site} {ago}", site=site), started_at=at, finished_at=at, outcome="ok")
    crawls.write(connection, ended)


def test_status_heeds_what_a_site_has_of_its_own(connection: Connection, database_url: str, data: Path) -> None:
    crawled(connection, timedelta(days=5))
    crawled(connection, timedelta(days=5), "b.kr")
    add(connection, Given(settings={"STALE_AFTER": "9d"}))
    [told] = collect(settings(database_url, data)).needs_a_person
    assert told == "b.kr: no crawl of its lists has ended well yet: read in the log why"


def test_status_needs_nobody_for_what_was_retired_or_paused(
    connection: Connection, database_url: str, data: Path
) -> None:
    crawled(connection, timedelta(days=5))
    crawled(connection, timedelta(days=5), "b.kr")
    add(connection, Given(every="30m"), "https://b.kr")
    assert len(collect(settings(database_url, data)).needs_a_person) == 2
    sites.retire(connection, [SITE])
    sites.pause(connection, ["b.kr"])
    assert collect(settings(database_url, data)).needs_a_person == ()


def test_status_names_a_site_that_its_schedule_has_left_behind(
    connection: Connection, database_url: str, data: Path
) -> None:
    crawled(connection, timedelta(hours=3))
    add(connection, Given(every="30m"))
    assert collect(settings(database_url, data)).needs_a_person == ()
    connection.execute("UPDATE sites SET next_at = now() - interval '3 hours'")
    [told] = collect(settings(database_url, data)).needs_a_person
    assert told == f"late: {SITE} for 3 h: no worker runs: start one on any machine"
    [told] = collect(settings(database_url, data), SITE).needs_a_person
    assert told.startswith(f"{SITE}: due for 3 h by its schedule (every 30m), and no crawl has begun: see whether")
