"""What the methods of the news take, read once: times, names and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from operator import index

from asiatongsin.errors import ArgumentError
from pipelines.queries.changes import Kind
from pipelines.queries.search.filters import Filters

Moment = str | date | None
"""A time or day, or what options of commands take: `"2026-01-01"`, `"30d"`, `"yesterday"`."""

Names = str | Iterable[str] | None
"""One name, or several: in a list, or with commas between."""


def filters_of(
    match: str = "",
    *,
    site: Names = None,
    section: Names = None,
    reporter: Names = None,
    since: Moment = None,
    until: Moment = None,
) -> Filters:
    """The filters that these arguments mean. ArgumentError."""
    return Filters.parse(
        match,
        site=_joined(site),
        section=_joined(section),
        reporter=_joined(reporter),
        since=_moment("since", since),
        until=_moment("until", until),
    )


def kinds_of_change(only: Names) -> tuple[Kind, ...]:
    """The kinds with these names; all where none is named. ArgumentError."""
    given = names(only)
    if unknown := [name for name in given if name not in list(Kind)]:
        raise ArgumentError(f"only={unknown[0]}: write some of {', '.join(Kind)}")
    return tuple(map(Kind, given)) or tuple(Kind)


def _moment(name: str, given: Moment) -> str | None:
    if given is None or isinstance(given, str):
        return given
    if not isinstance(given, date):
        raise ArgumentError(f"{name}={given!r}: write a date, a datetime, or a text such as '2025-10-01' or '30d'")
    return given.isoformat()


def _joined(given: Names) -> str | None:
    return given if given is None or isinstance(given, str) else ",".join(given)


def names(given: Names) -> tuple[str, ...]:
    if given is None:
        return ()
    return tuple(name.strip() for name in given.split(",")) if isinstance(given, str) else tuple(given)


def numbers(given: int | Iterable[int] | None) -> tuple[int, ...] | None:
    """The numbers of articles; those of other libraries, such as numpy, are numbers as well. ArgumentError."""
    if given is None:
        return None
    try:
        return tuple(map(index, given if isinstance(given, Iterable) else (given,)))
    except TypeError:
        raise ArgumentError(f"no={given!r}: write the number of an article, or a list of numbers") from None
