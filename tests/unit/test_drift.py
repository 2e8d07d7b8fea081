"""Which fields fell, compared with earlier crawls, and how that is told."""

from __future__ import annotations

import pytest

from asiatongsin.cms import FIELDS, field_of
from asiatongsin.fields import Field
from pipelines.crawl_record import FieldCoverage
from pipelines.verdict.expectation import Expectation
from pipelines.verdict.falls import EarlierCrawls, falls, with_fallen


def covered(field: str, pages: int, found: int, part: str = "article", amount: int | None = None) -> FieldCoverage:
    return FieldCoverage(part=part, field=field, pages=pages, found=found, amount=amount)


def field(name: str, part: str = "article") -> Field:
    given = field_of(part, name)
    assert given
    return given


def fallen(now: FieldCoverage, *earlier: FieldCoverage) -> list[tuple[str, float, bool]]:
    found = falls([now], EarlierCrawls(coverage={(now.part, now.field): earlier}), 0.5)
    return [(fall.field.name, round(fall.usual.share, 2), fall.usual.is_for_first_crawls) for fall in found]


def thinned(now: FieldCoverage, *earlier: FieldCoverage) -> list[str]:
    return [
        fall.figures
        for fall in falls([now], EarlierCrawls(coverage={(now.part, now.field): earlier}), 0.5)
        if fall.is_thin
    ]


@pytest.mark.parametrize(
    ("pages", "found", "is_fallen"),
    [(220, 0, True), (20, 0, False), (400, 110, False), (5000, 1400, True), (5000, 1600, False)],
)
def test_falls_below_half_of_what_is_usual_and_not_by_chance(pages: int, found: int, is_fallen: bool) -> None:
    """A crawl of many pages counts as one in twenty of them: 220 as 11, and 20 as two."""
    earlier = [covered("subheadline", 50, number) for number in (29, 30, 31)]
    now = covered("subheadline", pages, found)
    assert fallen(now, *earlier) == ([("subheadline", 0.6, False)] if is_fallen else [])


def test_what_every_page_has_is_missed_on_two_pages_but_not_on_one() -> None:
    earlier = [covered("headline", 3, 3)] * 40
    assert fallen(covered("headline", 2, 0), *earlier) == [("headline", 1.0, False)]
    assert fallen(covered("headline", 1, 0), *earlier) == []
    assert fallen(covered("headline", 3, 0), *earlier[:3]) == []  # nine pages do not say that every page has one
    assert fallen(covered("headline", 7, 0), *earlier[:3]) == [("headline", 0.8, True)]


def test_one_desk_without_photos_is_no_fall_however_many_notices_it_brings() -> None:
    earlier = [covered("images", 3, 3)] * 20 + [covered("images", 3, 0)] * 2
    assert fallen(covered("images", 30, 0), *earlier) == []
    assert fallen(covered("images", 30, 0), covered("images", 30, 0), covered("images", 2, 0), *earlier) != []


def test_a_first_crawl_of_a_whole_archive_has_one_vote_like_any_other() -> None:
    earlier = [covered("images", 2, 2)] * 40 + [covered("images", 9000, 900)]
    assert round(Expectation.of(field("images"), earlier).share, 2) == 0.98
    assert fallen(covered("images", 2, 0), covered("images", 2, 0), *earlier) != []


def test_what_one_crawl_of_few_pages_cannot_tell_some_in_a_row_do() -> None:
    usual, lacking = [covered("headline", 1, 1)] * 100, covered("headline", 1, 0)
    assert falls([lacking], before(usual), 0.5) == []
    [fall] = falls([lacking], before([lacking, *usual]), 0.5)
    assert fall.figures == "found on 0 of 2 pages of the last 2 crawls, usually 100%"
    assert falls([covered("headline", 1, 1)], before([lacking] * 9 + usual), 0.5) == []
    assert falls([lacking], before([usual[0], lacking, lacking, *usual]), 0.5) == []  # none of them in a row


def test_crawls_of_few_articles_do_not_make_usual_what_they_lack() -> None:
    usual, lacking = [covered("images", 2, 1)] * 80, covered("images", 2, 0)
    runs = [lacking] * 30
    fell = [bool(falls([lacking], before([*runs[:number], *usual]), 0.5)) for number in range(30)]
    assert fell == sorted(fell)
    assert 5 <= fell.index(True) <= 9


def before(earlier: list[FieldCoverage]) -> EarlierCrawls:
    return EarlierCrawls(coverage={(one.part, one.field): earlier for one in earlier})


def test_what_does_not_come_twice_in_a_row_is_missed() -> None:
    away, came = covered("answer", 1, 0, "list 22"), covered("answer", 2, 1, "list 22")
    assert falls([away], before([]), 0.5) == []
    assert falls([away], before([came, away]), 0.5) == []
    assert falls([came], before([away]), 0.5) == []
    [fall] = falls([away], before([away, came]), 0.5)
    assert fall.describe() == "list 22 answer found on 0 of 2 pages of the last 2 crawls, usually 100%"


def test_a_menu_without_sections_is_missed_where_there_was_one() -> None:
    gone, there = covered("sections", 1, 0, "front", 0), covered("sections", 1, 1, "front", 12)
    assert falls([gone], before([]), 0.5) == []
    [fall] = falls([gone], before([there]), 0.5)
    assert "#gnb" in fall.describe()
    assert [one.is_thin for one in falls([covered("sections", 1, 1, "front", 2)], before([there]), 0.5)] == [True]


