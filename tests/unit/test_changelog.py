"""The changelog names the release, and every version of the tables from which somebody may upgrade."""

from __future__ import annotations

from datetime import date

import pytest

from asiatongsin import __version__
from pipelines.database.migrate import migrations
from pipelines.database.tables import TABLES
from tests.documents import ROOT, Document

CHANGELOG = Document(ROOT / "CHANGELOG.md", "en")
RELEASES = [text.partition(" — ") for level, text in CHANGELOG.headings() if level == 2 and " — " in text]


def test_the_newest_release_is_this_version_and_has_a_date() -> None:
    [version, _, day], *_ = RELEASES
    assert version == __version__
    assert date.fromisoformat(day) >= date(2026, 12, 1)


def test_upgrading_is_told_for_every_version_of_the_tables() -> None:
    told = [int(row[0]) for row in CHANGELOG.rows() if row[0].isdecimal()]
    assert told == [migration.version for migration in migrations()]
    assert f"this release has schema\nversion {told[-1]}." in CHANGELOG.text


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_named(name: str) -> None:
    assert f"`{name}`" in CHANGELOG.text
