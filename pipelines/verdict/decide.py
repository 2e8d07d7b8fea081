"""How a crawl went: decided once, from its figures alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from asiatongsin.items import PageKind
from asiatongsin.middlewares.giving_up import SITE_FAILS
from pipelines.crawl_record import FieldKey, Outcome
from pipelines.verdict.tally import Pages, Tally

FEW = 3
"""So many pages among many others, unreadable or not downloaded, are no sign of anything."""

MANY_REMOVED, REMOVED_SHARE_MAX = 10, 0.5
"""Sites take down single articles; most of many at once is a page that says so whatever it is asked.

Only those count that this crawl met in a list or visits again: a number that is asked for by itself (`no=`, or since an
earlier crawl did not get it) may well be nobody's.
"""

NOTHING_FELL: Mapping[FieldKey, str] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What is no news."""

    unreadable_share_max: float = 0.2
    """Share of the article pages that may be unreadable."""

    fallen: frozenset[FieldKey] = frozenset()
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

    fallen: frozenset[FieldKey] = frozenset()
    """Fields that are no longer found as they should be."""

    is_open: bool = False
    """An earlier crawl missed something that this one did not come across: it ended well, and proves nothing."""

    beside: Outcome | None = None
    """What is wrong as well, though the word is of something worse."""

    walked: tuple[int, ...] = ()
    """Lists that were walked as far as asked, and whose articles were all fetched.

    None of them where the crawl was ended early or a page was lost: then a list is known and its articles are not.
    """

    do_removals_count: bool = False
    """Whether what was found removed is: the crawl came to its end, and the site served what should be there."""

    @property
    def troubles(self) -> frozenset[str]:
        """What is wrong, each by a name of its own: whoever was told of one knows nothing of another."""
        if self.outcome is Outcome.OK:
            return frozenset()
        named = frozenset(map(" ".join, self.fallen)) or frozenset({self.outcome.word})
        return named | {self.beside.word} if self.beside else named


def decide(
    tally: Tally,
    *,
    waiting: int = 0,
    trouble: str = "",
    expected: Expected | None = None,
    falls: Mapping[FieldKey, str] = NOTHING_FELL,
    shown: Callable[[PageKind], str] = lambda kind: "",
) -> Verdict:
    """The verdict on a crawl with these figures, of which `waiting` pages could not be stored, and why.

    `falls` tells of each field that is no longer found on its pages; `shown` tells of a kind of page that could not be
    read what was looked for, and where one is kept.
    """
    counts = _counts(tally, waiting)
    if faults := _faults(tally):
        return Verdict(Outcome.ERROR, f"{faults}; {counts}")
    walked = tally.walked if tally.is_finished else ()
    if not _reached(tally):
        sentence = f"the site could not be reached or refused us: {_why(tally)}; {counts}"
        return Verdict(Outcome.UNREACHABLE, sentence, walked=walked)
    expected = expected or Expected()
    not_stored, why = _not_stored(tally, waiting, trouble)
    pages = {key: told for key, told in _drift(tally, expected, shown).items() if " ".join(key) not in expected.ignored}
    verdict = _worded({**pages, **falls, **pages}, not_stored, why, counts, tally)
    # A field that fell, or a frozen strip, says nothing of articles that are not there.
    is_well = not pages and not_stored in {None, Outcome.SPOOLED}
    return replace(verdict, walked=walked, do_removals_count=is_well and _removals_count(tally))


def _worded(drift: Mapping[FieldKey, str], not_stored: Outcome | None, why: str, counts: str, tally: Tally) -> Verdict:
    """The verdict on a crawl that reached the site, by what is the worst of it."""
    if drift:
        sentence = f"the layout of the site changed: {'; '.join(filter(None, [*drift.values(), why]))}; {counts}"
        return Verdict(Outcome.DRIFT, sentence, frozenset(drift), beside=not_stored)
    if not_stored:
        return Verdict(not_stored, f"{why}; {counts}")
    stopped = "stopped early, the next crawl goes on; " if tally.is_stopped else ""
    return Verdict(Outcome.OK, f"{stopped}{counts}")


def _not_stored(tally: Tally, waiting: int, trouble: str) -> tuple[Outcome | None, str]:
    """What of the pages that came is not in the database, and why."""
    if damage := damaged_spool(tally.spool_damaged, tally.spool_broken):
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


def _removals_count(tally: Tally) -> bool:
    """Whether the crawl came to its end, at which the site served what should be there.

    Where a stored article was found removed, controls were asked for, and then that article again.
    """
    if not tally.is_finished:
        return False
    if not tally.controls_are_due:
        return tally.read > tally.removed
    return tally.controls_are_served and tally.removed_answered_again >= tally.removed_asked_again


