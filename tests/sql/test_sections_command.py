"""`asiatongsin sections`, run in this process."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from asiatongsin import statistics
from asiatongsin.known import WalkedList
from pipelines.commands.sections import Command
from pipelines.exporters import crawls
from tests.samples import AT, export, page, record
from tests.sql.test_looking import settings

MENU = [[0, ["전체기사"]], [22, ["정치"]], [34, ["문화 / 연예", "Life"]], [35, ["기획"]]]


def sections(url: str, data: Path, *given: str) -> None:
    command = Command()
    command.settings = settings(url, data)
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    command.run([], parser.parse_args(given))


def note_menu(connection: Connection, crawl: str, menu: list[Any], *walked: int) -> None:
    """A crawl that found this menu, and something that is to be kept."""
    lists = tuple(WalkedList(section=one, pages=3, is_end_seen=True, looked_back_at=AT) for one in walked)
    given = {statistics.MENU: menu} if menu else {}
    crawls.write(connection, replace(record(crawl), outcome="drift", statistics=given, lists=lists))


def test_brings_numbers_and_articles_together_by_name(
    connection: Connection, database_url: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("정치", "정 치", "문화/연예", "독자투고", None)
    export(
        connection, *(page(no, section=name, published_at=AT + timedelta(days=no)) for no, name in enumerate(names, 1))
    )
    note_menu(connection, "older", [[22, ["옛 이름"]]])
    note_menu(connection, "newer", MENU, 22, 99)
    note_menu(connection, "without a menu", [])
    sections(database_url, data)
    told = capsys.readouterr()
    assert [line.split() for line in told.out.splitlines() if "─" not in line] == [
        ["newsasia.kr"],
        ["number", "name", "articles", "newest"],
        ["all", "전체기사", "5", "2025-10-10", "09:52"],
        ["22", "정치", "2", "2025-10-07", "09:52"],
        ["34", "문화", "/", "연예/Life", "1", "2025-10-08", "09:52"],
        ["35", "기획", "0", "-"],
        ["99", "-", "0", "-"],
        ["-", "독자투고", "1", "2025-10-09", "09:52"],
        ["-", "-", "1", "2025-10-10", "09:52"],
    ]
    assert "newsasia.kr: crawl -a site=newsasia.kr -a sections=22,문화 / 연예 takes what its menu names" in told.err


def test_prints_json_for_programs_and_says_what_it_does_not_know(
    connection: Connection, database_url: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(connection, page(1, section="정치"), page(2, site="example.kr"))
    sections(database_url, data, "--json", "--site", "newsasia.kr")
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {
            "site": "newsasia.kr",
            "no": None,
            "names": ["정치"],
            "articles": 1,
            "newest": "2025-10-04T18:20:33+09:00",
            "is_in_menu": False,
        }
    ]
    sections(database_url, data)
    assert capsys.readouterr().err.count("no crawl has noted its menu yet; the next one that brings news does") == 2
