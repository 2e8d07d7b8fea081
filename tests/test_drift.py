"""A layout that changes is told by the very next crawl, with what is no longer found and a page that shows it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from psycopg import Connection

from pipelines.coverage import FIELDS
from pipelines.drift import falls
from pipelines.record import FieldCoverage
from tests.conftest import Scrapy
from tests.site import Fault, ReplicaSite, serve

SUBHEADLINE = ("article", "subheadline")


def covered(field: str, pages: int, found: int, part: str = "article") -> FieldCoverage:
    return FieldCoverage(part=part, field=field, pages=pages, found=found)


def fallen(now: FieldCoverage, *earlier: FieldCoverage) -> list[tuple[str, float, bool]]:
    found = falls([now], {(now.part, now.field): earlier}, 0.5)
    return [(fall.field.name, fall.expected, fall.is_first) for fall in found]


@pytest.mark.parametrize(
    ("pages", "found", "is_fallen"),
    [(12, 0, True), (12, 3, False), (100, 29, True), (100, 31, False), (3, 0, False), (5000, 1400, True)],
)
def test_falls_below_half_of_what_is_usual_and_not_by_chance(pages: int, found: int, is_fallen: bool) -> None:
    earlier = [covered("subheadline", 50, number) for number in (20, 30, 45)]
    now = covered("subheadline", pages, found)
    assert fallen(now, *earlier) == ([("subheadline", 0.6, False)] if is_fallen else [])


def test_what_every_page_has_is_missed_on_two_pages_but_not_on_one() -> None:
    earlier = [covered("headline", 3, 3)] * 3
    assert fallen(covered("headline", 2, 0), *earlier) == [("headline", 1.0, False)]
    assert fallen(covered("headline", 1, 0), *earlier) == []


def test_first_crawls_have_bounds_of_their_own() -> None:
    assert fallen(covered("headline", 20, 3), covered("headline", 3, 3)) == [("headline", 0.8, True)]
    assert fallen(covered("subheadline", 20, 0)) == []  # not every paper prints one
    assert fallen(covered("headline", 20, 18)) == []


def test_names_the_figures_the_selectors_and_the_page() -> None:
    [fall] = falls([covered("headline", 9, 1)], {("article", "headline"): [covered("headline", 9, 9)] * 3}, 0.5)
    told = fall.told("rejected/newsasia.kr/article-1-a.html.gz")
    assert "article headline found on 1 of 9 pages, usually 100%" in told
    assert ".art_top h2" in told
    assert "a page that shows it is kept in rejected/newsasia.kr/article-1-a.html.gz" in told


CHANGES = {
    "headline": Fault(kind="layout", pattern=r"<h2>(.*?)</h2>", replacement=r"<h2 class='new'></h2><h9>\1</h9>"),
    "cities": Fault(kind="layout", where=".", pattern="weather_(?:box|slide)", replacement="sky"),
    "conditions": Fault(
        kind="layout", where=".", pattern="맑음|흐림|구름조금|구름많음|박무|연무|비|눈", replacement="-"
    ),
}


@pytest.mark.parametrize("field", CHANGES)
def test_the_next_crawl_after_a_change_of_layout_ends_with_status_5(
    crawl: Scrapy, connection: Connection, data: Path, field: str
) -> None:
    site = ReplicaSite(articles=12, per_page=10)
    with serve(site) as replica:
        for _ in range(3):
            assert crawl(replica.url).status == 0
            site.publish(3)
        replica.faults.append(CHANGES[field])
        run = crawl(replica.url)
        assert run.status == 5, run.last_line
        assert f"{field} found on 0 of" in run.last_line
        assert "usually 100%" in run.last_line or field == "conditions"
        kept = run.last_line.partition("a page that shows it is kept in ")[2].partition(")")[0]
        assert b"<html" in gzip.decompress((data / kept).read_bytes())
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (21,)  # stored all the same
        replica.faults.clear()
        site.publish(3)
        assert crawl(replica.url).status == 0
    query = "SELECT count(*) FROM crawl_coverage AS c JOIN crawls ON id = crawl WHERE found = 0 AND outcome = 'drift'"
    assert connection.execute(query).fetchone()[0] >= 1


def test_a_strip_that_never_changes_is_told(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=5)
    with serve(site) as replica:
        assert crawl(replica.url).status == 0
        connection.execute("UPDATE weather_snapshots SET first_fetched_at = first_fetched_at - interval '80 hours'")
        run = crawl(replica.url)
        assert run.status == 5
        assert "the weather strip has been the same for 3.3 days, 3.0 are allowed" in run.last_line
        assert crawl(replica.url, "-s", "STRIP_FROZEN_AFTER=").status == 0
        assert crawl(replica.url, "-s", "STRIP_FROZEN_AFTER=100h").status == 0


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("STRIP_FROZEN_AFTER=soon", "STRIP_FROZEN_AFTER=soon: write one time above 0"),
        ("COVERAGE_DROP=half", "COVERAGE_DROP=half: write a number from 0"),
        ("COVERAGE_DROP=7", "COVERAGE_DROP=7: write a number from 0"),
    ],
)
def test_says_what_to_write(scrapy: Scrapy, setting: str, told: str) -> None:
    run = scrapy("crawl", "asiatongsin", "-s", setting)
    assert (run.status, told in run.log) == (2, True)


def test_looks_for_what_it_says_it_looks_for() -> None:
    assert all(field.selectors for field in FIELDS)
    assert len({(field.part, field.name) for field in FIELDS}) == len(FIELDS)
