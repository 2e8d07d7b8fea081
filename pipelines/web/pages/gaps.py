"""Which article numbers of a site are stored, gone or missing."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from pipelines.datasets.lines import Sink
from pipelines.queries import gaps as stored
from pipelines.queries.gaps import Counts, Run, Span, Strays
from pipelines.queries.sites import known_sites
from pipelines.web.asking import chosen_site
from pipelines.web.page import Asked, Page, write_table

RUNS = 20
"""How many runs of missing numbers are shown."""


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """What the page shows."""

    site: str
    """The site; empty where nothing was crawled yet."""

    sites: list[str]
    """All sites that were crawled."""

    span: Span | None
    """From the lowest number to the highest; None where no article is stored."""

    strays: Strays | None
    """Numbers far away from all others, which are left out."""

    counts: Counts
    """How many numbers are in each class."""

    runs: list[Run]
    """The longest runs of missing numbers."""

    all_runs: int
    """How many there are."""

    lists_without_end: list[int]
    """Lists to whose end no crawl has come: below the range there may be more articles."""

    @property
    def classes(self) -> list[tuple[str, int, float]]:
        """Each class with its numbers and their share."""
        size = self.span.last - self.span.first + 1 if self.span else 1
        return [(name.replace("_", " "), number, number / size) for name, number in asdict(self.counts).items()]


def read(asked: Asked) -> Gaps:
    """Reads what the page shows. ArgumentError."""
    known = known_sites(asked.connection)
    site = chosen_site(asked, known) or next(iter(known), "")
    span = stored.stored_span(asked.connection, site)
    runs, all_runs = stored.longest_runs(asked.connection, span, RUNS) if span else ([], 0)
    return Gaps(
        site=site,
        sites=known,
        span=span,
        strays=stored.strays(asked.connection, span) if span else None,
        counts=stored.count(asked.connection, span) if span else Counts(),
        runs=runs,
        all_runs=all_runs,
        lists_without_end=stored.lists_without_end(asked.connection, site),
    )


def write(asked: Asked, file: Sink) -> None:
    """The longest runs of missing numbers."""
    rows = ((one.first, one.last, one.length, one.published_below, one.published_above) for one in read(asked).runs)
    write_table(file, ("first", "last", "numbers", "published_below", "published_above"), rows)


GAPS = Page(path="/gaps", title="Missing articles", template="gaps.html", read=read, csv=write)
