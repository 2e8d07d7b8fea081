"""The table `coverage_counts` and its view `crawl_coverage`: what crawls found, for those that come after them."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from pipelines.crawl_record import CrawlRecord, FieldCoverage
from pipelines.exporters import crawls
from pipelines.queries import coverage_history
from tests.samples import later, record
from tests.stored import count, rows


def crawl(identity: str, found: int, part: str = "article", **changes: Any) -> CrawlRecord:
    coverage = (FieldCoverage(part=part, field="headline", pages=9, found=found),)
    given = {"started_at": later(0), "finished_at": later(1), "outcome": "ok", "coverage": coverage}
    return record(identity, **given | changes)


def shares(connection: Connection, now: CrawlRecord) -> list[int]:
    keys = [(one.part, one.field) for one in now.coverage]
    found = coverage_history.found_before(connection, now.site, now.scope, keys, except_crawl=now.id)
    return [one.found for fields in found.values() for one in fields]


def test_compares_with_the_last_crawls_of_the_site_newest_first(connection: Connection) -> None:
    for number in range(1, 4):
        crawls.write(connection, crawl(f"well {number}", number))
    crawls.write(connection, crawl("waits", 4, outcome="spooled"))
    for outcome in ("error", "unreachable"):  # no measure of what is usual
        crawls.write(connection, crawl(outcome, 0, outcome=outcome))
    crawls.write(connection, crawl("drift of something else", 8, outcome="drift"))
    fell = FieldCoverage(part="article", field="headline", pages=9, found=0, fell=True)
    crawls.write(connection, crawl("drift", 0, coverage=(fell,), outcome="drift"))
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
    assert len(shares(connection, crawl("now", 0, part="list 22"))) == coverage_history.EARLIER_CRAWLS_OF_LIST
    assert len(shares(connection, crawl("now", 0, part="strip"))) == 24


def test_writes_the_same_record_twice_as_once(connection: Connection) -> None:
    for found in (3, 4):
        crawls.write(connection, crawl("a", found))
    assert connection.execute("SELECT crawl, pages, found FROM crawl_coverage").fetchall() == [("a", 9, 4)]


def test_crawls_that_found_the_same_share_its_row(connection: Connection) -> None:
    lists = (
        FieldCoverage(part="list 22", field="teasers", pages=1, found=1, amount=20),
        FieldCoverage(part="strip", field="cities", pages=3, found=3, amount=48),
    )
    read = FieldCoverage(part="article", field="headline", pages=2, found=1)
    for number in range(5):
        crawls.write(connection, crawl(f"{number}", 0, coverage=lists[:: 1 if number % 2 else -1]))
    crawls.write(connection, crawl("news", 0, coverage=(*lists, read)))
    assert rows(connection, "SELECT fields FROM coverage_counts ORDER BY fields") == [
        (["article headline"],),
        (["list 22 teasers", "strip cities"],),
    ]
    assert count(connection, "crawl_coverage") == 5 * 2 + 3
    query = "SELECT part, field, pages, found, amount, fell FROM crawl_coverage WHERE crawl = 'news' ORDER BY part"
    assert rows(connection, query) == [
        ("article", "headline", 2, 1, None, False),
        ("list 22", "teasers", 1, 1, 20, False),
        ("strip", "cities", 3, 3, 48, False),
    ]
