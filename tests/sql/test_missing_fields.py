"""The table `missing_fields`: what fell, until it is found again on enough pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from psycopg import Connection

from pipelines.crawl_record import CoverageBounds, CrawlRecord, FieldCoverage
from pipelines.exporters import crawls, missing_fields
from pipelines.queries import coverage_history
from pipelines.verdict.when_stored import compare_with_earlier, judge_and_store
from tests.samples import SITE, later, record
from tests.stored import rows

HEADLINE, CITIES, LIST = ("article", "headline"), ("strip", "cities"), ("list 22", "teasers")


def crawl(identity: str, *coverage: FieldCoverage, **changes: Any) -> CrawlRecord:
    given = {"started_at": later(0), "finished_at": later(1), "outcome": "ok", "coverage": coverage}
    return record(identity, **given | changes)


def met(connection: Connection, identity: str, *keys: tuple[str, str], fell: bool = False, **changes: Any) -> None:
    """A crawl that came across these fields."""
    coverage = tuple(FieldCoverage(part=part, field=field, pages=9, found=0, fell=fell) for part, field in keys)
    judge_and_store(connection, crawl(identity, *coverage, **changes))


def test_what_fell_stays_fallen_until_a_crawl_comes_across_it(connection: Connection) -> None:
    met(connection, "1", HEADLINE, CITIES, LIST)
    assert coverage_history.fallen_fields(connection, SITE) == frozenset()
    met(connection, "2", HEADLINE, CITIES, fell=True, outcome="drift")
    assert coverage_history.fallen_fields(connection, SITE) == {HEADLINE, CITIES}
    assert coverage_history.fallen_fields(connection, "example.kr") == frozenset()
    met(connection, "3", CITIES)  # nothing new on the site: no article page
    met(connection, "4", HEADLINE, site="example.kr")
    for outcome in ("error", "unreachable"):  # nobody looked at what they found
        met(connection, outcome, HEADLINE, outcome=outcome)
    met(connection, "by number", HEADLINE, arguments={"no": "1"})
    met(connection, "of a desk", HEADLINE, arguments={"sections": "22"})
    assert coverage_history.fallen_fields(connection, SITE) == {HEADLINE}
    met(connection, "5", HEADLINE)
    assert coverage_history.fallen_fields(connection, SITE) == frozenset()
    met(connection, "6", HEADLINE, fell=True)
    assert coverage_history.fallen_fields(connection, SITE) == {HEADLINE}


def test_what_fell_is_found_again_by_crawls_of_its_scope_and_by_others_two_days_after_the_last_of_those(
    connection: Connection,
) -> None:
    of_22, days = {"sections": "22"}, 24 * 60
    met(connection, "fell", HEADLINE, fell=True, arguments=of_22)
    met(connection, "of other sections", HEADLINE, arguments={"sections": "34"})
    met(connection, "within two days", HEADLINE, started_at=later(1.9 * days), finished_at=later(2 * days))
    assert coverage_history.fallen_fields(connection, SITE) == {HEADLINE}
    met(connection, "after two days", HEADLINE, started_at=later(2.1 * days), finished_at=later(3 * days))
    assert coverage_history.fallen_fields(connection, SITE) == frozenset()
    met(connection, "fell again", HEADLINE, fell=True, arguments=of_22)
    assert coverage_history.fallen_fields(connection, SITE) == {HEADLINE}
    met(connection, "of its scope", HEADLINE, arguments=of_22)
    assert coverage_history.fallen_fields(connection, SITE) == frozenset()


def test_two_article_pages_are_too_few_and_three_are_enough(connection: Connection) -> None:
    met(connection, "fell", HEADLINE, CITIES, fell=True)
    one = FieldCoverage(part="article", field="headline", pages=1, found=1)
    for number in (1, 2):
        found = crawl(f"{number}", one, replace(one, part="strip", field="cities"))
        for _ in range(2):  # the connection broke, and nobody knows whether it was stored
            judge_and_store(connection, found)
    assert coverage_history.fallen_fields(connection, SITE) == {HEADLINE}
    judge_and_store(connection, crawl("3", one))
    assert coverage_history.fallen_fields(connection, SITE) == frozenset()


def test_a_crawl_that_began_before_and_is_stored_after_finds_nothing_again(connection: Connection) -> None:
    began = crawl("began before", finished_at=None, outcome=None)
    crawls.write(connection, began)
    met(connection, "fell", HEADLINE, fell=True)
    met(connection, "began before", HEADLINE)
    assert coverage_history.fallen_fields(connection, SITE) == {HEADLINE}


def test_a_fall_that_is_stored_late_does_not_bring_back_what_later_crawls_found(connection: Connection) -> None:
    waits = crawl("1 waits", finished_at=None, outcome=None)
    crawls.write(connection, waits)  # its row is there from its beginning, its pages are in the spool
    met(connection, "2", HEADLINE)
    met(connection, "3 of others", CITIES, arguments={"sections": "22"})
    met(connection, "1 waits", HEADLINE, CITIES, fell=True)
    assert coverage_history.fallen_fields(connection, SITE) == {CITIES}


def test_a_field_that_archived_pages_have_again_is_removed_alone(connection: Connection) -> None:
    met(connection, "fell", HEADLINE, CITIES, fell=True)
    met(connection, "elsewhere", HEADLINE, fell=True, site="example.kr")
    assert not missing_fields.remove(connection, SITE, HEADLINE, pages=2)
    assert missing_fields.remove(connection, SITE, HEADLINE, pages=3)
    assert coverage_history.fallen_fields(connection, SITE) == {CITIES}
    assert coverage_history.fallen_fields(connection, "example.kr") == {HEADLINE}


def test_keeps_since_when_and_the_figures_of_the_last_crawl_that_looked(connection: Connection) -> None:
    body = FieldCoverage(part="article", field="body", pages=30, found=30, amount=30_000)
    for number in range(3):
        judge_and_store(connection, crawl(f"well {number}", body))
    less = replace(body, found=10, amount=1000, fell=True)
    judge_and_store(connection, crawl("first", less, outcome="drift", started_at=later(10), finished_at=later(11)))
    query = "SELECT part, field, scope, since, crawl, pages, found, amount, usual_share, usual_mean, found_again"
    assert rows(connection, f"{query} FROM missing_fields") == [
        ("article", "body", "all", later(10), "first", 30, 10, 1000, 1.0, 1000.0, 0)
    ]
    judge_and_store(connection, crawl("found on two", replace(body, pages=2, found=2, amount=1800)))
    judge_and_store(connection, crawl("by number", body, arguments={"no": "1"}))
    assert rows(connection, f"{query} FROM missing_fields") == [
        ("article", "body", "all", later(10), "found on two", 2, 2, 1800, 1.0, 1000.0, 2)
    ]
    judge_and_store(connection, crawl("again", replace(less, found=8, amount=800), outcome="drift"))
    assert rows(connection, f"{query} FROM missing_fields") == [
        ("article", "body", "all", later(10), "again", 30, 8, 800, 1.0, 1000.0, 0)
    ]


def test_a_crawl_that_no_database_could_be_asked_about_is_judged_as_it_is_stored(connection: Connection) -> None:
    headline = FieldCoverage(part="article", field="headline", pages=9, found=9)
    for number in range(7):
        judge_and_store(connection, crawl(f"{number}", headline))
    bounds = CoverageBounds(drop=0.5)
    ignoring = replace(bounds, ignored=("article headline",))
    for changes, fell in (
        ({"outcome": "spooled"}, True),
        ({"outcome": "spooled", "to_compare": None}, False),  # it was compared
        ({"outcome": "spooled", "to_compare": ignoring}, False),
        ({"outcome": "unreachable"}, False),
        ({"outcome": "spooled", "arguments": {"no": "1"}}, False),
    ):
        broken = crawl("broken", replace(headline, found=0), **{"to_compare": bounds} | changes)
        assert [one.fell for one in compare_with_earlier(connection, broken).coverage] == [fell], changes


def test_the_list_of_a_section_that_left_the_menu_is_missed_no_longer(connection: Connection) -> None:
    met(connection, "1", LIST, fell=True)
    other = ("list 34", "teasers")
    met(connection, "2", other, arguments={"sections": "34"})
    met(connection, "3", CITIES)
    assert coverage_history.fallen_fields(connection, SITE) == {LIST}
    met(connection, "4 was stopped", other, statistics={"finish_reason": "shutdown"})
    met(connection, "5 did not get it", other, ("list 22", "answer"), statistics={"finish_reason": "finished"})
    assert coverage_history.fallen_fields(connection, SITE) == {LIST}
    met(connection, "6", other, statistics={"finish_reason": "finished"})
    assert coverage_history.fallen_fields(connection, SITE) == frozenset()
