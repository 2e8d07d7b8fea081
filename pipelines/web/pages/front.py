"""The first page: the newest articles of all sites."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.queries.search.filters import Filters
from pipelines.queries.search.search import Hit, Search
from pipelines.web.page import Asked, Page

NEWEST = 30


@dataclass(frozen=True, kw_only=True)
class Front:
    """What the first page shows."""

    articles: list[Hit]
    """The newest ones of all sites."""


def read(asked: Asked) -> Front:
    """Reads what the first page shows."""
    return Front(articles=Search(asked.connection, Filters()).page(NEWEST).hits)


FRONT = Page(path="/", title="Newest", template="front.html", read=read)
