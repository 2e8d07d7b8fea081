"""Pages that could not be read, and how they came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.datasets.lines import Sink
from pipelines.queries import rejected as stored
from pipelines.queries.rejected import RejectedPage
from pipelines.queries.sites import known_sites
from pipelines.web.asking import chosen_site
from pipelines.web.page import Asked, Page, write_table

SHOWN = 50
MOST = 2**62
"""Highest number of a rejected page that is asked for."""

HEAD = ("id", "site", "no", "url", "fetched_at", "reason", "is_transient", "version", "raw_path", "read_at")


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """What the page shows."""

    sites: list[str]
    """All sites that were crawled."""

    pages: list[RejectedPage]
    """Pages that could not be read, newest first."""

    older: int | None
    """The page before which the next part begins; None: this is the last one."""


def read(asked: Asked) -> Rejected:
    """Reads what the page shows. ArgumentError."""
    known = known_sites(asked.connection)
    found = _some(asked, chosen_site(asked, known), asked.query.number("before", 0, MOST), SHOWN + 1)
    return Rejected(
        sites=known,
        pages=found[:SHOWN],
        older=found[SHOWN - 1].id if len(found) > SHOWN else None,
    )


def write(asked: Asked, file: Sink) -> None:
    """All pages that are asked for, newest first."""
    rows = ([getattr(one, name) for name in HEAD] + [", ".join(one.missing)] for one in _all(asked))
    write_table(file, (*HEAD, "missing"), rows)


def _all(asked: Asked) -> Iterator[RejectedPage]:
    site, before = chosen_site(asked, known_sites(asked.connection)), asked.query.number("before", 0, MOST)
    while found := _some(asked, site, before, 1000):
        yield from found
        before = found[-1].id


def _some(asked: Asked, site: str, before: int, limit: int) -> list[RejectedPage]:
    return stored.rejected(asked.connection, site, before, limit, unread=asked.query.switch("unread"))


REJECTED = Page(path="/rejected", title="Unreadable pages", template="rejected.html", read=read, csv=write)
