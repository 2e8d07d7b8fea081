"""How many articles there are per section, reporter or site, and per day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import LiteralString

from asiatongsin.moments import first_moment
from asiatongsin.plausible import FIRST_POSSIBLE
from pipelines.datasets.lines import Sink
from pipelines.queries import volume
from pipelines.queries.sites import known_sites
from pipelines.web.asking import Choices, check_chosen, choices, filters, typed
from pipelines.web.page import Asked, Page, write_table
from pipelines.web.periods import Period, periods, unit_for

USUALLY = timedelta(days=13)
"""How far it looks back where nobody says, beside today."""

LISTED, ACROSS = 100, 10
"""Names that have a row, and names that have a column."""

SECTION = "section"
_GROUPS: Mapping[str, LiteralString] = {name: name for name in volume.GROUPS}


@dataclass(frozen=True, kw_only=True)
class Group:
    """The articles of one section, reporter or site."""

    name: str | None
    """None: of articles that name none."""

    articles: int
    share: float
    """Of all articles of this time."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One period: `found` are the articles of all groups."""

    period: Period

    groups: list[int]
    """Those of each group of `across`, in its order."""

    others: int
    """Those of all other groups."""


@dataclass(frozen=True, kw_only=True)
class Volume:
    """How many articles there are in a time."""

    typed: dict[str, str]
    by: str
    first: date
    last: date
    articles: int = 0
    groups: list[Group] = field(default_factory=list)
    """Those with most articles first; at most LISTED."""

    more: int = 0
    """Groups that are not listed."""

    across: list[str | None] = field(default_factory=list)
    """The groups that have a column."""

    unit: str = ""
    """How long a period is: day, week, month or year."""

    rows: list[Row] = field(default_factory=list)
    """The periods, the last one first."""

    choices: Choices


def read(asked: Asked) -> Volume:
    """Counts. ArgumentError."""
    by, sites, first, last = _asked_for(asked)
    found = volume.per_group(asked.connection, _GROUPS[by], sites, first, last)
    unit = unit_for(first.date(), last.date())
    sums, days, parts = Counter[str | None](), Counter[date](), Counter[tuple[str | None, date]]()
    for day, name, number in found:
        sums[name] += number
        days[day] += number
        parts[name, unit.begin(day)] += number
    total, listed = sum(sums.values()), sums.most_common(LISTED)
    across = [name for name, _ in listed[:ACROSS]]
    _, shown = periods(days, days, first.date(), last.date())
    rows = [_row(period, [parts[name, unit.begin(period.first)] for name in across]) for period in reversed(shown)]
    return Volume(
        typed=typed(asked),
        by=by,
        first=first.date(),
        last=last.date(),
        articles=total,
        groups=[Group(name=name, articles=number, share=number / total) for name, number in listed],
        more=len(sums) - len(listed),
        across=across,
        unit=unit.name,
        rows=rows,
        choices=choices(asked),
    )


def misread(asked: Asked) -> Volume:
    """The form alone, with what was typed."""
    today, by = asked.now.date(), asked.query.text("by")
    by = by if by in volume.GROUPS else SECTION
    return Volume(typed=typed(asked), by=by, first=today, last=today, choices=choices(asked))


def _asked_for(asked: Asked) -> tuple[str, list[str], datetime, datetime]:
    """By what is counted, of which sites, and from when to when. ArgumentError."""
    by = asked.query.choice("by", volume.GROUPS, SECTION)
    chosen = filters(asked)
    check_chosen(asked, chosen, is_found=False)
    sites = list(chosen.sites) or known_sites(asked.connection)
    oldest, _ = volume.span(asked.connection, sites)
    last = chosen.until or asked.now
    first = chosen.since or _begin(last.date())
    return by, sites, max(first, min(oldest or first, last)), last


def _begin(last: date) -> datetime:
    """The first moment of the time that is shown where nobody says since when."""
    return first_moment(max(last, FIRST_POSSIBLE.date() + USUALLY) - USUALLY)


def _row(period: Period, groups: list[int]) -> Row:
    return Row(period=period, groups=groups, others=period.found - sum(groups))


def write(asked: Asked, file: Sink) -> None:
    """A row for each day and name that has articles."""
    by, sites, first, last = _asked_for(asked)
    found = volume.per_group(asked.connection, _GROUPS[by], sites, first, last)
    write_table(file, ("day", by, "articles"), found)


VOLUME = Page(path="/volume", title="Volume", template="volume.html", read=read, misread=misread, csv=write)
