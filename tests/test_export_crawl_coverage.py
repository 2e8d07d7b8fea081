"""The table `crawl_coverage`: what crawls found on their pages, for those that come after them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from pipelines.crawl_record import CoverageBounds, CrawlRecord, FieldCoverage
from pipelines.database.migrate import migrate, migrations
from pipelines.exporters import crawl_coverage, crawls
from tests.samples import SITE, later, record


def crawl(identity: str, found: int, part: str = "article", **changes: Any) -> CrawlRecord:
    coverage = (FieldCoverage(part=part, field="headline", pages=9, found=found),)
    given = {"started_at": later(0), "finished_at": later(1), "outcome": "ok", "coverage": coverage}
    return record(identity, **given | changes)


def shares(connection: Connection, now: CrawlRecord) -> list[int]:
    keys = [(one.part, one.field) for one in now.coverage]
    found = crawl_coverage.before(connection, now.site, now.id, now.arguments, keys)
    return [one.found for fields in found.values() for one in fields]


def test_compares_with_the_last_crawls_of_the_site_newest_first(connection: Connection) -> None:
    for number in range(1, 4):
        crawls.write(connection, crawl(f"well {number}", number))
    crawls.write(connection, crawl("waits", 4, outcome="spooled"))
    for outcome in ("error", "unreachable"):  # no measure of what is usual
        crawls.write(connection, crawl(outcome, 0, outcome=outcome))
    crawls.write(connection, crawl("drift of something else", 8, outcome="drift"))
    met(connection, "drift", HEADLINE, fell=True, outcome="drift")
    crawls.write(connection, crawl("by number", 0, arguments={"no": "1"}))
    crawls.write(connection, crawl("elsewhere", 5, site="example.kr"))
    crawls.write(connection, crawl("strip", 6, part="strip"))
    now = crawl("now", 7)
    crawls.write(connection, now)
    assert shares(connection, now) == [8, 4, 3, 2, 1]


def test_compares_crawls_of_some_sections_and_of_whole_lists_with_their_like(connection: Connection) -> None:
    kinds: list[dict[str, str]] = [{}, {"sections": "22"}, {"sections": "22,34"}, {"full": "1"}]
    for number, arguments in enumerate(kinds):
        crawls.write(connection, crawl(f"a {number}", number, arguments=arguments))
    assert [shares(connection, crawl("now", 9, arguments=arguments)) for arguments in kinds] == [[0], [1], [2], [3]]
    assert shares(connection, crawl("now", 9, arguments={"pages": "3"})) == [0]


def test_compares_with_a_bounded_number_of_the_latest(connection: Connection) -> None:
    for number in range(210):
        crawls.write(connection, crawl(f"{number:03d}", number % 9, part="list 22" if number % 9 else "strip"))
    assert len(shares(connection, crawl("now", 0, part="list 22"))) == crawl_coverage.EARLIER_LISTS
    assert len(shares(connection, crawl("now", 0, part="strip"))) == 24


def test_writes_the_same_record_twice_as_once(connection: Connection) -> None:
    for found in (3, 4):
        crawls.write(connection, crawl("a", found))
    assert connection.execute("SELECT crawl, pages, found FROM crawl_coverage").fetchall() == [("a", 9, 4)]


def met(connection: Connection, identity: str, *keys: tuple[str, str], fell: bool = False, **changes: Any) -> None:
    """A crawl that came across these fields."""
    coverage = tuple(FieldCoverage(part=part, field=field, pages=9, found=0, fell=fell) for part, field in keys)
    crawls.write(connection, crawl(identity, 0, coverage=coverage, **changes))


HEADLINE, CITIES, LIST = ("article", "headline"), ("strip", "cities"), ("list 22", "teasers")


def test_what_fell_stays_fallen_until_a_crawl_comes_across_it(connection: Connection) -> None:
    met(connection, "1", HEADLINE, CITIES, LIST)
    assert crawl_coverage.fallen(connection, SITE) == frozenset()
    met(connection, "2", HEADLINE, CITIES, fell=True, outcome="drift")
    assert crawl_coverage.fallen(connection, SITE) == {HEADLINE, CITIES}
    assert crawl_coverage.fallen(connection, "example.kr") == frozenset()
    met(connection, "3", CITIES)  # nothing new on the site: no article page
    met(connection, "4", HEADLINE, site="example.kr")
    for outcome in ("error", "unreachable"):  # nobody looked at what they found
        met(connection, outcome, HEADLINE, outcome=outcome)
    met(connection, "by number", HEADLINE, arguments={"no": "1"})
    met(connection, "of a desk", HEADLINE, arguments={"sections": "22"})
    assert crawl_coverage.fallen(connection, SITE) == {HEADLINE}
    met(connection, "5", HEADLINE)
    assert crawl_coverage.fallen(connection, SITE) == frozenset()
    met(connection, "6", HEADLINE, fell=True)
    assert crawl_coverage.fallen(connection, SITE) == {HEADLINE}


def test_what_fell_is_mended_by_its_own_kind_of_crawl_or_by_others_where_that_is_asked_no_more(
    connection: Connection,
) -> None:
    of_22, of_34, lately = {"sections": "22"}, {"sections": "34"}, datetime.now(UTC)
    met(connection, "1 fell", HEADLINE, fell=True, arguments=of_22, started_at=lately)
    for number in (1, 2, 3):  # 27 pages
        met(connection, f"{number} of others", HEADLINE, arguments=of_34 if number == 1 else {})
    assert crawl_coverage.fallen(connection, SITE) == {HEADLINE}
    connection.execute("UPDATE crawls SET started_at = started_at - interval '3 days' WHERE id = '1 fell'")
    assert crawl_coverage.fallen(connection, SITE) == frozenset()
    met(connection, "2 fell", HEADLINE, fell=True, arguments=of_22, started_at=lately)
    assert crawl_coverage.fallen(connection, SITE) == {HEADLINE}
    met(connection, "2 mended", HEADLINE, arguments=of_22, started_at=lately)
    assert crawl_coverage.fallen(connection, SITE) == frozenset()


def test_two_pages_mend_nothing_and_three_do(connection: Connection) -> None:
    met(connection, "fell", HEADLINE, CITIES, fell=True)
    for number in (1, 2):
        one = FieldCoverage(part="article", field="headline", pages=1, found=1)
        crawls.write(connection, crawl(f"{number}", 0, coverage=(one, replace(one, part="strip", field="cities"))))
    assert crawl_coverage.fallen(connection, SITE) == {HEADLINE}
    crawls.write(connection, crawl("3", 0, coverage=(one,)))
    assert crawl_coverage.fallen(connection, SITE) == frozenset()


def test_a_crawl_that_no_database_could_be_asked_about_is_judged_as_it_is_stored(connection: Connection) -> None:
    for number in range(5):
        crawls.write(connection, crawl(f"{number}", 9))
    bounds = CoverageBounds(drop=0.5)
    ignoring = replace(bounds, ignored=("article headline",))
    for changes, fell in (
        ({"outcome": "spooled"}, True),
        ({"outcome": "spooled", "to_compare": None}, False),  # it was compared
        ({"outcome": "spooled", "to_compare": ignoring}, False),
        ({"outcome": "unreachable"}, False),
        ({"outcome": "spooled", "arguments": {"no": "1"}}, False),
    ):
        broken = crawl("broken", 0, **{"to_compare": bounds} | changes)
        assert [one.fell for one in crawl_coverage.compared(connection, broken).coverage] == [fell], changes


def test_the_list_of_a_section_that_left_the_menu_is_missed_no_longer(connection: Connection) -> None:
    met(connection, "1", LIST, fell=True)
    other = ("list 34", "teasers")
    met(connection, "2", other, arguments={"sections": "34"})
    met(connection, "3", CITIES)
    assert crawl_coverage.fallen(connection, SITE) == {LIST}
    met(connection, "4 was stopped", other, statistics={"finish_reason": "shutdown"})
    met(connection, "5 did not get it", other, ("list 22", "answer"), statistics={"finish_reason": "finished"})
    assert crawl_coverage.fallen(connection, SITE) == {LIST}
    met(connection, "6", other, statistics={"finish_reason": "finished"})
    assert crawl_coverage.fallen(connection, SITE) == frozenset()


def test_what_was_stored_before_an_upgrade_is_compared_with(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrations()
    with psycopg.connect(empty_database_url, autocommit=True) as old:
        with monkeypatch.context() as past:
            past.setattr("pipelines.database.migrate.migrations", lambda: known[:9])
            migrate(old)
        for found in (3, 9):
            crawls.write(old, crawl(f"crawl {found}", found, coverage=()))
            values = [f"crawl {found}", found]
            old.execute("INSERT INTO crawl_coverage VALUES (%s, 'article', 'headline', 9, %s)", values)
        migrate(old)
        assert shares(old, crawl("now", 0)) == [9, 3]
