"""Searches the articles: pages of hits, their number, and a part of SQL for whoever reads them all.

The function `article_terms` and the index on it are of `pipelines/database`; without the index all texts are looked
through, with the same hits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.sql import SQL, Composable, Composed, Literal

from asiatongsin.errors import ArgumentError
from pipelines.queries.search.conditions import UNDATED, conditions, date_terms, terms
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.windows import FEW_MONTHS, windows

COSTLY_FOR = timedelta(days=61)
"""How far a search looks back that no index helps, where nothing says since when."""

MANY = 20_000
"""Articles from which on a search without an index is slow."""

RANKED = 1000
"""Newest hits that are put in order of relevance."""

# Set for the transaction alone: behind a pooler, the connection is another client's next. Compiling a query takes
# longer than the query, processes would make the terms anew, and the bitmap of a frequent word needs room for all rows.
_SETTINGS = """
SELECT set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true),
    set_config('work_mem', greatest(pg_size_bytes(current_setting('work_mem')), 67108864) / 1024 || 'kB', true)"""

# The smallest and the largest value come out of an index where a table is asked, and not a view.
_STATE = """
WITH RECURSIVE sites AS (
    SELECT min(site) AS site FROM article_texts
    UNION ALL SELECT (SELECT min(a.site) FROM article_texts AS a WHERE a.site > s.site)
        FROM sites AS s WHERE s.site <> ''
)
SELECT coalesce((SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('articles_by_terms')), false)
        AS is_indexed,
    (SELECT reltuples FROM pg_class WHERE oid = to_regclass('article_texts')) AS stored,
    min((SELECT min(published_at) FROM article_texts AS a WHERE a.site = s.site)) AS oldest,
    max((SELECT max(published_at) FROM article_texts AS a WHERE a.site = s.site)) AS newest
FROM sites AS s WHERE cardinality(%(sites)s::text[]) = 0 OR s.site = ANY (%(sites)s)"""

_ALL = SQL("articles")

# OFFSET 0 keeps what stands outside from being looked at first, which would make the terms of each article anew.
_BY_TERMS = SQL(
    "(SELECT * FROM articles WHERE"
    " article_terms(site, section, reporter, published_at, headline, subheadline, body) @@ {terms}::tsquery OFFSET 0)"
)

_FOUND = SQL("(SELECT a.* FROM {source} AS a WHERE {within} AND {conditions})")

# Texts are looked at in the order of the hits, and no more than a page needs.
_PAGE = SQL("""
SELECT {columns} FROM (
    SELECT {columns} FROM {source} AS a WHERE {within} ORDER BY published_at DESC, no DESC, site DESC OFFSET 0
) AS a WHERE {conditions} ORDER BY published_at DESC, no DESC, site DESC LIMIT {limit}""")

_COLUMNS = SQL("site, no, url, section, headline, subheadline, reporter, published_at, gone_at, body")

_ANY = SQL("true")

_UNDATED = SQL("a.published_at IS NULL")

_COUNT = SQL("SELECT count(*) FROM {found} AS a")

_PER_DAY = SQL("""
SELECT (published_at AT TIME ZONE INTERVAL '+09:00')::date AS day, count(*) FROM {found} AS a
GROUP BY day ORDER BY day""")


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An article that was found."""

    site: str
    no: int
    url: str
    section: str | None
    headline: str
    subheadline: str | None
    reporter: str | None
    published_at: datetime | None
    gone_at: datetime | None
    body: str | None

    @property
    def place(self) -> Place:
        """Its place in the order of hits."""
        return Place(self.published_at, self.no, self.site)

    @property
    def below_headline(self) -> str:
        """Its sub-headline and its text, one behind the other."""
        return " ".join(filter(None, (self.subheadline, self.body)))


class Place(NamedTuple):
    """A place in the order of hits: the next page begins behind it."""

    published_at: datetime | None
    no: int
    site: str

    def written(self) -> str:
        """As one word, for an address."""
        return f"{self.published_at.isoformat() if self.published_at else ''}_{self.no}_{self.site}"

    @classmethod
    def read(cls, text: str) -> Place:
        """The place out of `written`. ArgumentError."""
        try:
            at, no, site = text.split("_", 2)
            place = cls(datetime.fromisoformat(at) if at else None, int(no), site)
        except ValueError:
            place = None
        if place is None or (place.published_at and not place.published_at.tzinfo):
            raise ArgumentError(f"{text!r} is no place in the hits of a search: begin with the first page")
        return place


class Page(NamedTuple):
    """Hits, newest first; those without a date come last."""

    hits: list[Hit]

    next: Place | None
    """Behind which the next page begins; None where this one is the last."""


class Days(NamedTuple):
    """How many articles of each day are found; those without a day come last."""

    found: list[tuple[date | None, int]]

    since: datetime | None
    """Only what was published then or later is counted, since there is much of it; None: all of it is."""


@dataclass(frozen=True, slots=True)
class State:
    """What a search needs to know of the tables."""

    is_indexed: bool
    """There is an index of terms, and it is whole."""

    stored: float
    """About how many articles there are, as PostgreSQL last counted."""

    oldest: datetime | None
    newest: datetime | None


@contextmanager
def quick(connection: Connection) -> Iterator[None]:
    """A transaction with the settings that a search needs."""
    with connection.transaction():
        connection.execute(_SETTINGS)
        yield


