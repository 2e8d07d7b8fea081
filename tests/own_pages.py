"""Pages of tests that ask too much of the database, or too long."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.datasets.lines import Sink
from pipelines.web.page import Asked, Page
from pipelines.web.stream import PIECE


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the pages of these tests have read."""

    articles: list[str]
    needs: tuple[str, ...] = ()


def page_that(name: str, *does: str, csv: bool = False) -> Page:
    """A page `/name` whose reading, or whose file, executes statements."""

    def read(asked: Asked) -> Found:
        for statement in does:
            asked.connection.execute(statement)
        return Found(articles=[])

    def write(asked: Asked, file: Sink) -> None:
        if name == "late":
            file.write(b"a" * PIECE)
        read(asked)

    return Page(path=f"/{name}", title="Newest", template="front.html", read=read, csv=write if csv else None)


INSERTS = "INSERT INTO article_counts VALUES ('a.kr', 1, 0, 0)"
SLEEPS = "SELECT pg_sleep(60)"
OWN_PAGES = (
    page_that("sleeps", SLEEPS, csv=True),
    page_that("late", SLEEPS, csv=True),
    page_that("inserts", INSERTS),
    page_that("commits", "COMMIT", INSERTS),
)
