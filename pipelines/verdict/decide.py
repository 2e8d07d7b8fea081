"""How a crawl went, decided from its statistics alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from asiatongsin.extensions.removal_controls import is_served
from asiatongsin.items import PageKind
from asiatongsin.middlewares.giving_up import SITE_FAILS
from pipelines.crawl_record import Key, Outcome

FEW = 3
"""So many pages among many others, unreadable or not downloaded, are no sign of anything."""

MANY_REMOVED, REMOVED_SHARE_MAX = 10, 0.5
"""Sites take down single articles; most of many at once is a page that says so whatever it is asked.

Only those count that this crawl met in a list or visits again: a number that is asked for by itself (`no=`, or since an
earlier crawl did not get it) may well be nobody's.
"""

NOTHING_FELL: Mapping[Key, str] = {}

STOPPED = {"shutdown", "closespider_itemcount", "closespider_pagecount", "closespider_timeout"}
"""Reasons to end that somebody asked for: a signal, or a bound of Scrapy's settings."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What is no news."""

    unreadable_share_max: float = 0.2
    """Share of the article pages that may be unreadable."""

    fallen: frozenset[Key] = frozenset()
    """Fields that fell in the last crawl that met them."""

    ignored: frozenset[str] = frozenset()
    """Fields, as part and name, that may fall."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a crawl ended, in a word and in a sentence."""

    outcome: Outcome
    """The word."""

    sentence: str
    """What happened, with counts; the last line on standard error."""

    fallen: frozenset[Key] = frozenset()
    """Fields that are no longer found as they should be."""

    is_open: bool = False
    """An earlier crawl missed something that this one did not come across: it ended well, and proves nothing."""

    beside: Outcome | None = None
    """What is wrong as well, though the word is of something worse."""

    @property
    def troubles(self) -> frozenset[str]:
        """What is wrong, each by a name of its own: whoever was told of one knows nothing of another."""
        if self.outcome is Outcome.OK:
            return frozenset()
        named = frozenset(map(" ".join, self.fallen)) or frozenset({self.outcome.word})
        return named | {self.beside.word} if self.beside else named


def decide(
    stats: Mapping[str, Any],
    *,
    waiting: int = 0,
    trouble: str = "",
    expected: Expected | None = None,
    falls: Mapping[Key, str] = NOTHING_FELL,
    shown: Callable[[PageKind], str] = lambda kind: "",
) -> Verdict:
    """The verdict on a crawl with these statistics, of which `waiting` pages could not be stored, and why.

    `falls` tells of each field that is no longer found on its pages; `shown` tells of a kind of page that could not be
    read what was looked for, and where one is kept.
    """
    expected = expected or Expected()
    counts = _counts(stats, waiting)
    if faults := _faults(stats):
        return Verdict(Outcome.ERROR, f"{faults}; {counts}")
    if not _reached(stats):
        return Verdict(Outcome.UNREACHABLE, f"the site could not be reached or refused us: {_why(stats)}; {counts}")
    not_stored, why = _not_stored(stats, waiting, trouble)
    pages = {key: told for key, told in _drift(stats, expected, shown).items() if " ".join(key) not in expected.ignored}
    if drift := {**pages, **falls, **pages}:
        told = "; ".join([*drift.values(), *([why] if why else [])])
        sentence = f"the layout of the site changed: {told}; {counts}"
        return Verdict(Outcome.DRIFT, sentence, frozenset(drift), beside=not_stored)
    if not_stored:
        return Verdict(not_stored, f"{why}; {counts}")
    stopped = "stopped early, the next crawl goes on; " if stats.get("finish_reason") in STOPPED else ""
    return Verdict(Outcome.OK, f"{stopped}{counts}")


def _not_stored(stats: Mapping[str, Any], waiting: int, trouble: str) -> tuple[Outcome | None, str]:
    """What of the pages that came is not in the database, and why."""
    if damage := damaged_spool(stats.get("spool/damaged", 0), stats.get("spool/broken", 0)):
        return Outcome.ERROR, damage
    if not waiting:
        return None, ""
    why = f"the database did not take all pages ({trouble or 'see the log'})"
    return Outcome.SPOOLED, f"{why}; the next run or `scrapy export` stores what waits in the spool"


def damaged_spool(folders: int, lines: int) -> str:
    """What of the spool nobody can store, in words; empty where all is well."""
    parts = [f"{folders} folders in the spool cannot be stored"] if folders else []
    parts += [f"{lines} lines of the spool cannot be read and are kept in the folder refused"] if lines else []
    return f"{' and '.join(parts)}, see the log" if parts else ""


def removals_count(stats: Mapping[str, Any], outcome: Outcome) -> bool:
    """Whether what was found removed is: the crawl came to its end, at which the site served what should be there.

    Where a stored article is among it, controls were asked for, and then that article again.
    """
    if outcome not in {Outcome.OK, Outcome.SPOOLED} or stats.get("finish_reason") != "finished":
        return False
    if not stats.get("controls/doubt"):
        return bool(stats.get("split/articles", 0) > stats.get("split/removed", 0))
    was_answered = stats.get("controls/answered_again", 0) >= stats.get("controls/asked_again", 0)
    return bool(was_answered and is_served(stats))


