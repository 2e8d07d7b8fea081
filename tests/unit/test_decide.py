"""What the statistics of a crawl say about it."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.crawl_record import Outcome
from pipelines.verdict.decide import Tolerances, Verdict
from pipelines.verdict.decide import decide as decide_on
from pipelines.verdict.tally import Tally

NOTHING: dict[str, Any] = {"finish_reason": "finished"}
DONE = NOTHING | {"list/pages": 5, "list/teasers": 100, "article/pages": 40, "split/articles": 40}
ASKED = NOTHING | {"article/pages": 40, "split/met": 0, "split/articles": 0}
WALKED = DONE | {"list/walked": [0, 34]}


def decide(stats: dict[str, Any], **given: Any) -> Verdict:
    return decide_on(Tally.of(stats), **given)


def verdict(stats: dict[str, Any], waiting: int) -> Verdict:
    return decide(stats, waiting=waiting, tolerances=Tolerances(unreadable_share_max=0.2))


@pytest.mark.parametrize(
    ("stats", "waiting", "outcome"),
    [
        (DONE, 0, Outcome.OK),
        (DONE | {"article/pages": 0, "split/articles": 0}, 0, Outcome.OK),
        (DONE | {"finish_reason": "closespider_itemcount"}, 0, Outcome.OK),
        (DONE | {"article/failed": 3, "list/failed": 1}, 0, Outcome.OK),
        (DONE | {"split/met_removed": 9, "split/met": 9, "split/articles": 0}, 0, Outcome.OK),
        (DONE | {"split/met_removed": 20, "split/met": 40}, 0, Outcome.OK),
        (DONE | {"split/met_removed": 21, "split/met": 40}, 0, Outcome.DRIFT),
        (ASKED | {"split/removed": 40}, 0, Outcome.OK),
        (ASKED | {"split/removed": 0, "split/unreadable/article": 40}, 0, Outcome.DRIFT),
        (DONE | {"split/unreadable/article": 10}, 0, Outcome.OK),
        (DONE | {"split/unreadable/article": 11}, 0, Outcome.DRIFT),
        (DONE | {"split/unreadable/article": 3, "split/articles": 1}, 0, Outcome.OK),
        (DONE | {"split/unreadable/article": 4, "split/articles": 1}, 0, Outcome.DRIFT),
        (DONE | {"split/unreadable/article": 4, "split/articles": 0}, 0, Outcome.DRIFT),
        (DONE | {"split/unreadable/article": 2, "split/articles": 0}, 0, Outcome.DRIFT),
        (DONE | {"split/unreadable/article": 1, "split/articles": 0}, 0, Outcome.OK),  # one odd article
        (DONE | {"split/unreadable/article": 9, "split/unreadable_by_number": 9, "split/articles": 1}, 0, Outcome.OK),
        (ASKED | {"split/unreadable/article": 1, "split/unreadable_by_number": 1}, 0, Outcome.DRIFT),
        (DONE | {"list/teasers": 0}, 0, Outcome.DRIFT),
        (DONE, 40, Outcome.SPOOLED),
        (DONE | {"split/unreadable/article": 11}, 40, Outcome.DRIFT),
        (NOTHING | {"article/pages": 3, "split/articles": 3}, 0, Outcome.OK),
        (NOTHING, 0, Outcome.UNREACHABLE),
        (NOTHING | {"front/pages": 1, "list/failed": 5}, 0, Outcome.UNREACHABLE),
        (NOTHING | {"article/failed": 3}, 3, Outcome.UNREACHABLE),
        (DONE | {"article/failed": 40}, 0, Outcome.OK),
        (DONE | {"article/failed": 41}, 0, Outcome.UNREACHABLE),
        (DONE | {"list/failed": 6}, 0, Outcome.UNREACHABLE),
        (DONE | {"article/pages": 2, "article/failed": 20, "article/failed_again": 18}, 0, Outcome.OK),
        (DONE | {"article/pages": 0, "split/articles": 0, "article/failed": 3}, 0, Outcome.OK),
        (DONE | {"finish_reason": "site_fails"}, 0, Outcome.UNREACHABLE),
        (DONE | {"finish_reason": "site_fails", "crawl/item_errors": 1}, 0, Outcome.ERROR),
        (NOTHING | {"finish_reason": "shutdown"}, 0, Outcome.OK),
        (NOTHING | {"spider_exceptions/count": 1}, 0, Outcome.ERROR),
        (DONE | {"crawl/item_errors": 1}, 40, Outcome.ERROR),
        (DONE | {"crawl/spool_failures": 1}, 0, Outcome.ERROR),
        (DONE | {"finish_reason": "memusage_exceeded"}, 0, Outcome.ERROR),
        (DONE | {"export/refused": 1}, 0, Outcome.ERROR),
        (DONE | {"export/partial": 1}, 0, Outcome.ERROR),
        (DONE | {"export/partial": 1}, 40, Outcome.ERROR),
        ({}, 0, Outcome.UNREACHABLE),
    ],
)
def test_decides_how_a_crawl_went(stats: dict[str, Any], waiting: int, outcome: Outcome) -> None:
    assert verdict(stats, waiting).outcome is outcome


@pytest.mark.parametrize(
    ("stats", "waiting", "sentence"),
    [
        (DONE | {"export/new": 7}, 0, "5 list pages, 40 article pages, 7 new, 0 changed, 0 unchanged"),
        (DONE | {"split/removed": 2}, 0, ", 2 removed"),
        (DONE | {"split/unmodified": 3}, 0, ", 3 unmodified"),
        (DONE | {"split/unreadable/article": 1, "split/unreadable/list": 2}, 0, ", 3 unreadable"),
        (DONE | {"article/failed": 4}, 0, ", 4 articles not downloaded"),
        (
            DONE | {"export/refused": 1, "export/partial": 2},
            0,
            "the database refused 1 pages and parts of 2 pages that are stored without them; all is kept in the folder",
        ),
        (DONE | {"list/failed": 2}, 0, ", 2 list pages not downloaded"),
        (DONE, 7, ", 7 waiting in the spool"),
        (DONE | {"spool/elsewhere": 7}, 0, ", 7 of earlier crawls waiting for another database"),
        (DONE, 7, "`asiatongsin drain` stores what waits"),
        (DONE | {"known/blind": 2}, 7, "(see the log) and 2 lists were not walked to their end because the database"),
        (DONE | {"known/blind": 2}, 0, "not answer; the next crawl fetches what is missing; 5 list pages"),
        (DONE | {"finish_reason": "shutdown"}, 0, "stopped early, the next crawl goes on; "),
        (NOTHING | {"robotstxt/forbidden": 1}, 0, "refused us: its robots.txt forbids it; "),
        (NOTHING | {"crawl/last_failure": "HTTP status 500"}, 0, "HTTP status 500; "),
        (NOTHING, 0, "no list page arrived; "),
        (
            DONE | {"article/failed": 50, "crawl/last_failure": "HTTP status 500"},
            0,
            "50 of 90 article pages did not come (HTTP status 500); ",
        ),
        (
            DONE | {"finish_reason": "site_fails", "crawl/failures_in_a_row": 10, "crawl/last_failure": "reset"},
            0,
            "10 pages in a row did not come (reset); ",
        ),
        (DONE | {"crawl/spool_failures": 2, "crawl/spool_trouble": "the disk is full"}, 0, "the disk is full; 5 list"),
        (
            DONE | {"split/removed": 30, "split/met": 40, "split/met_removed": 30},
            0,
            "30 of 40 article pages say that there is no such article; ",
        ),
        (DONE | {"list/teasers": 0}, 0, "5 list pages arrived without a teaser; "),
        (
            DONE | {"split/unreadable/article": 60},
            0,
            "60 of 100 article pages could not be read, 20% are allowed (UNREADABLE",
        ),
        (DONE | {"spider_exceptions/count": 2, "crawl/item_errors": 1}, 0, "(spider: 2, pipeline: 1), see the log; "),
    ],
)
def test_says_it_in_words_with_counts(stats: dict[str, Any], waiting: int, sentence: str) -> None:
    assert sentence in verdict(stats, waiting).sentence


def test_leaves_out_what_did_not_happen() -> None:
    words = verdict(DONE, 0).sentence
    assert not any(word in words for word in ("removed", "unreadable", "downloaded", "spool", "early", "refused"))


@pytest.mark.parametrize(
    ("stats", "walked"),
    [
        (WALKED, (0, 34)),
        (DONE, ()),
        (WALKED | {"finish_reason": "shutdown"}, ()),
        (WALKED | {"finish_reason": "site_fails"}, ()),
        (WALKED | {"finish_reason": "closespider_itemcount"}, ()),
        (WALKED | {"crawl/item_errors": 1}, ()),
        (WALKED | {"crawl/spool_failures": 1}, ()),
        (WALKED | {"spider_exceptions/count": 1}, ()),
        ({"list/walked": [0, 34]}, ()),
    ],
)
def test_trusts_the_lists_of_a_crawl_that_lost_nothing(stats: dict[str, Any], walked: tuple[int, ...]) -> None:
    assert decide(stats).walked == walked


CONTROLLED = DONE | {"controls/doubt": 1, "controls/asked_again": 2}


@pytest.mark.parametrize(
    ("asked", "served", "again", "counts"),
    [(3, 2, 2, True), (1, 1, 2, True), (3, 3, 1, False), (3, 1, 2, False), (2, 1, 2, False), (0, 0, 2, False)],
)
def test_believes_in_removals_where_most_of_the_controls_were_served(
    asked: int, served: int, again: int, counts: bool
) -> None:
    given = {"controls/asked": asked, "controls/served": served, "controls/answered_again": again}
    stats = CONTROLLED | given
    assert decide(stats).do_removals_count is counts
    assert decide(stats, waiting=1).do_removals_count is counts
    # What fell says nothing of articles that are not there.
    assert decide(stats, falls={("article", "headline"): "gone"}).do_removals_count is counts
    assert not decide(stats | {"finish_reason": "shutdown"}).do_removals_count
    assert not decide({}).do_removals_count


@pytest.mark.parametrize(
    "wrong",
    [
        {"spider_exceptions/count": 1},
        {"spool/broken": 1},
        {"list/pages": 0, "list/failed": 5},
        {"list/teasers": 0},
        {"split/unreadable/article": 40},
        {"split/met": 40, "split/met_removed": 30},
    ],
    ids=str,
)
def test_believes_in_no_removal_of_a_crawl_that_went_wrong(wrong: dict[str, int]) -> None:
    stats = CONTROLLED | {"controls/asked": 3, "controls/served": 3, "controls/answered_again": 2}
    assert decide(stats).do_removals_count
    assert not decide(stats | wrong).do_removals_count


def test_believes_in_removals_of_what_was_never_stored_where_most_pages_were_articles() -> None:
    assert decide(DONE | {"split/articles": 9, "split/removed": 2}).do_removals_count
    assert not decide(DONE | {"split/articles": 2, "split/removed": 2}).do_removals_count


AGAIN = DONE | {"split/articles": 0, "split/unreadable/article": 2, "split/unreadable_by_number": 2}


def test_what_could_not_be_read_before_is_no_news_unless_hardly_anything_could() -> None:
    readable = ("article", "readable")
    assert decide(AGAIN).outcome is Outcome.OK
    assert decide(AGAIN, tolerances=Tolerances(fallen=frozenset({readable}))).fallen == {readable}
    new = AGAIN | {"split/articles": 1}  # what is new can be read
    assert decide(new, tolerances=Tolerances(fallen=frozenset({readable}))).outcome is Outcome.OK
    fallen = Tolerances(fallen=frozenset({readable}), ignored=frozenset({"article readable"}))
    assert decide(AGAIN, tolerances=fallen).outcome is Outcome.OK


def test_tells_beside_a_drift_what_waits() -> None:
    falls = {("article", "headline"): "article headline found on 0 of 9 pages"}
    both = decide(DONE, waiting=40, trouble="no route", falls=falls)
    assert (both.outcome, both.second_outcome) == (Outcome.DRIFT, Outcome.SPOOLED)
    assert "found on 0 of 9 pages; the database did not take all pages (no route); the next run" in both.sentence


def test_names_each_trouble() -> None:
    falls = {("article", "headline"): "", ("strip", "cities"): ""}
    assert decide(DONE).troubles == frozenset()
    assert decide(DONE, waiting=1).troubles == {"spooled"}
    assert decide(NOTHING).troubles == {"unreachable"}
    assert decide(DONE, waiting=1, falls=falls).troubles == {"article headline", "strip cities", "spooled"}
    assert decide(DONE | {"spool/broken": 1}, falls=falls).troubles == {"article headline", "strip cities", "error"}


NO_LIST = NOTHING | {"front/pages": 1, "front/sections": 0, "list/pages": 1, "list/without_list": 1}


@pytest.mark.parametrize(
    "stats",
    [
        NO_LIST,
        NOTHING | {"front/pages": 1, "list/failed": 2, "list/absent": 2},
        NOTHING | {"front/failed": 1, "front/absent": 1, "list/failed": 1, "list/absent": 1},
    ],
)
def test_says_that_a_site_without_menu_and_list_is_no_mediaon_site(stats: dict[str, Any]) -> None:
    verdict = decide(stats)
    assert (verdict.outcome, verdict.walked) == (Outcome.DRIFT, ())
    assert verdict.sentence.startswith("not a Mediaon site: no menu and no list; ")


@pytest.mark.parametrize(
    "stats",
    [
        NO_LIST | {"front/sections": 4},
        NO_LIST | {"list/pages": 2, "list/teasers": 9},
        NO_LIST | {"list/failed": 1},
        NOTHING | {"front/pages": 1, "list/failed": 1},
        NOTHING | {"front/failed": 1, "list/failed": 1, "list/absent": 1},
        NOTHING | {"front/pages": 1},
    ],
)
def test_says_it_only_where_the_site_answered_for_all(stats: dict[str, Any]) -> None:
    assert "Mediaon" not in decide(stats).sentence


def test_says_that_a_crawl_without_a_menu_walked_the_list_of_all_articles() -> None:
    told = "no menu was found, so the list of all articles was walked"
    assert decide(DONE | {"front/without_menu": told}).sentence.endswith(f"; {told}")
    assert told not in decide(NOTHING | {"front/without_menu": told}).sentence


def test_a_refused_crawl_is_told_by_its_reason_alone() -> None:
    assert decide(DONE | {"finish_reason": "refused", "crawl/refused": "why"}).sentence == "why"