class Search:
    """The articles that fulfil the filters, over a connection in autocommit mode."""

    def __init__(self, connection: Connection, filters: Filters, *, may_cut: bool = True) -> None:
        """Without `may_cut`, also what no index helps to find is looked for in all articles."""
        self.connection = connection
        with connection.cursor(row_factory=class_row(State)) as cursor:
            [self.state] = cursor.execute(_STATE, {"sites": list(filters.sites)}).fetchall()
        _, last = self._span(filters)
        self.is_cut = may_cut and filters.is_costly and filters.since is None and last is not None
        """Whether only the last two months are looked at, since no index helps."""
        self.filters = replace(filters, since=last - COSTLY_FOR) if self.is_cut and last else filters

    @property
    def lacks_index(self) -> bool:
        """Whether an index would help: there are many articles and none."""
        return not self.state.is_indexed and self.state.stored >= MANY

    @contextmanager
    def quick(self) -> Iterator[None]:
        """A transaction with the settings that a search needs; also around statements on `found`."""
        with quick(self.connection):
            yield

    def found(self) -> Composed:
        """All articles that are found, as a part of SQL behind FROM: `(SELECT …)`, with the columns of `articles`."""
        first, last = self._span(self.filters)
        is_bounded = bool(self.filters.since or self.filters.until)
        return self._found(date_terms(first, last) if first and last and is_bounded else ())

    def count(self) -> int:
        """How many articles are found."""
        return sum(number for (number,) in self._run(_COUNT.format(found=self.found())))

    def per_day(self) -> list[tuple[date | None, int]]:
        """How many articles were published on each day of Korean time that has some; those without a date come last."""
        return [(day, number) for day, number in self._run(_PER_DAY.format(found=self.found()))]

    def newest_days(self, enough: int) -> Days:
        """The same; of the newest months alone where texts must be looked at and these months have enough hits."""
        if self.state.is_indexed and not self.filters.looks_at_texts:
            return Days(self.per_day(), None)
        found: list[tuple[date | None, int]] = []
        first, last = self._span(self.filters)
        for begin, end in windows(first, last, FEW_MONTHS) if first and last and first <= last else ():
            if sum(number for _, number in found) >= enough:
                return Days(sorted(found), end)
            found += self._run(_PER_DAY.format(found=self._found(date_terms(begin, end), _within(begin, end))))
        undated = self._run(_PER_DAY.format(found=self._found(UNDATED, _UNDATED))) if self._has_no_bounds else []
        return Days([*sorted(found), *undated], None)

    def page(self, limit: int = 20, after: Place | None = None) -> Page:
        """So many hits, newest first, behind a place."""
        hits = list(islice(self._newest_first(limit, after), limit))
        return Page(hits, hits[-1].place if len(hits) == limit else None)

    def most_relevant(self, limit: int = 20) -> list[Hit]:
        """Of the newest RANKED hits: first those with most of the words in the headline, then those that hold them most
        often, then the newest."""
        return sorted(self.page(RANKED).hits, key=self._relevance, reverse=True)[:limit]

    def _relevance(self, hit: Hit) -> tuple[int, int]:
        text = "\n".join(filter(None, (hit.headline, hit.subheadline, hit.body)))
        wanted = self.filters.wanted
        return sum(word.is_in(hit.headline) for word in wanted), sum(len(word.places(text)) for word in wanted)

    def _newest_first(self, limit: int, after: Place | None) -> Iterator[Hit]:
        """Hits of one window of time after the other; at most `limit` of each."""
        first, last = self._span(self.filters)
        if after and after.published_at and last:
            last = min(last, after.published_at)
        if first and last and first <= last and (after is None or after.published_at):
            for begin, end in windows(first, last):
                yield from self._hits(limit, date_terms(begin, end), _within(begin, end), after)
        if self._has_no_bounds:
            yield from self._hits(limit, UNDATED, _UNDATED, after if after and not after.published_at else None)

    def _hits(self, limit: int, dates: Sequence[str], within: Composable, after: Place | None) -> list[Hit]:
        by_terms = self._by_terms(dates)
        statement = _PAGE.format(
            columns=_COLUMNS,
            source=by_terms or _ALL,
            within=SQL("{} AND {}").format(within, _behind(after)) if after else within,
            conditions=conditions(self.filters, has_terms=by_terms is not None),
            limit=Literal(limit),
        )
        with self.quick(), self.connection.cursor(row_factory=class_row(Hit)) as cursor:
            return cursor.execute(statement).fetchall()

    def _found(self, dates: Sequence[str], within: Composable = _ANY) -> Composed:
        by_terms = self._by_terms(dates)
        return _FOUND.format(
            source=by_terms or _ALL,
            within=within,
            conditions=conditions(self.filters, has_terms=by_terms is not None),
        )

    @property
    def _has_no_bounds(self) -> bool:
        """Whether articles without a date are looked for as well."""
        return self.filters.since is None and self.filters.until is None

    def _by_terms(self, dates: Sequence[str]) -> Composed | None:
        """The articles that have the terms of the filters, by the index; None where it is not there, or of no help."""
        asked = terms(self.filters, dates)
        return _BY_TERMS.format(terms=Literal(asked)) if asked and self.state.is_indexed else None

    def _span(self, filters: Filters) -> tuple[datetime | None, datetime | None]:
        """The first and the last time at which an article can have been published that is found; None without any."""
        oldest, newest = self.state.oldest, self.state.newest
        if oldest is None or newest is None:
            return None, None
        return max(filters.since or oldest, oldest), min(filters.until or newest, newest)

    def _run(self, statement: Composed) -> list[tuple[Any, ...]]:
        with self.quick():
            return self.connection.execute(statement).fetchall()


def _within(begin: datetime, end: datetime) -> Composed:
    return SQL("a.published_at >= {} AND a.published_at < {}").format(Literal(begin), Literal(end))


def _behind(place: Place) -> Composed:
    if place.published_at is None:
        return SQL("(a.no, a.site) < ({}, {})").format(Literal(place.no), Literal(place.site))
    return SQL("(a.published_at, a.no, a.site) < ({}, {}, {})").format(*map(Literal, place))
