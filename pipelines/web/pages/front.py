"""The first page: the newest articles of all sites, how many there were in the last days, and what needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from asiatongsin.moments import first_moment
from pipelines.queries import volume
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.search import Hit, Search
from pipelines.queries.sites import known_sites
from pipelines.web.needs import needs
from pipelines.web.page import Asked, Page
from pipelines.web.periods import Period, periods

NEWEST = 30
DAYS = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Front:
    """What the first page shows."""

    articles: list[Hit]
    """The newest ones of all sites."""

    needs: tuple[str, ...]
    """What needs a person, as `asiatongsin status` says it."""

    days: list[Period]
    """The last two weeks; `found` is the number of articles."""


def read(asked: Asked) -> Front:
    """Reads what the first page shows."""
    articles = Search(asked.connection, Filters()).page(NEWEST).hits
    return Front(articles=articles, needs=needs(asked), days=_days(asked))


def _days(asked: Asked) -> list[Period]:
    first = asked.now.date() - DAYS + timedelta(days=1)
    found = volume.per_day(asked.connection, known_sites(asked.connection), first_moment(first), asked.now)
    return periods(found, found, first, asked.now.date())[1]


FRONT = Page(path="/", title="Newest", template="front.html", read=read)
