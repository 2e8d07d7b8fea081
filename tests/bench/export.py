"""Export: how many rows a second, and how much memory, for each format and for ten times as many rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.database.connection import Database
from pipelines.database.migrate import migrate
from tests.bench.corpus import NEWEST, SPAN
from tests.bench.found import Effort, Found, Goal, Row
from tests.bench.postgres import server
from tests.bench.process import Measured, measured, scrapy
from tests.bench.search import DROP, _fill
from tests.conftest import new_database

ARTICLES = 100_000
FORMATS = ("csv", "jsonl", "parquet", "atom")
LINES = FORMATS[:2]
MEGABYTES = 35.0
"""Of memory that CSV and JSON lines may take, above that of a command that exports nothing."""

TENTH = f"{NEWEST - SPAN * 9 / 10:%Y-%m-%d}"
"""A tenth of the articles was published until then."""

HOW = (
    "Export: articles as those of the search, about 2,700 bytes each, through the command in a process of its own into"
    " a file. Memory is that of the command (VmHWM), without the database; above the start means above the same command"
    " where it finds nothing. Rows a second: of those between a tenth and all, by wall time and by CPU of the command."
)


def run(effort: Effort) -> Found:
    """Fills a database and exports a tenth of it and all of it, in each format."""
    articles = effort.articles or effort.of(ARTICLES, least=1000)
    with server() as postgres, new_database(postgres.url) as url, TemporaryDirectory(prefix="asiatongsin-") as folder:
        with Database(url, Path()).connect() as connection:
            migrate(connection)
            connection.execute(DROP)  # nothing is looked for by words
            _fill(connection, articles)
            connection.execute("VACUUM ANALYZE")
        environment = {"DATABASE_URL": url, "ASIATONGSIN_DATA": folder}
        found = [row for one in FORMATS for row in _rows(one, articles, Path(folder), environment)]
    return Found(rows=found, notes=[HOW])


def _rows(format_: str, articles: int, folder: Path, environment: Mapping[str, str]) -> list[Row]:
    command = scrapy("export", "articles", "-o", str(folder / f"articles.{format_}"))
    nothing = measured([*command, "--until", "1900-01-01"], environment)
    tenth = measured([*command, "--until", TENTH], environment)
    whole = measured(command, environment)
    flat = Row(
        name=f"memory of {format_} of {articles:,} rows, by a tenth of them",
        figure=f"{whole.megabytes:.0f} against {tenth.megabytes:.0f} MB; {_speed(articles * 9 // 10, tenth, whole)}",
        ratios=(whole.megabytes / tenth.megabytes,),
        goal=Goal(highest=1.1),
    )
    above = whole.megabytes - nothing.megabytes
    bound = Row(
        name=f"memory of {format_} above the start, by {MEGABYTES:.0f} MB",
        figure=f"{above:.1f} MB above {nothing.megabytes:.0f}",
        ratios=(above / MEGABYTES,),
        goal=Goal(highest=1.0) if format_ in LINES else None,
    )
    return [flat, bound]


def _speed(number: int, tenth: Measured, whole: Measured) -> str:
    by_wall, by_cpu = (number / max(one, 0.001) for one in (whole.seconds - tenth.seconds, whole.cpu - tenth.cpu))
    return f"{by_wall:,.0f} rows a second, {by_cpu:,.0f} by CPU"