def test_what_fell_before_is_missed_on_a_single_page() -> None:
    key = ("article", "headline")
    earlier = EarlierCrawls(coverage={key: [covered("headline", 3, 3)] * 3}, fallen=frozenset({key}))
    assert [fall.key for fall in falls([covered("headline", 1, 0)], earlier, 0.5)] == [key]
    assert falls([covered("headline", 1, 1)], earlier, 0.5) == []
    first = EarlierCrawls(fallen=frozenset({key}))  # it fell in the first crawl of the site
    assert [fall.key for fall in falls([covered("headline", 2, 1)], first, 0.5)] == [key]


def test_first_crawls_have_bounds_of_their_own() -> None:
    assert fallen(covered("headline", 20, 3), covered("headline", 3, 3)) == [("headline", 0.8, True)]
    assert fallen(covered("subheadline", 20, 0)) == []  # not every paper prints one
    assert fallen(covered("headline", 20, 18)) == []


def test_a_list_that_had_entries_is_missed_on_its_only_page_after_a_single_crawl() -> None:
    empty, full = covered("teasers", 1, 0, "list 22"), covered("teasers", 2, 2, "list 22")
    other = covered("teasers", 1, 1, "list 34")
    assert fallen_lists([empty, other], full) == ["list 22"]
    assert fallen_lists([empty, other]) == []  # a section may be empty from the start
    assert fallen_lists([empty, other], empty, empty, full) == []
    assert fallen_lists([covered("teasers", 9, 8, "list 22"), other], full) == []  # behind its last page


def test_lists_that_are_all_empty_are_told_as_one() -> None:
    empty = [covered("teasers", 1, 0, "list 22"), covered("teasers", 1, 0, "list 34")]
    assert fallen_lists(empty, covered("teasers", 1, 1, "list 22")) == []


def fallen_lists(now: list[FieldCoverage], *earlier: FieldCoverage) -> list[str]:
    return [fall.now.part for fall in falls(now, EarlierCrawls(coverage={("list 22", "teasers"): earlier}), 0.5)]


def test_bodies_that_became_short_are_missed() -> None:
    earlier = [covered("body", 30, 30, amount=30 * length) for length in (900, 1000, 1050)]
    cut = ["120 characters per page, usually 1,000"]
    assert thinned(covered("body", 40, 40, amount=40 * 120), *earlier) == cut
    assert thinned(covered("body", 50, 20, amount=20 * 120), *earlier) == []  # fewer pages: told as that
    assert thinned(covered("body", 40, 40, amount=40 * 510), *earlier) == []
    assert thinned(covered("body", 9, 9, amount=9 * 120), *earlier) == []  # nine short notices
    assert thinned(covered("body", 40, 40, amount=40 * 120), *earlier[:2]) == []
    assert thinned(covered("body", 40, 40), *earlier) == []
    assert thinned(covered("body", 40, 40, amount=40 * 120), *[covered("body", 30, 30)] * 3) == []


def test_crawls_that_met_few_bodies_do_not_say_how_long_one_is() -> None:
    earlier = [covered("body", 30, 30, amount=30 * 900)] * 2 + [covered("body", 2, 2, amount=2 * 900)] * 9
    assert thinned(covered("body", 40, 40, amount=40 * 120), *earlier) == []


def test_lists_that_are_all_empty_are_marked_each() -> None:
    lists = [covered("teasers", 1, 0, "list 22"), covered("teasers", 1, 0, "list 34"), covered("headline", 3, 3)]
    assert [one.fell for one in with_fallen(lists, {("list", "teasers")})] == [True, True, False]
    assert [one.fell for one in with_fallen(lists, {("list 34", "teasers")})] == [False, True, False]


def test_a_strip_that_lost_most_of_its_cities_is_missed() -> None:
    earlier = [covered("cities", 8, 8, "strip", amount=128)] * 3
    now = covered("cities", 8, 8, "strip", amount=8)
    assert thinned(now, *earlier) == ["1 cities per page, usually 16"]


def test_what_may_be_missing_is_not_missed() -> None:
    earlier = EarlierCrawls(coverage={("article", "headline"): [covered("headline", 9, 9)] * 3})
    assert falls([covered("headline", 9, 1)], earlier, 0.5, {"article headline"}) == []
    assert falls([covered("headline", 9, 1)], earlier, 0.5, {"article images"}) != []
    assert falls([covered("headline", 9, 1)], earlier, 0.0) == []
    assert falls([covered("headline", 99, 1)], EarlierCrawls(), 0.0) == []


def test_names_the_figures_the_selectors_and_the_page() -> None:
    [fall] = falls(
        [covered("headline", 9, 1)],
        EarlierCrawls(coverage={("article", "headline"): [covered("headline", 9, 9)] * 9}),
        0.5,
    )
    told = fall.describe("rejected/newsasia.kr/article-1-a.html.gz")
    assert "article headline found on 1 of 9 pages, usually 100%" in told
    assert ".art_top h2" in told
    assert "a page that shows it is kept in rejected/newsasia.kr/article-1-a.html.gz" in told


def test_looks_for_what_it_says_it_looks_for() -> None:
    pages = {"served", "readable", "answer"}
    assert [field.name for field in FIELDS if not field.selectors and field.name not in pages] == []
    assert len({(field.part, field.name) for field in FIELDS}) == len(FIELDS)
