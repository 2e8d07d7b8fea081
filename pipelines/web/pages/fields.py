"""The tables explained, out of the comments of their columns."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.database.tables import TABLES
from pipelines.database.views import VIEWS
from pipelines.datasets.lines import Sink
from pipelines.queries.meanings import Table, tables
from pipelines.web.page import Asked, Page, write_table

FOR_PEOPLE = (
    "articles",
    "article_revisions",
    "former_articles",
    "article_images",
    "article_links",
    "related_stories",
    "related_story_history",
    "removed_articles",
    "weather_snapshots",
    "weather_readings",
    "weather_stations",
    "crawls",
    "crawl_coverage",
    "rejected_pages",
    "missing_fields",
    "sites",
)
"""Tables and views that people ask; the others are how the program keeps them."""


@dataclass(frozen=True, kw_only=True)
class Fields:
    """All tables and views."""

    for_people: list[Table]
    """Those that people ask."""

    of_program: list[Table]
    """The others."""


def read(asked: Asked) -> Fields:
    """Reads what the tables are."""
    others = [name for name in (*VIEWS, *TABLES) if name not in FOR_PEOPLE]
    return Fields(for_people=tables(asked.connection, FOR_PEOPLE), of_program=tables(asked.connection, others))


def write_csv(asked: Asked, file: Sink) -> None:
    """Writes a line per table and one per column, with the meaning in both languages."""
    found, say = read(asked), asked.language.say
    lines = (
        (table.name, name, type_, meaning, say(meaning))
        for table in (*found.for_people, *found.of_program)
        for name, type_, meaning in [
            ("", "view" if table.is_view else "table", table.meaning),
            *((column.name, column.type, column.meaning) for column in table.columns),
        ]
    )
    write_table(file, ("table", "column", "type", "meaning", "meaning_ko"), lines)


FIELDS = Page(path="/fields", title="Tables", template="fields.html", read=read, csv=write_csv)
