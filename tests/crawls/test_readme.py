"""What the README says is true: its commands, arguments, statuses, tables and settings exist.

That its queries run as they stand is tested in `tests/sql/test_sql_command.py`.
"""

from __future__ import annotations

import re

import pytest

from asiatongsin import settings
from tests.conftest import ROOT, Scrapy

README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_cells(text: str) -> list[str]:
    return [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")][1:]


def test_its_commands_exist(scrapy: Scrapy) -> None:
    known = scrapy().output
    named = re.findall(r"`asiatongsin (\w+)", section("Commands"))
    assert {"crawl", "drain", "status", "summary", "migrate"} <= set(named)
    assert [name for name in named if f"\n  {name} " not in known] == []


def test_the_files_it_links_to_exist() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")]
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", ["reliability", "fleet"])
def test_the_tests_and_settings_that_it_names_exist(name: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    tests = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    assert set(re.findall(r"`(test_\w+)`", text)) - tests == set()
    capitals = set(re.findall(r"`([A-Z_]{6,})", text)) - {"SIGTERM"}
    assert len(capitals) > 8
    assert [one for one in capitals if not (one.startswith("AWS_") or hasattr(settings, one))] == []
    commands = {path.stem for path in (ROOT / "pipelines" / "commands").glob("*.py")}
    assert set(re.findall(r"`asiatongsin (\w+)", text)) - commands == set()


def test_the_places_that_contributing_names_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    places = re.findall(r"`((?:asiatongsin|pipelines|tests|docs)/[^`\s:]*)`", text)
    assert len(places) > 25
    assert [place for place in places if not re.search(r"[<*]|NNNN", place) and not (ROOT / place).exists()] == []
