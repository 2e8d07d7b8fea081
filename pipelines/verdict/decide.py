"""Decides how a crawl went, once, from its figures alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from asiatongsin.items import PageKind
from asiatongsin.middlewares.giving_up import SITE_FAILS
from pipelines.crawl_record import FieldKey, Outcome
from pipelines.verdict.tally import Pages, Tally

FEW_PAGES = 3
"""Up to so many pages among others, unreadable or not downloaded, prove nothing. Example: 3 of 100 articles."""

MANY_REMOVED, REMOVED_SHARE_MAX = 10, 0.5
"""From so many removed articles on, and above such a share of the articles, the layout must have changed.

Example: 12 of 20. Sites take down single articles; when most are gone at once, any page looks like a removed article.
Only articles that this crawl met in a list or visits again count. Under a number that was requested by itself (`no=`,
or since an earlier crawl did not get it) there may never have been an article.
"""

NOTHING_FELL: Mapping[FieldKey, str] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Tolerances:
    """What does not count as a change of the layout."""

    unreadable_share_max: float = 0.2
    """Share of the article pages that may be unreadable."""

    fallen: frozenset[FieldKey] = frozenset()
    """Fields that had fallen before."""

    ignored: frozenset[str] = frozenset()
    """Fields, as part and name, that may be missing (COVERAGE_IGNORE)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a crawl ended."""

    outcome: Outcome
    """The outcome, as one word and one exit status."""

    sentence: str
    """What happened, with counts; the last line on standard error."""

    fallen: frozenset[FieldKey] = frozenset()
    """Fields that are no longer found as they should be."""

    is_inconclusive: bool = False
    """The crawl ended well, but had too few pages to tell whether a field that fell before is there again."""

    second_outcome: Outcome | None = None
    """What is wrong beside the outcome. Example: the layout changed, and pages wait in the spool as well."""

    walked: tuple[int, ...] = ()
    """Lists that were walked as far as asked, and whose articles were all fetched.

    Empty where the crawl was ended early or a page was lost: then articles of a walked list may be missing.
    """

    do_removals_count: bool = False
    """Whether removals that the crawl found are real: it came to its end, and the site served other articles."""

    @property
    def troubles(self) -> frozenset[str]:
        """The names of all that is wrong, so that an alert is sent for each. Example: `article headline`, `spooled`."""
        if self.outcome is Outcome.OK:
            return frozenset()
        named = frozenset(map(" ".join, self.fallen)) or frozenset({self.outcome.word})
        return named | {self.second_outcome.word} if self.second_outcome else named


def decide(
    tally: Tally,
    *,
    waiting: int = 0,
    trouble: str = "",
    tolerances: Tolerances | None = None,
    falls: Mapping[FieldKey, str] = NOTHING_FELL,
    describe_unreadable: Callable[[PageKind], str] = lambda kind: "",
) -> Verdict:
    """The verdict on a crawl with these figures. `waiting` pages could not be stored; `trouble` says why.

    `falls` describes each field that is no longer found. `describe_unreadable` says of a kind of page that could not be
    read what was looked for, and where such a page is kept.
    """
    if tally.refused:
        return Verdict(Outcome.ERROR, tally.refused)
    counts = _counts(tally, waiting)
    if faults := _faults(tally):
        return Verdict(Outcome.ERROR, f"{faults}; {counts}")
    if _is_no_mediaon_site(tally):
        evidence = _in_brackets(describe_unreadable("list"))
        sentence = f"not a Mediaon site: no menu and no list{evidence}; {counts}"
        return Verdict(Outcome.DRIFT, sentence, frozenset(falls))
    walked = tally.walked if tally.is_finished else ()
    if not _reached(tally):
        sentence = f"the site could not be reached or refused us: {_why_unreachable(tally)}; {counts}"
        return Verdict(Outcome.UNREACHABLE, sentence, walked=walked)
    tolerances = tolerances or Tolerances()
    not_stored, why = _not_stored(tally, waiting, trouble)
    pages = {
        key: what
        for key, what in _drift(tally, tolerances, describe_unreadable).items()
        if " ".join(key) not in tolerances.ignored
    }
    verdict = _by_the_worst({**pages, **falls, **pages}, not_stored, why, counts, tally)
    # Only whole pages matter here: a field that fell, or a frozen strip, says nothing about removed articles.
    is_well = not pages and not_stored in {None, Outcome.SPOOLED}
    return replace(verdict, walked=walked, do_removals_count=is_well and _removals_count(tally))


def _by_the_worst(
    drift: Mapping[FieldKey, str], not_stored: Outcome | None, why: str, counts: str, tally: Tally
) -> Verdict:
    """The verdict on a crawl that reached the site, by the worst of its troubles."""
    if drift:
        sentence = f"the layout of the site changed: {'; '.join(filter(None, [*drift.values(), why]))}; {counts}"
        return Verdict(Outcome.DRIFT, sentence, frozenset(drift), second_outcome=not_stored)
    if not_stored:
        return Verdict(not_stored, f"{why}; {counts}")
    stopped = "stopped early, the next crawl goes on; " if tally.is_stopped else ""
    return Verdict(Outcome.OK, f"{stopped}{counts}")


def _not_stored(tally: Tally, waiting: int, trouble: str) -> tuple[Outcome | None, str]:
    """Whether pages that came are not in the database, as an outcome, and why."""
    refusal = refused_by_database(tally.refused_pages, tally.partial_pages)
    if lost := "; ".join(filter(None, [damaged_spool(tally.spool_damaged, tally.spool_broken), refusal])):
        return Outcome.ERROR, lost
    if not waiting and not tally.walks_cut_short:
        return None, ""
    what, then = [], []
    if waiting:
        what.append(f"the database did not take all pages ({trouble or 'see the log'})")
        then.append("the next run or `asiatongsin drain` stores what waits in the spool")
    if tally.walks_cut_short:
        what.append(f"{tally.walks_cut_short} lists were not walked to their end because the database did not answer")
        then.append("the next crawl fetches what is missing")
    return Outcome.SPOOLED, "; ".join([" and ".join(what), *then])


def damaged_spool(folders: int, lines: int) -> str:
    """Says what in the spool cannot be stored; empty where all can."""
    parts = [f"{folders} folders in the spool cannot be stored"] if folders else []
    parts += [f"{lines} lines of the spool cannot be read and are kept in the folder refused"] if lines else []
    return f"{' and '.join(parts)}, see the log" if parts else ""


def refused_by_database(pages: int, partial: int) -> str:
    """Says that the database refused what came; empty where it took all."""
    what = [f"{pages} pages"] if pages else []
    what += [f"parts of {partial} pages that are stored without them"] if partial else []
    kept = "all is kept in the folder refused, see the log and the table rejected_pages"
    return f"the database refused {' and '.join(what)}; {kept}" if what else ""


def _removals_count(tally: Tally) -> bool:
    """Whether the crawl came to its end, and the site served articles that should be there.

    Where a stored article was found removed, controls were requested, and then that article once more.
    """
    if not tally.is_finished:
        return False
    if not tally.controls_are_due:
        return tally.read > tally.removed
    return tally.controls_are_served and tally.removed_answered_again >= tally.removed_asked_again


def _faults(tally: Tally) -> str:
    """Says what went wrong in the program itself; empty where nothing did."""
    if tally.spool_trouble:
        return tally.spool_trouble
    faults = {"spider": tally.spider_errors, "pipeline": tally.item_errors, "spool": tally.spool_failures}
    is_usual = tally.is_finished or tally.is_stopped or tally.finish_reason in {"", SITE_FAILS}
    ended = [] if is_usual else [f"ended by {tally.finish_reason}"]
    what = ", ".join([f"{name}: {number}" for name, number in faults.items() if number] + ended)
    return what and f"a fault of the program itself ({what}), see the log"


def _reached(tally: Tally) -> bool:
    """Whether the site was reached: a list page arrived (with `no=`, an article page), and most pages did.

    A crawl that was stopped early may not know yet, so it counts as reached.
    """
    if tally.finish_reason == SITE_FAILS or _mostly_failed(tally):
        return False
    arrived = tally.lists.arrived or (not tally.asked_for_lists and tally.articles.arrived)
    return bool(arrived) or tally.is_stopped


def _is_no_mediaon_site(tally: Tally) -> bool:
    """Whether the site answered for the front page and each list, and there was neither a menu nor a list."""
    front, lists = tally.front, tally.lists
    answered = front.arrived + front.absent and lists.arrived + lists.failed
    has_none = tally.without_list == lists.arrived and lists.absent == lists.failed
    return bool(answered) and not tally.sections and has_none


def _mostly_failed(tally: Tally) -> str:
    """Says which kind of pages mostly did not come; empty where most came.

    Pages that an earlier crawl did not get either do not count.
    """
    return _failed("list", tally.lists) or _failed("article", tally.articles)


def _failed(kind: PageKind, pages: Pages) -> str:
    failed = pages.failed - pages.failed_again
    is_most = failed > max(FEW_PAGES, pages.arrived)
    return f"{failed} of {failed + pages.arrived} {kind} pages did not come" if is_most else ""


def _why_unreachable(tally: Tally) -> str:
    """Why the site counts as unreachable."""
    if tally.is_forbidden:
        return "its robots.txt forbids it"
    last = tally.last_failure or "no list page arrived"
    in_a_row = f"{tally.failures_in_a_row} pages in a row did not come" if tally.failures_in_a_row else ""
    how_many = in_a_row or _mostly_failed(tally)
    return f"{how_many} ({last})" if how_many else last


def _drift(
    tally: Tally, tolerances: Tolerances, describe_unreadable: Callable[[PageKind], str]
) -> Mapping[FieldKey, str]:
    """What is wrong with whole pages, each in words. Only the first trouble found is named: it causes the others."""
    if tally.lists.arrived and not tally.teasers:
        what = f"{tally.lists.arrived} list pages arrived without a teaser"
        return {("list", "teasers"): f"{what}{_in_brackets(describe_unreadable('list'))}"}
    if tally.lists_endless:
        return {(f"list {section}", "end"): f"list {section}: {why}" for section, why in tally.lists_endless.items()}
    if what := _unreadable(tally, tolerances):
        return {("article", "readable"): f"{what}{_in_brackets(describe_unreadable('article'))}"}
    if tally.met_removed >= MANY_REMOVED and tally.met_removed > REMOVED_SHARE_MAX * tally.met:
        what = f"{tally.met_removed} of {tally.met} article pages say that there is no such article"
        return {("article", "served"): what}
    return NOTHING_FELL


def _unreadable(tally: Tally, tolerances: Tolerances) -> str:
    """Says how many article pages could not be read, where that is too many; else empty.

    Articles that earlier crawls could not read are requested again. They count only where nothing else was requested,
    or where the last crawl could hardly read any, and no new article came.
    """
    unreadable, readable = tally.articles.unreadable, tally.read
    again = tally.unreadable_by_number, tally.read_by_number
    is_known = ("article", "readable") in tolerances.fallen and unreadable + readable == sum(again)
    is_all = is_known or not tally.asked_for_lists
    if not is_all:
        unreadable, readable = unreadable - again[0], readable - again[1]
    share = unreadable / (unreadable + readable) if unreadable else 0.0
    is_none = share == 1 and (is_all or unreadable > 1)
    if not is_none and (share <= tolerances.unreadable_share_max or unreadable <= FEW_PAGES):
        return ""
    allowed = f"{tolerances.unreadable_share_max:.0%} are allowed (UNREADABLE_SHARE_MAX)"
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
        "lists whose walk must be repeated": tally.lists_unsure,
        "lists looked through for late articles": tally.looked_back,
        "dropped by a stage that you added": tally.dropped,
        "refused by the database and kept in a file": tally.refused_pages,
        "stored without a part that the database refused": tally.partial_pages,
        "numbers given to other articles, the ones before are in former_articles": tally.reassigned,
        "waiting in the spool": waiting,
        "of earlier crawls waiting for another database": tally.spool_elsewhere,
    }
    figures = ", ".join(parts + [f"{number} {name}" for name, number in optional.items() if number])
    return f"{figures}; {tally.without_menu}" if tally.without_menu and tally.lists.arrived else figures
