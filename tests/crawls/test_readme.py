"""What the README says is true: its commands, arguments, statuses, tables and settings exist.

That its queries run as they stand is tested in `tests/sql/test_sql_command.py`.
"""

from __future__ import annotations

import dataclasses
import re

from asiatongsin import settings
from asiatongsin.arguments import Arguments
from pipelines.crawl_record import ExitStatus
from pipelines.database.tables import TABLES
from pipelines.database.views import VIEWS
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


def test_it_names_every_argument_of_the_spider() -> None:
    named = set(re.findall(r"`-a (\w+)=", section("Commands")))
    assert named == {field.name for field in dataclasses.fields(Arguments)}


def test_it_names_every_exit_status() -> None:
    named = {int(cell) for cell in first_cells(section("Exit status"))}
    assert named == set(ExitStatus)


def test_it_names_every_table_and_every_view() -> None:
    named = {name for cell in first_cells(section("Tables")) for name in re.findall(r"`(\w+)`", cell)}
    assert named == {*TABLES, *VIEWS} - {"asiatongsin_migrations"}


def test_its_settings_exist_with_the_defaults_it_names() -> None:
    rows = [line.split("|")[1:3] for line in section("Settings").splitlines() if line.startswith("| `")]
    defaults = {re.findall(r"`(\w+)`", name)[0]: default.strip() for name, default in rows}
    assert [name for name in defaults if not hasattr(settings, name)] == []
    assert float(defaults["DOWNLOAD_DELAY"].split()[0]) == settings.DOWNLOAD_DELAY
    assert int(defaults["PAGES_WITHOUT_DATABASE"]) == settings.PAGES_WITHOUT_DATABASE
    assert defaults["ARCHIVE"] == f"`{settings.ARCHIVE}`"
    assert int(defaults["ARCHIVE_FILE_BYTES"]) == settings.ARCHIVE_FILE_BYTES
    assert float(defaults["UNREADABLE_SHARE_MAX"]) == settings.UNREADABLE_SHARE_MAX
    assert int(defaults["RECHECK_MAX"]) == settings.RECHECK_MAX
    for name in ("RECHECK_AFTER", "GONE_AFTER"):
        assert defaults[name] == f"`{getattr(settings, name)}`"


def test_the_files_it_links_to_exist() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_places_that_contributing_names_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    places = re.findall(r"`((?:asiatongsin|pipelines|tests|docs)/[^`\s:]*)`", text)
    assert len(places) > 25
    assert [place for place in places if not re.search(r"[<*]|NNNN", place) and not (ROOT / place).exists()] == []
