"""Commands that look at what is stored know several sites, and none of them is taken for granted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from asiatongsin.site import Site
from pipelines.commands import gaps, status
from pipelines.queries.sites import base_of
from tests.in_process import run
from tests.samples import export, page, rejected

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def told(database_url: str, data: Path, capsys: Capture) -> Told:
    return Told(database_url, data, capsys)


class Told:
    """Runs a command and gives what it prints."""

    def __init__(self, url: str, data: Path, capture: Capture) -> None:
        self._url, self._data, self._capture = url, data, capture

    def __call__(self, command: ScrapyCommand, *given: str) -> str:
        run(command, self._url, self._data, *given)
        return self._capture.readouterr().out


def store(connection: Connection, site: str, *numbers: int) -> None:
    export(connection, *(page(no, site=site) for no in numbers), crawl=f"of {site}")
    connection.execute("UPDATE crawls SET site = %s WHERE id = %s", [site, f"of {site}"])


def test_gaps_has_a_line_for_each_site(connection: Connection, told: Told) -> None:
    store(connection, "a.kr", 3, 5)
    store(connection, "b.kr", 10)
    lines = [line.split() for line in told(gaps.Command()).splitlines()]
    assert lines[0][:3] == ["site", "from", "to"]
    assert lines[2:4] == [["a.kr", "3", "5", "2", "0", "0", "0", "1"], ["b.kr", "10", "10", "1", "0", "0", "0", "0"]]
    in_json = [json.loads(line) for line in told(gaps.Command(), "--json").splitlines()]
    assert [(one["site"], one["from"], one["to"], one["never_seen"]) for one in in_json] == [
        ("a.kr", 3, 5, 1),
        ("b.kr", 10, 10, 0),
    ]
    assert "a.kr: numbers 3 to 5" in told(gaps.Command(), "--site", "a.kr")


@pytest.mark.parametrize("options", [["--fetch"], ["--from", "3"], ["--to", "5"]])
def test_gaps_asks_which_site_is_meant(connection: Connection, told: Told, options: list[str]) -> None:
    store(connection, "a.kr", 3, 5)
    store(connection, "b.kr", 10)
    with pytest.raises(UsageError, match=r"name one site with --site; the sites are a.kr, b.kr"):
        told(gaps.Command(), *options)


def test_gaps_takes_the_only_site_there_is(connection: Connection, told: Told) -> None:
    with pytest.raises(UsageError, match="name one site with --site; no site was crawled yet"):
        told(gaps.Command())
    store(connection, "a.kr", 3, 5)
    assert "a.kr: numbers 3 to 5" in told(gaps.Command())


def test_knows_where_a_site_is(connection: Connection) -> None:
    assert base_of(connection, "a.kr") == "https://a.kr"
    store(connection, "a.kr", 3)
    connection.execute('UPDATE crawls SET arguments = \'{"site": "http://www.a.kr"}\'')
    assert base_of(connection, "a.kr") == "http://www.a.kr"
    connection.execute("INSERT INTO sites (site, base) VALUES ('a.kr', 'https://m.a.kr')")
    assert Site.parse(base_of(connection, "a.kr")).key == "a.kr"


def test_status_names_the_site_of_a_rejected_page(connection: Connection, told: Told) -> None:
    export(connection, replace(rejected(2, reason="no body"), site="b.kr"))
    assert "b.kr   2  no body" in told(status.Command())
