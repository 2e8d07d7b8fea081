"""All papers, late ones first, and the machines that crawl them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.datasets.lines import Sink
from pipelines.queries.machines import Fleet, fleet
from pipelines.queries.papers import Paper, papers
from pipelines.web.needs import needs
from pipelines.web.outcomes import MEANINGS
from pipelines.web.page import Asked, Page, write_table

SHOWN = 200
MOST = 1_000_000
"""How many sites may be skipped, or are written at once."""

HEAD = (
    "site",
    "schedule",
    "time_zone",
    "next_at",
    "is_late",
    "paused_at",
    "retired_at",
    "crawl",
    "crawled_at",
    "outcome",
    "articles",
    "gone",
    "newest_at",
    "note",
)


@dataclass(frozen=True, kw_only=True)
class Sites:
    """What the page shows."""

    needs: tuple[str, ...]
    """What needs a person; empty where nothing does."""

    papers: list[Paper]
    """The sites, late ones first."""

    skip: int | None
    """How many sites the next page skips; None: this is the last one."""

    fleet: Fleet | None
    """The fleet; None where no site was added and no worker ever ran."""

    meanings: Mapping[str, str]
    """What each outcome means."""


def read(asked: Asked) -> Sites:
    """Reads what the page shows."""
    skip = asked.query.number("skip", 0, MOST)
    found = papers(asked.connection, SHOWN + 1, skip)
    return Sites(
        needs=needs(asked),
        papers=found[:SHOWN],
        skip=skip + SHOWN if len(found) > SHOWN else None,
        fleet=fleet(asked.connection, asked.settings.getfloat("FLEET_DEAD_AFTER")),
        meanings=MEANINGS,
    )


def write(asked: Asked, file: Sink) -> None:
    """All sites, by one statement: between two of them a worker may give a site another place."""
    write_table(file, HEAD, ([getattr(one, name) for name in HEAD] for one in papers(asked.connection, MOST)))


SITES = Page(path="/sites", title="Sites", template="sites.html", read=read, csv=write)
