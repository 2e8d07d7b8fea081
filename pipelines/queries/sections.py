"""The sections of a site: what its menu calls them, and how many stored articles print their names.

The menu is that of the newest crawl whose statistics tell it. Articles print the name of their section and no number,
so the two are brought together by name, as the argument `sections` of the spider does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

from asiatongsin import statistics
from asiatongsin.cms import ALL
from asiatongsin.sections import plain

_MENU = f"""
SELECT statistics -> '{statistics.MENU}' FROM crawls
WHERE site = %s AND statistics ? '{statistics.MENU}' AND statistics -> '{statistics.MENU}' <> '[]'
ORDER BY number DESC LIMIT 1"""

_WALKED = "SELECT section FROM walked_lists WHERE site = %s ORDER BY section"

_PRINTED = """
SELECT section, count(*), max(published_at) FROM articles WHERE site = %s GROUP BY section
ORDER BY count(*) DESC, section"""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section of a site."""

    site: str
    """Host of the site."""

    no: int | None = None
    """Number of its list, 0 for that of all articles; None where articles print the name and the menu does not."""

    names: tuple[str, ...] = ()
    """What the menu calls it, mostly one name; else what articles print. Empty where none is known."""

    articles: int = 0
    """Stored articles that print one of the names; all articles for the list of all."""

    newest: datetime | None = None
    """When the newest of them was published."""

    is_in_menu: bool = False
    """The menu leads to it: then `-a sections=` takes its number and its names."""


@dataclass(frozen=True, slots=True)
class _Printed:
    """A name that articles print."""

    name: str | None
    articles: int
    newest: datetime | None


def sections(connection: Connection, site: str) -> list[Section]:
    """The sections in the order of the menu, then other lists that were walked, then names that only articles print."""
    printed = [_Printed(*row) for row in connection.execute(_PRINTED, [site])]
    menu: list[Any] = next((row[0] for row in connection.execute(_MENU, [site])), [])
    walked = [no for (no,) in connection.execute(_WALKED, [site])]
    return [*_lists(site, menu, walked, printed), *_only_printed(site, menu, printed)]


def _lists(site: str, menu: Sequence[Any], walked: Sequence[int], printed: Sequence[_Printed]) -> Iterator[Section]:
    in_menu = {no for no, _ in menu}
    for no, names in [*menu, *([one, []] for one in walked if one not in in_menu)]:
        called = set(map(plain, names))
        found = [one for one in printed if no == ALL or (one.name and plain(one.name) in called)]
        yield Section(
            site=site,
            no=no,
            names=tuple(names),
            articles=sum(one.articles for one in found),
            newest=max((one.newest for one in found if one.newest), default=None),
            is_in_menu=no in in_menu,
        )


def _only_printed(site: str, menu: Sequence[Any], printed: Sequence[_Printed]) -> Iterator[Section]:
    called = {plain(name) for _, names in menu for name in names}
    for one in printed:
        if one.name is None or plain(one.name) not in called:
            yield Section(site=site, names=(one.name,) if one.name else (), articles=one.articles, newest=one.newest)
