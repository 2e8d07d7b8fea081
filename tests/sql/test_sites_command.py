"""`asiatongsin sites`, run in this process."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection
from scrapy.exceptions import UsageError

from pipelines.commands.sites import Command
from pipelines.exporters import crawls
from tests.in_process import run
from tests.samples import record
from tests.stored import rows, value

Capture = pytest.CaptureFixture[str]


class Sites:
    """Runs the command with the words of a command line."""

    def __init__(self, url: str, data: Path, capture: Capture) -> None:
        self._url, self._data, self._capture = url, data, capture

    def __call__(self, *given: str) -> str:
        """All that it prints; no site is asked."""
        run(Command(), self._url, self._data, *given, *["--no-look"] * (given[0] in {"add", "import"}))
        return self.told()

    def told(self) -> str:
        """What was printed since it was asked last."""
        told = self._capture.readouterr()
        return told.out + told.err

    def refuses(self, *given: str) -> str:
        """The sentence with which it refuses."""
        with pytest.raises(UsageError) as refused:
            self(*given)
        return str(refused.value)

    def listed(self, *given: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self("list", "--json", *given).splitlines()]


@pytest.fixture
def sites(database_url: str, data: Path, capsys: Capture) -> Sites:
    return Sites(database_url, data, capsys)


def test_adds_a_site_with_all_that_holds_for_it(sites: Sites) -> None:
    options = [
        "--set",
        "DOWNLOAD_DELAY=3",
        "--set",
        "COVERAGE_IGNORE=article images, list 22 teasers",
        "-a",
        "sections=22",
    ]
    told = sites(
        "add", "www.a.kr", "--every", "30m", "--group", "g", "--priority", "-2", "--note", "작은 신문", *options
    )
    assert "a.kr: added, crawled every 30m" in told
    [one] = sites.listed()
    assert one["settings"] == {"DOWNLOAD_DELAY": "3", "COVERAGE_IGNORE": "article images, list 22 teasers"}
    chosen = ("site", "base", "schedule", "politeness_group", "priority", "arguments", "note")
    assert [one[name] for name in chosen] == [
        "a.kr",
        "https://www.a.kr",
        "every 30m",
        "g",
        -2,
        {"sections": "22"},
        "작은 신문",
    ]
    assert not one["is_late"]


def test_adds_all_or_none(sites: Sites) -> None:
    sites("add", "a.kr")
    assert sites.refuses("add", "b.kr", "a.kr") == "a.kr is there already: `asiatongsin sites set` changes it"
    assert [one["site"] for one in sites.listed()] == ["a.kr"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--set", "DOWNLOAD_DELAY=x"], "DOWNLOAD_DELAY=x: write a number that is not negative"),
        (["--set", "STALE_AFTER=x"], "STALE_AFTER=x: write one time above 0"),
        (["--set", "COVERAGE_IGNORE=x"], "COVERAGE_IGNORE=x: write what a crawl names"),
        (["--set", "LOOK_BACK_ALL_IN=1h"], "LOOK_BACK_ALL_IN=1h: write 1d or more"),
        (["--set", "DOWNLOAD_DELAI=1"], "DOWNLOAD_DELAI: there is no such setting; the nearest is DOWNLOAD_DELAY"),
        (["--set", "DATABASE_URL=x"], "DATABASE_URL holds for a whole machine"),
        (["--set", "ITEM_PIPELINES={}"], "ITEM_PIPELINES holds for a whole machine"),
        (["--set", "FLEET_SLOTS=3"], "FLEET_SLOTS holds for a whole machine"),
        (["--set", "DOWNLOAD_DELAY"], "--set DOWNLOAD_DELAY: write a name and its value"),
        (["-a", "page=3"], "there is no argument 'page'"),
        (["-a", "site=b.kr"], "-a site: the address names it"),
        (["--every", "1h", "--cron", "0 6 * * *"], "write one of --every, --cron and --by-hand"),
        (["--every", "0 6 * * *"], "a cron expression stands behind --cron"),
        (["--priority", "high"], "priority high: write a whole number"),
        (["--note", "a\x1bb"], "cannot be printed"),
        (["--evry", "1h"], "there is no option --evry"),
    ],
)
def test_says_what_is_wrong_and_adds_nothing(sites: Sites, options: list[str], told: str) -> None:
    assert told in sites.refuses("add", "a.kr", *options)
    assert sites.listed() == []


def test_changes_only_what_is_given(sites: Sites, connection: Connection) -> None:
    sites("add", "a.kr", "--every", "30m", "--set", "DOWNLOAD_DELAY=3", "-a", "sections=22", "--group", "g")
    before = value(connection, "SELECT next_at FROM sites")
    sites("set", "a.kr", "--set", "RECHECK_AFTER=", "--unset", "sections", "--group", "")
    [one] = sites.listed()
    assert (one["settings"], one["arguments"]) == ({"DOWNLOAD_DELAY": "3", "RECHECK_AFTER": ""}, {})
    assert (one["schedule"], one["politeness_group"]) == ("every 30m", None)
    assert value(connection, "SELECT next_at FROM sites") == before
    sites("set", "a.kr", "--every", "6h")
    assert rows(connection, "SELECT schedule, next_at > now() AND next_at <> %s FROM sites", before) == [
        ("every 6h", True)
    ]
    sites("set", "a.kr", "--by-hand")
    assert rows(connection, "SELECT schedule, next_at FROM sites") == [(None, None)]
    assert "--unset x: a.kr has no setting and no argument of that name" in sites.refuses("set", "a.kr", "--unset", "x")
    assert "write what to change" in sites.refuses("set", "a.kr")
    assert "b.kr was not added; the nearest is a.kr" in sites.refuses("set", "b.kr", "--every", "1h")


def test_says_in_which_time_zone_cron_is_meant(sites: Sites, connection: Connection) -> None:
    told = sites("add", "a.kr", "--cron", "0 6 * * *", "--time-zone", "Europe/Berlin")
    assert "a.kr: added, crawled at 0 6 * * * (Europe/Berlin)" in told
    at = "extract(hour FROM next_at AT TIME ZONE 'Europe/Berlin') = 6 AND next_at > now()"
    assert value(connection, f"SELECT {at} FROM sites")
    assert "0 6 * * * (Europe/Berlin)" in sites("list")


def test_moves_a_site_to_another_address_of_its_own(sites: Sites) -> None:
    sites("add", "http://a.kr")
    sites("set", "a.kr", "--address", "https://www.a.kr")
    assert [one["base"] for one in sites.listed()] == ["https://www.a.kr"]
    told = "b.kr is another site, b.kr: add it, and retire a.kr"
    assert sites.refuses("set", "a.kr", "--address", "b.kr") == told


def test_pauses_resumes_and_retires_several_at_once(sites: Sites, connection: Connection) -> None:
    sites("add", "a.kr", "b.kr", "c.kr", "--every", "1h")
    assert sites("pause", "a.kr", "b.kr").count("paused") == 2
    assert "a.kr: nothing changes, it is paused or retired" in sites("pause", "a.kr")
    sites("retire", "c.kr")
    assert [one["site"] for one in sites.listed()] == ["a.kr", "b.kr"]
    assert [one["site"] for one in sites.listed("--all")] == ["a.kr", "b.kr", "c.kr"]
    assert (
        sites.refuses("add", "c.kr") == "c.kr is there already, retired: `asiatongsin sites resume` takes it up again"
    )
    sites("resume", "a.kr", "b.kr", "c.kr")
    assert rows(connection, "SELECT site FROM sites WHERE paused_at IS NULL AND retired_at IS NULL ORDER BY 1") == [
        ("a.kr",),
        ("b.kr",),
        ("c.kr",),
    ]


def test_shows_late_sites_first(sites: Sites, connection: Connection) -> None:
    sites("add", "a.kr", "b.kr", "c.kr", "d.kr", "--every", "1h")
    connection.execute("UPDATE sites SET next_at = now() - interval '5 min' WHERE site = 'c.kr'")
    connection.execute("UPDATE sites SET next_at = now() - interval '3 h' WHERE site IN ('d.kr', 'b.kr')")
    connection.execute("UPDATE sites SET machine = 'm1', begun_at = now() - interval '3 h' WHERE site = 'b.kr'")
    shown = sites("list").splitlines()
    assert [line.split()[0] for line in shown[2:6]] == ["d.kr", "c.kr", "a.kr", "b.kr"]
    assert [
        words in line
        for words, line in zip(("late 3 h", "late 5 min", "due", "crawled by m1 for 3 h"), shown[2:6], strict=True)
    ] == [True] * 4
    assert shown[-1] == "4 sites, 2 late: see whether `asiatongsin fleet worker` runs"
    assert [one["site"] for one in sites.listed("a.kr")] == ["a.kr"]


def test_looks_into_an_empty_database(empty_database_url: str, data: Path, capsys: Capture) -> None:
    assert "no site was added yet" in Sites(empty_database_url, data, capsys)("list")


def test_retires_a_site_that_was_crawled_but_never_added(sites: Sites, connection: Connection) -> None:
    crawls.write(connection, replace(record("one"), site="a.kr", arguments={"site": "http://a.kr"}))
    crawls.write(connection, replace(record("two"), site="b.kr:8080", arguments={"site": "b.kr:8080"}))
    assert "c.kr was not added" in sites.refuses("retire", "a.kr", "c.kr")
    assert sites.listed("--all") == []
    assert sites("retire", "a.kr", "b.kr:8080").count("retired") == 2
    assert [(one["site"], one["base"]) for one in sites.listed("--all")] == [
        ("a.kr", "http://a.kr"),
        ("b.kr:8080", "https://b.kr:8080"),
    ]


def test_imports_a_table_and_what_is_new_in_it(sites: Sites, tmp_path: Path) -> None:
    table = tmp_path / "papers.csv"
    table.write_text("address,every,DOWNLOAD_DELAY\na.kr,30m,3\nb.kr,,\n", encoding="utf-8-sig")
    assert sites("import", str(table)).count("added") == 2
    with table.open("a", encoding="utf-8") as more:
        more.write("c.kr,1h,\n")
    told = sites("import", str(table))
    assert "2 of 3 sites are there already, just so" in told
    assert "c.kr: added, crawled every 1h" in told
    assert [(one["site"], one["settings"]) for one in sites.listed()] == [
        ("a.kr", {"DOWNLOAD_DELAY": "3"}),
        ("b.kr", {}),
        ("c.kr", {}),
    ]


def test_imports_nothing_where_a_line_cannot_be_used(sites: Sites, tmp_path: Path) -> None:
    sites("add", "b.kr", "c.kr", "--every", "1h")
    sites("retire", "c.kr")
    sites.told()
    table = tmp_path / "papers.csv"
    table.write_text("address,every,DOWNLOAD_DELAY\na.kr,30m,x\nb.kr,2h,\nc.kr,1h,\nd.kr,1h,\ne.kr,2s,\n")
    with pytest.raises(UsageError, match=r"4 of 5 lines cannot be used, see above; nothing was added"):
        sites("import", str(table))
    lines = sites.told().splitlines()
    assert [one["site"] for one in sites.listed("--all")] == ["b.kr", "c.kr"]
    assert lines == [
        "asiatongsin: line 2: DOWNLOAD_DELAY=x: write a number that is not negative, for example 1.0",
        "asiatongsin: line 3: b.kr is there already: `asiatongsin sites set` changes it",
        "asiatongsin: line 4: c.kr is there already, retired: `asiatongsin sites resume` takes it up again",
        "asiatongsin: line 6: every 2s: write a time from 1m to 366d, such as every 30m, 6h or 1d",
    ]
