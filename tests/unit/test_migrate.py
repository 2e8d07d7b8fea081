"""The schema: made and brought up to date by whoever comes first, explained in the database itself."""

from __future__ import annotations

from pipelines.database.migrate import migrations

CURRENT = migrations()[-1].version


def test_numbers_its_files_without_a_gap() -> None:
    assert [migration.version for migration in migrations()] == list(range(1, CURRENT + 1))
