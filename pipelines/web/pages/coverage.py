"""How often the last crawls of a site found each field, and a page that lacks what fell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipelines.datasets.lines import Sink
from pipelines.queries import coverage_by_crawl as stored
from pipelines.queries.coverage_by_crawl import Counted, FieldMissing
from pipelines.queries.sites import known_sites
from pipelines.web.asking import chosen_site
from pipelines.web.page import Asked, Page, write_table

CRAWLS = 60
"""How many of the last crawls are shown."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """How often one crawl found a field."""

    crawl: str
    """The crawl."""

    place: int
    """Its place among the crawls shown, from 0, the oldest."""

    pages: int
    """Pages that should have the field."""

    found: int
    """Pages that have it."""

    share: float
    """The share of these."""

    fell: bool
    """It is less than should have been."""


@dataclass(frozen=True, kw_only=True)
class FieldHistory:
    """A field over the last crawls."""

    part: str
    """Part of the page."""

    field: str
    """Name of the field."""

    shares: list[Share]
    """Of each crawl that looked for it, oldest first."""

    missing: FieldMissing | None
    """Since when it is missing, where it fell and has not been found again."""

    article: int | None = None
    """Number of an article that lacks it, where it fell."""

    rejected: int | None = None
    """A rejected page that shows why, where it fell."""

    @property
    def is_away(self) -> bool:
        """It is missing, or fell in the last crawl that looked for it."""
        return self.missing is not None or self.shares[-1].fell


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What the page shows."""

    site: str
    """The site; empty where nothing was crawled yet."""

    sites: list[str]
    """All sites that were crawled."""

    crawls: list[str]
    """The crawls, oldest first."""

    since: datetime | None
    """When the first of them began."""

    until: datetime | None
    """When the last of them began."""

    fields: list[FieldHistory]
    """Each field, those that are missing first."""


def read(asked: Asked) -> Coverage:
    """Reads what the page shows. ArgumentError."""
    known = known_sites(asked.connection)
    site = chosen_site(asked, known) or next(iter(known), "")
    counted = stored.of_crawls(asked.connection, site, asked.query.number("crawls", CRAWLS, 200, least=1))
    began = dict.fromkeys((one.crawl, one.started_at) for one in counted)
    crawls = [crawl for crawl, _ in began]
    fields = [_with_evidence(asked, one) for one in histories(counted, crawls, stored.missing(asked.connection, site))]
    return Coverage(
        site=site,
        sites=known,
        crawls=crawls,
        since=min((at for _, at in began), default=None),
        until=max((at for _, at in began), default=None),
        fields=sorted(fields, key=lambda one: not one.is_away),
    )


def histories(counted: Sequence[Counted], crawls: Sequence[str], missing: Sequence[FieldMissing]) -> list[FieldHistory]:
    """Each field over these crawls."""
    places = {crawl: place for place, crawl in enumerate(crawls)}
    fell = {(one.part, one.field): one for one in missing}
    shares: dict[tuple[str, str], list[Share]] = {}
    for one in counted:
        share = Share(
            crawl=one.crawl,
            place=places[one.crawl],
            pages=one.pages,
            found=one.found,
            share=one.found / one.pages,
            fell=one.fell,
        )
        shares.setdefault((one.part, one.field), []).append(share)
    return [
        FieldHistory(part=part, field=field, shares=found, missing=fell.get((part, field)))
        for (part, field), found in sorted(shares.items())
    ]


def _with_evidence(asked: Asked, history: FieldHistory) -> FieldHistory:
    """The same; with a page that lacks the field, where it fell."""
    if not history.is_away:
        return history
    crawl = history.missing.crawl if history.missing else history.shares[-1].crawl
    is_article = history.part == "article"
    return replace(
        history,
        article=stored.article_without(asked.connection, crawl, history.field) if is_article else None,
        rejected=stored.rejected_page(asked.connection, crawl) if is_article and history.field == "readable" else None,
    )


def write(asked: Asked, file: Sink) -> None:
    """A row for each crawl and field."""
    found = read(asked)
    rows = (
        (one.crawl, history.part, history.field, one.pages, one.found, one.share, one.fell)
        for history in found.fields
        for one in history.shares
    )
    write_table(file, ("crawl", "part", "field", "pages", "found", "share", "fell"), rows)


COVERAGE = Page(path="/coverage", title="Coverage", template="coverage.html", read=read, csv=write)