def walked_lists(stats: Mapping[str, Any]) -> tuple[int, ...]:
    """Lists that were walked as far as asked, and whose articles were all fetched.

    None of them where the crawl was ended early or a page was lost: then a list is known and its articles are not.
    """
    if stats.get("finish_reason") != "finished" or _faults(stats):
        return ()
    return tuple(stats.get("list/walked", ()))


def _faults(stats: Mapping[str, Any]) -> str:
    """What went wrong on our side."""
    if full := stats.get("crawl/spool_trouble"):
        return str(full)
    faults = {
        "spider": stats.get("spider_exceptions/count", 0),
        "pipeline": stats.get("crawl/item_errors", 0),
        "spool": stats.get("crawl/spool_failures", 0),
    }
    reason = stats.get("finish_reason", "finished")
    ended = [] if reason in {"finished", SITE_FAILS, *STOPPED} else [f"ended by {reason}"]
    told = ", ".join([f"{name}: {number}" for name, number in faults.items() if number] + ended)
    return told and f"a fault of the program itself ({told}), see the log"


def _reached(stats: Mapping[str, Any]) -> bool:
    """Whether a list page arrived; where no list was asked for (`no=`), an article page. And most of both did."""
    if stats.get("finish_reason") == SITE_FAILS or _mostly_failed(stats):
        return False
    arrived = stats.get("list/pages") or (not _asked_for_lists(stats) and stats.get("article/pages"))
    return bool(arrived) or stats.get("finish_reason") in STOPPED  # before it could know


def _asked_for_lists(stats: Mapping[str, Any]) -> bool:
    """Whether the crawl was not one of single articles (`no=`)."""
    return any(stats.get(name) for name in ("front/pages", "front/failed", "list/pages", "list/failed"))


def _mostly_failed(stats: Mapping[str, Any]) -> str:
    """Which pages, more than a few, for the greater part did not come; those that never do say nothing new."""
    for kind in ("list", "article"):
        failed = stats.get(f"{kind}/failed", 0) - stats.get(f"{kind}/failed_again", 0)
        arrived = stats.get(f"{kind}/pages", 0)
        if failed > max(FEW, arrived):
            return f"{failed} of {failed + arrived} {kind} pages did not come"
    return ""


def _why(stats: Mapping[str, Any]) -> str:
    if stats.get("robotstxt/forbidden"):
        return "its robots.txt forbids it"
    last = str(stats.get("crawl/last_failure", "")) or "no list page arrived"
    in_a_row = stats.get("crawl/failures_in_a_row")
    how_many = f"{in_a_row} pages in a row did not come" if in_a_row else _mostly_failed(stats)
    return f"{how_many} ({last})" if how_many else last


def _drift(stats: Mapping[str, Any], expected: Expected, shown: Callable[[PageKind], str]) -> Mapping[Key, str]:
    """What is wrong with whole pages; the first of these is the cause of the others.

    Articles that earlier crawls could not read are asked for again. They count where hardly any could be read before
    and nothing new came, and where nothing else was asked for.
    """
    if stats.get("list/pages") and not stats.get("list/teasers"):
        what = f"{stats['list/pages']} list pages arrived without a teaser"
        return {("list", "teasers"): f"{what}{_in_brackets(shown('list'))}"}
    unreadable, readable = stats.get("split/unreadable/article", 0), stats.get("split/articles", 0)
    again = stats.get("split/unreadable_by_number", 0), stats.get("split/articles_by_number", 0)
    is_known = ("article", "readable") in expected.fallen and unreadable + readable == sum(again)
    is_all = is_known or not _asked_for_lists(stats)
    if not is_all:
        unreadable, readable = unreadable - again[0], readable - again[1]
    share = unreadable / (unreadable + readable) if unreadable else 0.0
    is_none = share == 1 and (is_all or unreadable > 1)
    if is_none or (share > expected.unreadable_share_max and unreadable > FEW):
        allowed = f"{expected.unreadable_share_max:.0%} are allowed (UNREADABLE_SHARE_MAX)"
        what = f"{unreadable} of {unreadable + readable} article pages could not be read, {allowed}"
        return {("article", "readable"): f"{what}{_in_brackets(shown('article'))}"}
    removed, met = stats.get("split/met_removed", 0), stats.get("split/met", 0)
    if removed >= MANY_REMOVED and removed > REMOVED_SHARE_MAX * met:
        return {("article", "served"): f"{removed} of {met} article pages say that there is no such article"}
    return NOTHING_FELL


def _in_brackets(text: str) -> str:
    return text and f" ({text})"


def _counts(stats: Mapping[str, Any], waiting: int) -> str:
    parts = [
        f"{stats.get('list/pages', 0)} list pages",
        f"{stats.get('article/pages', 0)} article pages",
        f"{stats.get('export/new', 0)} new",
        f"{stats.get('export/changed', 0)} changed",
        f"{stats.get('export/unchanged', 0)} unchanged",
    ]
    optional = {
        "unmodified": stats.get("split/unmodified", 0),
        "removed": stats.get("split/removed", 0),
        "unreadable": stats.get("split/unreadable/article", 0) + stats.get("split/unreadable/list", 0),
        "articles not downloaded": stats.get("article/failed", 0),
        "list pages not downloaded": stats.get("list/failed", 0),
        "list walks cut short because the database did not answer": stats.get("known/blind", 0),
        "refused by the database and kept in a file": stats.get("export/refused", 0),
        "waiting in the spool": waiting,
    }
    return ", ".join(parts + [f"{number} {name}" for name, number in optional.items() if number])
