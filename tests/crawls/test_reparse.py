"""Archived pages read again: nothing differs after a crawl, and what does is named and shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from psycopg import Connection

from asiatongsin.html.selectors import Selectors
from asiatongsin.mediaon.article import ArticlePage
from pipelines.reparse.captured import Wanted
from tests.conftest import Scrapy
from tests.reparse_runs import Reread, empty, stored
from tests.samples import present
from tests.site import ReplicaSite, serve
from tests.stored import count, value


@pytest.fixture
def whole() -> ReplicaSite:
    """Everything that can become of an article: read, removed in each form, unreadable."""
    return ReplicaSite(articles=60, removed_every=5, unreadable_every=11, per_page=10)


@pytest.mark.sql
def test_finds_no_difference_after_a_crawl(
    crawl: Scrapy, scrapy: Scrapy, whole: ReplicaSite, connection: Connection, database_url: str
) -> None:
    with serve(whole) as replica:
        crawl(replica.url)
        whole.edit(whole.last_no)
        whole.remove(whole.last_no - 1, "410")
        crawl(replica.url, "-a", f"no={whole.last_no},{whole.last_no - 1},{whole.last_no - 2}")
    before = stored(connection)
    for options in (["--dry-run"], ["--jobs", "2"], ["--jobs", "1"]):
        run = scrapy("reparse", *options, DATABASE_URL=database_url)
        assert (run.status, run.output) == (0, "Nothing differs from what is stored.\n")
        assert "67 captures read again, none differs" in run.last_line  # three controls, one once more
    assert stored(connection) == before
    assert count(connection, "crawls") == 2  # what wrote nothing leaves no row


def test_brings_a_lost_database_back(
    crawl: Scrapy, scrapy: Scrapy, whole: ReplicaSite, connection: Connection, database_url: str
) -> None:
    with serve(whole) as replica:
        crawl(replica.url)
        whole.edit(whole.last_no)
        crawl(replica.url, "-a", f"no={whole.last_no}")
    before = stored(connection)
    empty(connection)
    dry = scrapy("reparse", "--dry-run", DATABASE_URL=database_url)
    assert "61 differ from what is stored, nothing is written" in dry.last_line
    assert stored(connection) == frozenset()
    run = scrapy("reparse", DATABASE_URL=database_url)
    assert (run.status, "61 differ from what is stored, 61 written" in run.last_line) == (0, True)
    assert stored(connection) == before
    query = "SELECT arguments ? 'reparse', outcome, new, spooled FROM crawls"
    [(is_told, outcome, new, spooled)] = connection.execute(query).fetchall()
    assert (is_told, outcome, spooled) == (True, "ok", 0)
    assert new == count(connection, "articles")


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("SECTION", "section"),
        ("SUBHEADLINE", "subheadline"),
        ("META_PUBLISHED", None),
    ],
)
def test_reports_exactly_the_field_whose_selector_changed(
    crawl: Scrapy,
    reread: Reread,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    field: str | None,
) -> None:
    with serve(ReplicaSite(articles=30)) as replica:
        crawl(replica.url)
    monkeypatch.setattr(f"asiatongsin.mediaon.article.{name}", Selectors(".nowhere"))
    expected = value(connection, f"SELECT count({field}) FROM articles") if field else 0
    report = reread()
    assert dict(report.fields) == ({field: expected} if field else {})
    assert report.kinds == {}


def test_a_page_on_which_the_program_fails_does_not_take_its_neighbours_with_it(
    crawl: Scrapy, reread: Reread, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(ReplicaSite(articles=30)) as replica:
        crawl(replica.url)

    def fails_on_one(page: ArticlePage) -> str:
        return "ko" if page.page.no != 100_007 else str(1 / 0)

    monkeypatch.setattr(ArticlePage, "language", property(fails_on_one))
    report = reread()
    [difference] = report.examples
    assert (report.captures, report.differing, difference.kind) == (30, 1, "unreadable")
    assert present(difference.items.rejected).reason == "a fault of the program: ZeroDivisionError: division by zero"


def test_reads_only_what_is_wanted(crawl: Scrapy, reread: Reread, connection: Connection) -> None:
    with serve(ReplicaSite(articles=20)) as replica:
        crawl(replica.url)
    [(site, at)] = connection.execute("SELECT site, fetched_at FROM articles WHERE no = 100010").fetchall()
    day = timedelta(days=1)
    expected = {
        Wanted(no=frozenset({100_003, 100_004, 7})): 2,
        Wanted(since=at): value(connection, "SELECT count(*) FROM articles WHERE fetched_at >= %s", at),
        Wanted(until=at): value(connection, "SELECT count(*) FROM articles WHERE fetched_at <= %s", at),
        Wanted(since=at + day): 0,
        Wanted(until=at - day): 0,
        Wanted(site=site): 20,
        Wanted(site="example.kr"): 0,
    }
    assert {wanted: reread(wanted=wanted).captures for wanted in expected} == expected


def test_the_newest_capture_of_an_article_wins(crawl: Scrapy, reread: Reread, connection: Connection) -> None:
    site = ReplicaSite(articles=3)
    with serve(site) as replica:
        crawl(replica.url)
        first = site.article(100_002).headline
        site.edit(100_002)
        crawl(replica.url, "-a", "no=100002")
    connection.execute("DELETE FROM article_texts WHERE no = 100002")
    assert dict(reread(writes=True).kinds) == {"new article": 2}
    query = "SELECT revision, headline FROM article_revisions WHERE no = 100002 ORDER BY revision"
    second = site.article(100_002).headline
    assert connection.execute(query).fetchall() == [(1, first), (2, second)]
    assert value(connection, "SELECT headline FROM articles WHERE no = 100002") == second
