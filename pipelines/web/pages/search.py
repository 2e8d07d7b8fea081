"""Articles that hold some words, with their number a day, newest first."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from asiatongsin.addresses import without_addresses
from asiatongsin.korean import KST
from asiatongsin.moments import first_moment
from pipelines.datasets.atom import atom
from pipelines.datasets.columns import columns_of
from pipelines.datasets.feed import entry
from pipelines.datasets.lines import Sink, write_csv
from pipelines.queries import volume
from pipelines.queries.records.records import Wanted, check, rows
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.marks import excerpt
from pipelines.queries.search.search import Days, Hit, Place, Search
from pipelines.queries.search.words import Word
from pipelines.queries.sites import known_sites
from pipelines.web.asking import Choices, check_chosen, choices, feed, filters, typed
from pipelines.web.page import Asked, Page
from pipelines.web.periods import Period, periods

ON_A_PAGE, IN_A_FEED = 20, 50
ENOUGH = 100
"""Hits that are counted at least where their texts must be looked at; `all=1` counts every one."""

NEWEST, RELEVANCE = "newest", "relevance"
CHARACTERS = 140
"""Of an excerpt."""


@dataclass(frozen=True, kw_only=True)
class FoundArticle(Hit):
    """An article that was found."""

    excerpt: str
    """A line around the first place at which a word stands below the headline."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many articles are found, and when they were published."""

    number: int

    since: datetime | None
    """Only what was published then or later is counted, since the texts must be looked at; None: everything is."""

    undated: int
    """Those among them without a date."""

    share: float | None
    """Of all articles of the same sites and the same time, from the first hit to the last; None for all articles."""

    unit: str
    """How long a period is: day, week, month or year."""

    periods: list[Period]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search found."""

    typed: dict[str, str]
    """What was asked for, as it was written."""

    sort: str
    words: tuple[Word, ...] = ()
    """The words as they were understood."""

    counted: Counted | None = None
    """Of the first page alone."""

    hits: list[FoundArticle]
    next: str | None = None
    """What `after` must be for the next page."""

    is_cut: bool = False
    """Only the last two months are looked through, since no index helps with what was asked."""

    lacks_index: bool = False
    """`asiatongsin index` would make it quick."""

    choices: Choices


def read(asked: Asked) -> Found:
    """Searches. ArgumentError."""
    chosen = filters(asked, asked.query.text("q"))
    sort = asked.query.choice("sort", (NEWEST, RELEVANCE), NEWEST)
    after = Place.read(asked.query.text("after")) if asked.query.text("after") else None
    search = Search(asked.connection, chosen)
    hits, following = search.page(ON_A_PAGE, after) if sort == NEWEST else (search.most_relevant(ON_A_PAGE), None)
    check_chosen(asked, chosen, is_found=bool(hits))
    return Found(
        typed=typed(asked),
        sort=sort,
        words=chosen.words,
        counted=None if after else _counted(search, is_whole=asked.query.switch("all")),
        hits=[_shown(hit, chosen.words) for hit in hits],
        next=following.written() if following else None,
        is_cut=search.is_cut,
        lacks_index=search.lacks_index,
        choices=choices(asked),
    )


def misread(asked: Asked) -> Found:
    """The form alone, with what was typed."""
    return Found(typed=typed(asked), sort=NEWEST, hits=[], choices=choices(asked))


def _shown(hit: Hit, words: tuple[Word, ...]) -> FoundArticle:
    return FoundArticle(**asdict(hit), excerpt=excerpt(without_addresses(hit.below_headline), words, CHARACTERS))


def _counted(search: Search, *, is_whole: bool) -> Counted:
    days = Days(search.per_day(), None) if is_whole else search.newest_days(ENOUGH)
    found = {day: number for day, number in days.found if day}
    undated = sum(number for day, number in days.found if day is None)
    stored = _stored(search, days, found) if found else {}
    shown = periods(found, stored, min(found), max(found)) if found else None
    return Counted(
        number=sum(found.values()) + undated,
        since=days.since,
        undated=undated,
        share=sum(found.values()) / sum(stored.values()) if stored and stored is not found else None,
        unit=shown[0].name if shown else "",
        periods=shown[1] if shown else [],
    )


def _stored(search: Search, days: Days, found: dict[date, int]) -> dict[date, int]:
    """All articles of the same sites and the same time, per day."""
    chosen = search.filters
    if not (chosen.words or chosen.sections or chosen.reporters):
        return found
    sites = chosen.sites or known_sites(search.connection)
    first = max(filter(None, (chosen.since, days.since, first_moment(min(found)))))
    last = min(filter(None, (chosen.until, _end(max(found)))))
    return volume.per_day(search.connection, sites, first, last)


def _end(day: date) -> datetime:
    return datetime.combine(day, datetime.max.time(), tzinfo=KST)


def write_all(asked: Asked, file: Sink) -> None:
    """Every article that is found, as the export has them."""
    wanted = Wanted(filters=filters(asked, asked.query.text("q")))
    check(asked.connection, wanted)
    write_csv(asked.connection, wanted, columns_of(asked.connection, wanted), file, lambda _: None)


def write_feed(asked: Asked, file: Sink) -> None:
    """The newest articles that are found; the address is the search that is saved."""
    chosen = filters(asked, asked.query.text("q"))
    hits = Search(asked.connection, chosen).page(IN_A_FEED).hits
    check_chosen(asked, chosen, is_found=bool(hits))
    entries = [entry(article) for article in _records(asked, hits)]
    updated = max((one.updated for one in entries), default=datetime(2000, 1, 1, tzinfo=UTC))
    for piece in atom(feed(asked, "asiatongsin", updated), entries):
        file.write(piece.encode())


def _records(asked: Asked, hits: list[Hit]) -> list[dict[str, object]]:
    """The articles as the export has them, in the order of the hits."""
    wanted = Wanted(filters=Filters(sites=tuple({hit.site for hit in hits})), numbers=tuple(hit.no for hit in hits))
    names = [column.name for column in columns_of(asked.connection, wanted)]
    found = [dict(zip(names, row, strict=True)) for row in rows(asked.connection, wanted)] if hits else []
    by_number = {(article["site"], article["no"]): article for article in found}
    return [by_number[hit.site, hit.no] for hit in hits]


SEARCH = Page(
    path="/search",
    title="Search",
    template="search.html",
    read=read,
    misread=misread,
    csv=write_all,
    atom=write_feed,
)
