"""Which lists a crawl walks: those of the argument `sections`, looked up in the menu, else the whole menu."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from scrapy.statscollectors import StatsCollector

from asiatongsin import statistics as names
from asiatongsin.cms import ALL, MenuEntry, everything_of, menu_of
from asiatongsin.errors import ArgumentError
from asiatongsin.items import Page
from asiatongsin.korean import clean

EVERYTHING = "all"
"""What the argument `sections` calls the list of all articles."""

MOST_NOTED, MOST_NAMES, LONGEST_NAME = 200, 5, 100
"""Entries of a menu that are noted, names of each, characters of a name: whatever a page makes of its menu."""


def lists_to_walk(wanted: Sequence[str], front: Page | None, stats: StatsCollector) -> tuple[MenuEntry, ...]:
    """The lists of a crawl; `front` is None where the front page did not come. ArgumentError."""
    menu = front.once(menu_of) if front else ()
    if front:
        stats.set_value(names.SECTIONS, len(menu))
        stats.set_value(names.MENU, _noted(menu))
    everything = everything_of(front) if front else MenuEntry(no=ALL)
    if menu:
        return choose(wanted, menu, everything)
    lists = choose_unchecked(wanted, everything)
    is_all = all(entry.no == ALL for entry in lists)
    walked = "the list of all articles was walked" if is_all else "the sections were not looked up in it"
    stats.set_value(names.WITHOUT_MENU, f"no menu was found, so {walked}")
    return lists


def _noted(menu: Sequence[MenuEntry]) -> list[tuple[int, list[str]]]:
    """Numbers and names, as far as a menu of a newspaper goes."""
    return [(entry.no, [name[:LONGEST_NAME] for name in entry.names[:MOST_NAMES]]) for entry in menu[:MOST_NOTED]]


def choose(wanted: Sequence[str], menu: Sequence[MenuEntry], everything: MenuEntry) -> tuple[MenuEntry, ...]:
    """The wanted lists of a menu, all of it where none is named; ArgumentError where one is not in the menu."""
    found = {one: [everything] if one == EVERYTHING else list(_matching(one, menu)) for one in wanted}
    unknown = [one for one, entries in found.items() if not entries]
    if unknown:
        there, named = ", ".join(map(_described, menu)), ",".join(unknown)
        raise ArgumentError(f"sections={named}: not in the menu; write one of {there}; or all for every article")
    return tuple(chain.from_iterable(found.values())) if wanted else tuple(menu)


def choose_unchecked(wanted: Sequence[str], everything: MenuEntry) -> tuple[MenuEntry, ...]:
    """The wanted lists where no menu was found: those named by number, else the list of all articles.

    ArgumentError where one is wanted by name.
    """
    named = [one for one in wanted if one != EVERYTHING and not one.isdecimal()]
    if named:
        raise ArgumentError(f"sections={','.join(named)}: no menu was found that says the numbers; write them, or all")
    return tuple(everything if one == EVERYTHING else MenuEntry(no=int(one)) for one in wanted or (EVERYTHING,))


def _matching(wanted: str, menu: Sequence[MenuEntry]) -> Iterator[MenuEntry]:
    for entry in menu:
        if wanted == str(entry.no) or plain(wanted) in map(plain, entry.names):
            yield entry


def plain(name: str) -> str:
    """A name without blanks and capitals, which menu and user may write differently."""
    return clean(name).replace(" ", "").casefold()


def _described(entry: MenuEntry) -> str:
    number = EVERYTHING if entry.no == ALL else str(entry.no)
    return f"{number} ({'/'.join(entry.names)})" if entry.names else number