def _faults(tally: Tally) -> str:
    """What went wrong on our side, in words; empty where nothing did."""
    if tally.spool_trouble:
        return tally.spool_trouble
    faults = {"spider": tally.spider_errors, "pipeline": tally.item_errors, "spool": tally.spool_failures}
    is_usual = tally.is_finished or tally.is_stopped or tally.finish_reason in {"", SITE_FAILS}
    ended = [] if is_usual else [f"ended by {tally.finish_reason}"]
    told = ", ".join([f"{name}: {number}" for name, number in faults.items() if number] + ended)
    return told and f"a fault of the program itself ({told}), see the log"


def _reached(tally: Tally) -> bool:
    """Whether a list page arrived; where no list was asked for (`no=`), an article page. And most of both did."""
    if tally.finish_reason == SITE_FAILS or _mostly_failed(tally):
        return False
    arrived = tally.lists.arrived or (not tally.asked_for_lists and tally.articles.arrived)
    return bool(arrived) or tally.is_stopped  # before it could know


def _mostly_failed(tally: Tally) -> str:
    """Which pages, more than a few, for the greater part did not come; those that never do say nothing new."""
    return _failed("list", tally.lists) or _failed("article", tally.articles)


def _failed(kind: PageKind, pages: Pages) -> str:
    failed = pages.failed - pages.failed_again
    is_most = failed > max(FEW, pages.arrived)
    return f"{failed} of {failed + pages.arrived} {kind} pages did not come" if is_most else ""


def _why(tally: Tally) -> str:
    """Why the site counts as unreachable."""
    if tally.is_forbidden:
        return "its robots.txt forbids it"
    last = tally.last_failure or "no list page arrived"
    in_a_row = f"{tally.failures_in_a_row} pages in a row did not come" if tally.failures_in_a_row else ""
    how_many = in_a_row or _mostly_failed(tally)
    return f"{how_many} ({last})" if how_many else last


def _drift(tally: Tally, expected: Expected, shown: Callable[[PageKind], str]) -> Mapping[FieldKey, str]:
    """What is wrong with whole pages; the first of these is the cause of the others."""
    if tally.lists.arrived and not tally.teasers:
        what = f"{tally.lists.arrived} list pages arrived without a teaser"
        return {("list", "teasers"): f"{what}{_in_brackets(shown('list'))}"}
    if what := _unreadable(tally, expected):
        return {("article", "readable"): f"{what}{_in_brackets(shown('article'))}"}
    if tally.met_removed >= MANY_REMOVED and tally.met_removed > REMOVED_SHARE_MAX * tally.met:
        what = f"{tally.met_removed} of {tally.met} article pages say that there is no such article"
        return {("article", "served"): what}
    return NOTHING_FELL


def _unreadable(tally: Tally, expected: Expected) -> str:
    """How many article pages could not be read, where that is too many; else empty.

    Articles that earlier crawls could not read are asked for again. They count where hardly any could be read before
    and nothing new came, and where nothing else was asked for.
    """
    unreadable, readable = tally.articles.unreadable, tally.read
    again = tally.unreadable_by_number, tally.read_by_number
    is_known = ("article", "readable") in expected.fallen and unreadable + readable == sum(again)
    is_all = is_known or not tally.asked_for_lists
    if not is_all:
        unreadable, readable = unreadable - again[0], readable - again[1]
    share = unreadable / (unreadable + readable) if unreadable else 0.0
    is_none = share == 1 and (is_all or unreadable > 1)
    if not is_none and (share <= expected.unreadable_share_max or unreadable <= FEW):
        return ""
    allowed = f"{expected.unreadable_share_max:.0%} are allowed (UNREADABLE_SHARE_MAX)"
    return f"{unreadable} of {unreadable + readable} article pages could not be read, {allowed}"


def _in_brackets(text: str) -> str:
    return text and f" ({text})"


def _counts(tally: Tally, waiting: int) -> str:
    """The figures of the last line."""
    parts = [
        f"{tally.lists.arrived} list pages",
        f"{tally.articles.arrived} article pages",
        f"{tally.new} new",
        f"{tally.changed} changed",
        f"{tally.unchanged} unchanged",
    ]
    optional = {
        "unmodified": tally.unmodified,
        "removed": tally.removed,
        "unreadable": tally.unreadable,
        "articles not downloaded": tally.articles.failed,
        "list pages not downloaded": tally.lists.failed,
        "list walks cut short because the database did not answer": tally.walks_cut_short,
        "refused by the database and kept in a file": tally.refused_rows,
        "waiting in the spool": waiting,
    }
    return ", ".join(parts + [f"{number} {name}" for name, number in optional.items() if number])
