"""The walk of a list, against lists of numbers: what it asks for, where it ends, and that it misses nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from asiatongsin.known import WalkedList
from asiatongsin.list_walk import ENDLESS_PAGES, Ended, ListPage, ListWalk, LookBack
from asiatongsin.look_back import DAY, LookBacks

PER_PAGE = 10
A_HUNDRED = range(100, 0, -1)

Serve = Callable[[int, int], ListPage]
"""What comes for a page, and as the answer to which request, counted from 1."""


def page_of(articles: Collection[int], number: int, *, links: bool = False) -> ListPage:
    """A page as this CMS serves it: behind the last one comes the last one. Ten pages are linked at a time."""
    pages = max(1, -(-len(articles) // PER_PAGE))
    number = min(number, pages)
    first = (number - 1) * PER_PAGE
    last_linked = min(pages, (number - 1) // 10 * 10 + 11) if links else 0
    return ListPage(numbers=frozenset([*articles][first : first + PER_PAGE]), last_linked=last_linked)


def walk(serve: Serve, known: Collection[int] = (), **given: object) -> tuple[ListWalk, list[int]]:
    """A walk to its end, and the pages that it asked for."""
    one, asked = ListWalk(**given), []  # type: ignore[arg-type]
    while one.next_page is not None:
        asked.append(one.next_page)
        assert len(asked) < 1000
        page = serve(one.next_page, len(asked))
        is_quiet = bool(page.numbers) and page.numbers <= {*known}
        one.answer(ListPage(**{name: getattr(page, name) for name in page.__slots__} | {"is_quiet": is_quiet}))
    return one, asked


def met(one: ListWalk, among: Collection[int] = A_HUNDRED) -> int:
    return len(among) - len(one.unmet(among))


def test_comes_to_the_end_and_proves_it() -> None:
    one, asked = walk(lambda number, _: page_of(A_HUNDRED, number))
    assert asked == [*range(1, 13), 1, 11]  # the last page twice more, the first one, and the last one again
    assert (one.ended, one.is_sure, one.pages, met(one)) == (Ended.END, True, 10, 100)


def test_comes_to_the_end_sooner_where_the_links_between_its_pages_end_there() -> None:
    one, asked = walk(lambda number, _: page_of(A_HUNDRED, number, links=True))
    assert asked == [*range(1, 12), 1]
    assert (one.ended, one.is_sure, one.pages, met(one)) == (Ended.END, True, 10, 100)


def test_ends_after_two_pages_of_which_all_is_known() -> None:
    one, asked = walk(lambda number, _: page_of(A_HUNDRED, number), known=A_HUNDRED)
    assert (asked, one.ended, one.is_sure) == ([1, 2], Ended.KNOWN, True)


def test_news_behind_a_page_of_pinned_articles_are_met() -> None:
    pinned = range(1, 11)
    shown = [*pinned, *range(115, 10, -1)]
    one, _ = walk(lambda number, _: page_of(shown, number), known=A_HUNDRED)
    assert one.is_sure
    assert not one.unmet(range(101, 116))


@pytest.mark.parametrize("length", [0, 1, 9, 10, 11])
def test_walks_short_lists(length: int) -> None:
    articles = range(length, 0, -1)
    one, asked = walk(lambda number, _: page_of(articles, number))
    assert (one.ended, one.is_sure, met(one, articles)) == (Ended.END, True, length)
    assert len(asked) <= 6
    assert WalkedList.of(22, one).is_end_seen == (length > 0)


@pytest.mark.parametrize("at", range(2, 14))
@pytest.mark.parametrize("count", [1, 9, 10, 11, 37, 120])
def test_articles_that_are_published_meanwhile_hide_no_older_ones(at: int, count: int) -> None:
    def serve(number: int, request: int) -> ListPage:
        return page_of(range(100 + (count if request >= at else 0), 0, -1), number)

    one, _ = walk(serve)
    assert (one.ended, met(one)) == (Ended.END, 100)


@pytest.mark.parametrize("at", range(2, 14))
@pytest.mark.parametrize("comes", ["empty", "as before", "as another", "not", "not, for one reason and another"])
def test_one_page_that_comes_wrong_hides_nothing(at: int, comes: str) -> None:
    def serve(number: int, request: int) -> ListPage:
        if request != at:
            return page_of(A_HUNDRED, number)
        wrong = {"empty": ListPage(), "as before": page_of(A_HUNDRED, number - 1), "as another": page_of(A_HUNDRED, 1)}
        return wrong.get(comes, ListPage(trouble="HTTP status 404"))

    one, _ = walk(serve)
    assert (one.ended, one.is_sure, met(one)) == (Ended.END, True, 100)


@pytest.mark.parametrize(
    "behind", [ListPage(), ListPage(trouble="HTTP status 404"), ListPage(trouble="HTTP status 500", is_failure=True)]
)
@pytest.mark.parametrize("wrong", [0, 9, 10, 11, 12])
def test_what_a_site_answers_behind_the_last_page_is_the_end(behind: ListPage, wrong: int) -> None:
    """Also where a page before the end comes as a copy of the page before it."""

    def serve(number: int, request: int) -> ListPage:
        if request == wrong:
            return page_of(A_HUNDRED, number - 1)
        return page_of(A_HUNDRED, number) if number <= 10 else behind

    one, _ = walk(serve)
    assert (one.ended, one.is_sure, one.lost, met(one)) == (Ended.END, True, [], 100)


def test_answers_without_a_list_are_the_end_though_each_has_other_words() -> None:
    """A redirect to another host, whose address names the page."""

    def serve(number: int, _: int) -> ListPage:
        return page_of(A_HUNDRED, number) if number <= 10 else ListPage(trouble=f"login.kr/?page={number} is not ours")

    one, asked = walk(serve)
    assert (one.ended, one.lost, len(asked)) == (Ended.END, [], 14)


def test_a_page_that_never_comes_is_lost_and_the_walk_goes_on() -> None:
    def serve(number: int, _: int) -> ListPage:
        return ListPage(trouble="HTTP status 500", is_failure=True) if number == 4 else page_of(A_HUNDRED, number)

    one, _ = walk(serve)
    assert (one.ended, one.lost, one.is_sure, met(one)) == (Ended.END, [4], False, 90)


def test_pages_that_the_list_links_to_are_no_end_though_none_comes() -> None:
    def serve(number: int, _: int) -> ListPage:
        if number > 3:
            return ListPage(trouble="HTTP status 500", is_failure=True)
        return ListPage(numbers=page_of(A_HUNDRED, number).numbers, last_linked=10)

    one, _ = walk(serve)
    assert (one.ended, one.is_sure) == (Ended.LOST, False)


def test_a_site_that_fails_altogether_has_not_come_to_its_end() -> None:
    one, asked = walk(lambda number, _: ListPage(trouble="HTTP status 500", is_failure=True))
    assert (one.ended, one.lost, asked) == (Ended.LOST, [1], [1])
    fails_from_4 = walk(lambda number, request: page_of(A_HUNDRED, number) if request < 4 else ListPage(trouble="404"))
    assert (fails_from_4[0].ended, fails_from_4[0].is_sure) == (Ended.LOST, False)


def test_a_copy_that_a_cache_serves_for_a_while_is_no_end_where_it_links_further() -> None:
    def serve(number: int, request: int) -> ListPage:
        page = 3 if 4 <= request < 8 else number
        return ListPage(numbers=page_of(A_HUNDRED, page).numbers, last_linked=10)

    one, _ = walk(serve)
    assert (one.ended, met(one)) == (Ended.END, 100)


@pytest.mark.parametrize(
    ("serve", "why"),
    [
        (lambda number, _: ListPage(numbers=frozenset(range(10 * number, 10 * number + 10))), "higher numbers"),
        (lambda number, _: ListPage(numbers=frozenset([10**6 - number]), articles_read=7), "none can be read"),
        (lambda number, _: ListPage(numbers=frozenset([10**6 - number])), "behind page 50"),
    ],
)
def test_a_list_without_an_end_is_left(serve: Serve, why: str) -> None:
    one, asked = walk(serve, pages_max=50)
    assert (one.ended, one.is_sure) == (Ended.ENDLESS, False)
    assert why in one.no_end
    assert len(asked) <= ENDLESS_PAGES + 20


def test_looks_back_though_all_is_known() -> None:
    look = LookBack(first_pages=3, first=5, last=7)
    one, asked = walk(lambda number, _: page_of(A_HUNDRED, number), known=A_HUNDRED, look_back=look)
    assert (asked, one.ended, one.looked_back_to) == ([1, 2, 3, 5, 6, 7], Ended.KNOWN, 7)


def test_a_look_that_comes_to_the_end_begins_anew() -> None:
    look = LookBack(first_pages=3, first=9, last=14)
    one, asked = walk(lambda number, _: page_of(A_HUNDRED, number), known=A_HUNDRED, look_back=look)
    assert (asked, one.ended, one.looked_back_to) == ([1, 2, 3, 9, 10, 11, 12, 1, 11], Ended.END, 0)


@pytest.mark.parametrize("seed", range(200))
def test_misses_nothing_whatever_comes_meanwhile(seed: int) -> None:
    random = Random(seed)
    answers = random.choice([None, ListPage(), ListPage(trouble="404"), ListPage(trouble="500", is_failure=True)])
    known = range(random.choice([0, 0, 30, 60]), 0, -1)
    wrong = [random.choice([ListPage(), ListPage(trouble="503")]) for _ in range(random.randint(0, 2))]
    comes: dict[int, ListPage] = dict(zip(random.sample(range(2, 20), 2), wrong, strict=False))
    published, links = 100, random.random() < 0.5

    def serve(number: int, request: int) -> ListPage:
        nonlocal published
        if random.random() < 0.1 and published < 400:
            published += random.randint(1, 45)
        articles = range(published, 0, -1)
        if request in comes:
            return comes[request]
        is_behind = (number - 1) * PER_PAGE >= published
        return answers if is_behind and answers else page_of(articles, number, links=links)

    one, _ = walk(serve, known=known)
    missed = one.unmet(range(len(known) + 1, 101))
    assert not missed or not one.is_sure


SETTINGS = LookBacks(pages=10, all_in=timedelta(days=30))
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def walked(ago: timedelta, pages: int = 3000, to: int = 0) -> WalkedList:
    return WalkedList(section=22, pages=pages, is_end_seen=True, looked_back_at=NOON - ago, looked_back_to=to)


@pytest.mark.parametrize(
    ("earlier", "look"),
    [
        (None, LookBack(first_pages=10, first=11, last=20)),
        (walked(timedelta(hours=1)), None),
        (walked(timedelta(days=1)), LookBack(first_pages=10, first=11, last=111)),
        (walked(timedelta(days=1), to=111), LookBack(first_pages=10, first=111, last=211)),
        (walked(timedelta(days=1), pages=12), LookBack(first_pages=10, first=11, last=21)),
        (walked(timedelta(days=90)), LookBack(first_pages=10, first=11, last=3011)),
        (walked(timedelta(days=-1)), LookBack(first_pages=10, first=11, last=111)),  # the clock was ahead
    ],
)
def test_each_day_a_thirtieth_of_a_list_is_due(earlier: WalkedList | None, look: LookBack | None) -> None:
    assert SETTINGS.due("newsasia.kr", earlier, NOON) == look


def test_sites_are_looked_through_at_different_times_of_the_day() -> None:
    """With a crawl each hour, each site once a day."""
    hours = set()
    for site in range(50):
        at, last = NOON, NOON
        for _ in range(10 * 24):
            at += timedelta(hours=1)
            if SETTINGS.due(
                f"paper{site}.kr", WalkedList(section=0, pages=9, is_end_seen=True, looked_back_at=last), at
            ):
                assert at - last <= 1.5 * DAY
                last = at
        hours.add(last.hour)
    assert len(hours) > 12


def test_nothing_is_due_where_nobody_wants_it() -> None:
    assert LookBacks(pages=0, all_in=DAY).due("newsasia.kr", walked(timedelta(days=9)), NOON) is None
