"""What several searches found on one day, to be printed: the clipping before office hours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from asiatongsin.errors import ArgumentError
from pipelines.datasets.lines import Sink
from pipelines.exporters.articles import PARAGRAPH_BREAK
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.search import Hit, Search
from pipelines.web.asking import check_chosen
from pipelines.web.page import Asked, Page, write_table

SEARCHES, HITS = 20, 100
"""How many searches there may be, and how many articles of each are listed."""

LONGEST = 300
"""Characters of a first sentence."""

_SENTENCE = re.compile(r".+?[.!?…]+[\"'”’)]*(?=\s|$)", re.S)
_ONE = timedelta(days=1)
_DAYS_AGO = {"": 0, "today": 0, "yesterday": 1}


@dataclass(frozen=True, kw_only=True)
class Clipping(Hit):
    """An article that a search found."""

    first_sentence: str
    """Of the sub-headline or else of the text; empty without both."""


@dataclass(frozen=True, kw_only=True)
class Clippings:
    """What one search found on that day."""

    search: str
    """As it was written."""

    number: int
    """Articles that are found, those among them that stand under a search before it."""

    articles: list[Clipping]
    """In the order of the day, those that no search before it has found; at most HITS."""

    above: dict[str, int]
    """How many are found that stand under a search before it, by that search."""

    left_out: int
    """Articles that are not listed, since there are so many."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """The clippings of one day."""

    day: date
    """Of publication, in Korean time."""

    before: date
    """The day before it."""

    after: date | None
    """The day after it; None where it is still to come."""

    searches: list[Clippings]
    written: str
    """The searches as they were written, one a line."""


def read(asked: Asked) -> Day:
    """Searches one after the other. ArgumentError."""
    day, lines = _day(asked), asked.query.lines("q")
    if len(lines) > SEARCHES:
        raise ArgumentError(f"there are {len(lines)} searches: at most {SEARCHES} fit on a page")
    return _found(asked, day, list(_clippings(asked, day, lines)))


def misread(asked: Asked) -> Day:
    """The form alone, with what was typed."""
    try:
        return _found(asked, _day(asked), [])
    except ArgumentError:
        return _found(asked, asked.now.date(), [])


def _found(asked: Asked, day: date, searches: list[Clippings]) -> Day:
    return Day(
        day=day,
        before=max(day, date.min + _ONE) - _ONE,
        after=day + _ONE if day < asked.now.date() else None,
        searches=searches,
        written=asked.query.text("q"),
    )


def _day(asked: Asked) -> date:
    text = asked.query.text("day")
    try:
        return asked.now.date() - timedelta(days=_DAYS_AGO[text]) if text in _DAYS_AGO else date.fromisoformat(text)
    except ValueError:
        raise ArgumentError(f"day={text}: write a day such as 2025-10-01, or yesterday or today") from None


def _clippings(asked: Asked, day: date, lines: Iterable[str]) -> Iterator[Clippings]:
    shown: dict[tuple[str, int], str] = {}
    for line in lines:
        search = _search(asked, day, line)
        hits = search.page(HITS).hits
        check_chosen(asked, search.filters, is_found=bool(hits))
        before = [shown[key] for hit in hits if (key := (hit.site, hit.no)) in shown]
        new = [hit for hit in reversed(hits) if (hit.site, hit.no) not in shown]
        number = search.count() if len(hits) == HITS else len(hits)
        shown |= {(hit.site, hit.no): line for hit in new}
        yield Clippings(
            search=line,
            number=number,
            articles=[Clipping(**asdict(hit), first_sentence=first_sentence(hit)) for hit in new],
            above={other: before.count(other) for other in dict.fromkeys(before)},
            left_out=number - len(hits),
        )


def _search(asked: Asked, day: date, line: str) -> Search:
    try:
        return Search(asked.connection, Filters.parse(line, since=f"{day}", until=f"{day}", now=asked.now))
    except ArgumentError as error:
        raise ArgumentError(f"{line} – {error}") from None


def first_sentence(hit: Hit) -> str:
    """What tells in one line what an article is about."""
    text = " ".join((hit.subheadline or hit.body or "").split(PARAGRAPH_BREAK)[0].split())
    text = text[: LONGEST + 1]  # of 60,000 full stops in a row, the expression would try all parts of all parts
    found = _SENTENCE.match(text)
    sentence = found[0] if found else text
    return sentence if len(sentence) <= LONGEST else f"{sentence[:LONGEST]}…"


def write(asked: Asked, file: Sink) -> None:
    """Each article once, under the search that found it first."""
    head = ("search", "published_at", "site", "no", "section", "headline", "reporter", "first_sentence", "url")
    rows = (
        [of.search, *(getattr(article, name) for name in head[1:])]
        for of in read(asked).searches
        for article in of.articles
    )
    write_table(file, head, rows)


DAY = Page(path="/day", title="Clippings", template="day.html", read=read, misread=misread, csv=write)
