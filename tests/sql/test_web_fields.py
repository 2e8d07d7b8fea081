"""The page that explains the tables."""

from __future__ import annotations

import csv
from io import StringIO

from pipelines.database.tables import TABLES
from pipelines.database.views import VIEWS
from pipelines.web.language import KOREAN
from pipelines.web.pages.fields import FOR_PEOPLE
from tests.page_client import PageClient


def test_explains_every_table_and_column_in_both_languages(page: PageClient) -> None:
    """A comment without Korean words: write them into pipelines/web/words/fields.ko.toml."""
    found = page.ask("/fields.json").json
    tables = {table["name"]: table for table in [*found["for_people"], *found["of_program"]]}
    assert set(tables) == {*TABLES, *VIEWS}
    assert set(FOR_PEOPLE) <= set(tables)
    columns = {name: {column["name"] for column in table["columns"]} for name, table in tables.items()}
    assert columns == {name: set(types) for name, types in (TABLES | VIEWS).items()}
    meanings = {part["meaning"] for table in tables.values() for part in (table, *table["columns"])}
    assert {meaning for meaning in meanings if meaning not in KOREAN.words} == set()
    text = page.get("/fields")
    assert 'lang="en"' not in text.partition("<main")[2]
    assert "표시된 수정 시각." in text
    assert "Printed time of 수정." in page.get("/en/fields")


def test_the_table_has_the_meanings_in_both_languages(page: PageClient) -> None:
    rows = list(csv.DictReader(StringIO(page.ask("/fields.csv").text.removeprefix("\ufeff"))))
    assert rows[0]["table"] == "articles"
    assert {
        "table": "articles",
        "column": "headline",
        "type": "text",
        "meaning": "Headline.",
        "meaning_ko": "제목.",
    } in rows
