"""The tables, out of the comments of `pipelines/database/schema.sql`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.database.tables import TABLES
from pipelines.database.views import VIEWS
from pipelines.web.pages.fields import FOR_PEOPLE
from tests.conftest import ROOT
from tests.reference.markdown import code, page, plain, table
from tests.reference.words import Words

_COMMENT = re.compile(r"^COMMENT ON (?:TABLE|VIEW|COLUMN) (\S+) IS '((?:[^']|'')*)';$", re.MULTILINE)
_VIEW = re.compile(r"^CREATE VIEW (\w+) AS\n([^;]*);", re.MULTILINE)

ROWS = {
    "articles": "article, with its newest text",
    "article_revisions": "text that an article has had",
    "former_articles": "article whose number the site gave to another article",
    "article_images": "photo of an article, with its caption",
    "article_links": "attachment, embedded video or link of an article",
    "related_stories": "teaser around an article",
    "related_story_history": "teaser that an article has ever shown, with the first and the last time",
    "removed_articles": "number of an article that the site says is removed",
    "weather_snapshots": "change of the weather strip",
    "weather_readings": "city in a weather strip, with sky and temperature",
    "weather_stations": "station of the Korea Meteorological Administration, with coordinates",
    "crawls": "crawl, also one that failed",
    "crawl_coverage": "field of a crawl, with the number of pages on which it was found",
    "rejected_pages": "page that could not be read, or that the database refused",
    "missing_fields": "missing field, with the time since when",
    "sites": "site that `asiatongsin sites` has added, with its schedule",
    "related_numbers": "article to which a teaser leads or has led",
    "article_counts": "site, with the number of its articles",
    "article_texts": "article, with its newest text",
    "replaced_texts": "text of an article that a newer one has replaced",
    "article_checks": "article, with its last visit and the next one",
    "teasers": "text of a teaser",
    "shown_teasers": "article, with the teasers that it shows now",
    "formerly_shown_teasers": "set of teasers that an article showed before",
    "weather_strips": "city in a weather strip, once for all equal strips",
    "coverage_counts": "set of counts of crawls that found the same",
    "walked_lists": "list of a site, with the time when a crawl came to its end",
    "export_marks": "name of `asiatongsin export --new-since`, with how far its exports came",
    "reparse_bookmarks": "run of `asiatongsin reparse` that was interrupted",
    "site_troubles": "site, with what is wrong and who was told",
    "machines": "machine on which a worker of a fleet runs, or ran",
    "archive_files": "WARC file that is in the archive store, or goes there",
    "reparse_runs": "run of `asiatongsin reparse --fleet`",
    "reparse_shards": "part of such a run",
    "asiatongsin_migrations": "change of the schema that was made",
}
"""What one row is; behind "one row per"."""


@dataclass(frozen=True)
class Schema:
    """What `schema.sql` says."""

    comments: dict[str, str]
    """By `table` and `table.column`."""

    behind: dict[str, list[str]]
    """The tables and views out of which a view is made."""


def schema(text: str) -> Schema:
    """Reads the schema."""
    known = {*TABLES, *VIEWS}
    return Schema(
        comments={name: comment.replace("''", "'") for name, comment in _COMMENT.findall(text)},
        behind={
            view: [name for name in dict.fromkeys(re.findall(r"\b(?:FROM|JOIN) (\w+)", query)) if name in known]
            for view, query in _VIEW.findall(text)
        },
    )


def write(words: Words) -> str:
    """The page."""
    found = schema((ROOT / "pipelines/database/schema.sql").read_text(encoding="utf-8"))
    say = words.say
    others = [name for name in (*VIEWS, *TABLES) if name not in FOR_PEOPLE]
    return page(
        f"# {say('Tables and columns')}",
        words.text(
            "What crawls bring is stored in these tables, and views show it.",
            "Where there is a view, ask the view and not the tables behind it.",
            "psql shows the same explanations (`\\d+ articles`), and so does the web page (`/fields`).",
        ),
        words.text(
            "All times are `timestamptz`.",
            "`AT TIME ZONE 'Asia/Seoul'` turns one into the Korean time that the site prints.",
            "What is unknown is `NULL`.",
            "Example: a city for which no sky is printed has no `condition`.",
        ),
        f"## {say('One row per')}",
        _overview(words, found, FOR_PEOPLE),
        say("The program itself needs the following ones. Most questions do not need them."),
        _overview(words, found, others),
        f"## {say('Those for people')}",
        *(_one(words, found, name) for name in FOR_PEOPLE),
        f"## {say('Those of the program')}",
        *(_one(words, found, name) for name in others),
    )


def _overview(words: Words, found: Schema, names: tuple[str, ...] | list[str]) -> str:
    head = [words.say(title) for title in ("Table or view", "One row per", "Tables behind it")]
    return table(
        head,
        (
            [f"[{code(name)}](#{name})", words.say(ROWS[name]), ", ".join(map(code, found.behind.get(name, [])))]
            for name in names
        ),
    )


def _one(words: Words, found: Schema, name: str) -> str:
    columns = {**TABLES, **VIEWS}[name]
    rows = [
        [code(column), code(of_type), plain(words.quote(found.comments[f"{name}.{column}"]))]
        for column, of_type in columns.items()
    ]
    head = [words.say(title) for title in ("column", "type", "meaning")]
    return "\n\n".join([f"### {code(name)}", plain(words.quote(found.comments[name])), table(head, rows)])
