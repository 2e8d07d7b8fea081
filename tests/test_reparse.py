"""Archived pages read again: nothing differs after a crawl, and what does is named, shown and mended."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.settings import Settings

from asiatongsin.html import Selectors
from asiatongsin.pages.article import ArticlePage
from pipelines.database import Database
from pipelines.drain import Drain
from pipelines.record import Outcome
from pipelines.reparse.captured import Wanted
from pipelines.reparse.files import archive_files
from pipelines.reparse.report import Report
from pipelines.reparse.run import Job, Reparse
from pipelines.reparse.writing import Writing
from tests.conftest import Scrapy
from tests.faults import contents
from tests.other_warc import Warc, page_of
from tests.site import ReplicaSite, serve

Reread = Callable[..., Report]


@pytest.fixture
def reread(connection: Connection, data: Path, database_url: str) -> Reread:
    """Reads the archive again in this very process: `reread(writes=True)`."""

    def run(*, writes: bool = False, wanted: Wanted | None = None) -> Report:
        settings = Settings()
        settings.setmodule("asiatongsin.settings")
        job = Job(
            files=archive_files(data, None),
            wanted=wanted or Wanted(),
            data=data,
            jobs=1,
            told=pytest.fail,
            advance=lambda _: None,
        )
        writing = Writing(Drain(Database(database_url, data), data), {}) if writes else None
        reparse = Reparse(job, connection, writing, None)
        report = reparse.run(settings)
        if writing:
            writing.end(Outcome.OK, report.counts())
        return report

    return run


def stored(connection: Connection) -> frozenset[str]:
    return contents.rows(connection)


def empty(connection: Connection) -> None:
    connection.execute(
        "TRUNCATE articles, weather_snapshots, crawls, rejected_pages, removed_articles RESTART IDENTITY CASCADE"
    )


@pytest.fixture
def whole() -> ReplicaSite:
    """Everything that can become of an article: read, removed in each form, unreadable."""
    return ReplicaSite(articles=60, removed_every=5, unreadable_every=11, per_page=10)


def test_finds_no_difference_after_a_crawl(
    crawl: Scrapy, scrapy: Scrapy, whole: ReplicaSite, connection: Connection, database_url: str
) -> None:
    with serve(whole) as replica:
        crawl(replica.url)
        whole.edit(whole.last_no)
        whole.remove(whole.last_no - 1, "410")
        crawl(replica.url, "-a", f"no={whole.last_no},{whole.last_no - 1},{whole.last_no - 2}")
    before = stored(connection)
    for options in (["--dry-run"], [], ["--jobs", "1"]):
        run = scrapy("reparse", *options, DATABASE_URL=database_url)
        assert (run.status, run.output) == (0, "Nothing differs from what is stored.\n")
        assert "67 captures read again, none differs" in run.last_line  # three controls, one once more
    assert stored(connection) == before
    assert connection.execute("SELECT count(*) FROM crawls").fetchone() == (2,)  # what wrote nothing leaves no row


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
    assert new == connection.execute("SELECT count(*) FROM articles").fetchone()[0]


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
    monkeypatch.setattr(f"asiatongsin.pages.article.{name}", Selectors(".nowhere"))
    expected = connection.execute(f"SELECT count({field}) FROM articles").fetchone()[0] if field else 0
    report = reread()
    assert dict(report.fields) == ({field: expected} if field else {})
    assert report.kinds == {}


def test_what_it_mends_differs_no_more(
    crawl: Scrapy, reread: Reread, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = ReplicaSite(articles=20)
    with serve(site) as replica:
        crawl(replica.url)
        site.edit(100_003)
        crawl(replica.url, "-a", "no=100003,100004")
    right = stored(connection)
    with monkeypatch.context() as broken:
        broken.setattr("asiatongsin.pages.article.SUBHEADLINE", Selectors(".nowhere"))
        broken.setattr("asiatongsin.pages.article.SECTION", Selectors("title"))
        assert reread(writes=True).differing
        assert stored(connection) != right
        assert reread().differing == 0
    assert reread(writes=True).differing
    assert stored(connection) == right  # revisions too: as many as before, with the same texts
    assert reread().differing == 0


def test_mends_the_weather_and_the_stories_in_their_place(
    crawl: Scrapy, reread: Reread, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(ReplicaSite(articles=12)) as replica:
        crawl(replica.url)
    right = stored(connection)
    pages = connection.execute("SELECT id, pages, first_fetched_at, last_fetched_at FROM weather_snapshots").fetchall()
    connection.execute("UPDATE weather_readings SET temperature_c = -5 WHERE city = '서울'")
    connection.execute("UPDATE weather_snapshots SET readings_hash = repeat('a', 64)")
    connection.execute("DELETE FROM related_stories WHERE position = 1")
    connection.execute(
        "INSERT INTO related_stories (site, no, block, position, related_no, fetched_at)"
        " SELECT site, no, 'nobody printed this', 1, 7, fetched_at FROM articles"
    )
    report = reread(writes=True)
    assert dict(report.fields) == {"weather": 12, "related_stories": 12}
    assert stored(connection) == right
    query = "SELECT id, pages, first_fetched_at, last_fetched_at FROM weather_snapshots"
    assert connection.execute(query).fetchall() == pages


def test_reads_what_could_not_be_read_when_it_was_fetched(
    crawl: Scrapy, reread: Reread, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = ReplicaSite(articles=20)
    with serve(site) as replica:
        crawl(replica.url)
    right = stored(connection)
    with monkeypatch.context() as broken:
        broken.setattr("asiatongsin.pages.article.HEADLINE", Selectors(".nowhere"))
        broken.setattr("asiatongsin.pages.article.META_HEADLINE", Selectors(".nowhere"))
        broken.setattr("asiatongsin.pages.article.TITLE", Selectors(".nowhere"))
        empty(connection)
        assert dict(reread(writes=True).kinds) == {"unreadable": 20}
        assert reread().differing == 0
        assert connection.execute("SELECT count(*), count(archive_file) FROM rejected_pages").fetchall() == [(20, 20)]
    assert dict(reread(writes=True).kinds) == {"new article": 20}
    assert stored(connection) == right


def test_says_so_when_stored_articles_cannot_be_read_any_more_and_keeps_their_text(
    crawl: Scrapy, reread: Reread, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(ReplicaSite(articles=5)) as replica:
        crawl(replica.url)
    texts = connection.execute("SELECT * FROM articles ORDER BY no").fetchall()
    monkeypatch.setattr("asiatongsin.pages.article.find_body", lambda tree: None)
    assert dict(reread(writes=True).kinds) == {"unreadable": 5}
    assert connection.execute("SELECT * FROM articles ORDER BY no").fetchall() == texts


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
    assert difference.items.rejected.reason == "a fault of the program: ZeroDivisionError: division by zero"


def test_reads_only_what_is_wanted(crawl: Scrapy, reread: Reread, connection: Connection) -> None:
    with serve(ReplicaSite(articles=20)) as replica:
        crawl(replica.url)
    [(site, at)] = connection.execute("SELECT site, fetched_at FROM articles WHERE no = 100010").fetchall()
    day = timedelta(days=1)
    expected = {
        Wanted(no=frozenset({100_003, 100_004, 7})): 2,
        Wanted(since=at): connection.execute("SELECT count(*) FROM articles WHERE fetched_at >= %s", [at]).fetchone()[
            0
        ],
        Wanted(until=at): connection.execute("SELECT count(*) FROM articles WHERE fetched_at <= %s", [at]).fetchone()[
            0
        ],
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
    connection.execute("DELETE FROM articles WHERE no = 100002")
    assert dict(reread(writes=True).kinds) == {"new article": 2}
    query = "SELECT revision, headline FROM article_revisions WHERE no = 100002 ORDER BY revision"
    second = site.article(100_002).headline
    assert connection.execute(query).fetchall() == [(1, first), (2, second)]
    assert connection.execute("SELECT headline FROM articles WHERE no = 100002").fetchone() == (second,)


def test_an_article_that_is_gone_stays_gone_when_a_field_of_it_is_mended(
    crawl: Scrapy, reread: Reread, connection: Connection
) -> None:
    with serve(ReplicaSite(articles=3)) as replica:
        crawl(replica.url)
    connection.execute("UPDATE articles SET gone_at = fetched_at + interval '1 day', section = 'wrong'")
    assert dict(reread(writes=True).fields) == {"section": 3}
    assert connection.execute("SELECT count(gone_at) FROM articles").fetchone() == (3,)


def test_a_copy_of_the_archive_takes_no_place_away_and_the_archive_gives_it_back(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, data: Path, tmp_path: Path, database_url: str
) -> None:
    with serve(ReplicaSite(articles=5)) as replica:
        crawl(replica.url)
    places = "SELECT no, archive_file, archive_offset, archive_length, payload_digest FROM articles ORDER BY no"
    right = connection.execute(places).fetchall()
    copied = shutil.copytree(data / "archive", tmp_path / "copy")
    connection.execute("UPDATE articles SET section = 'wrong'")
    run = scrapy("reparse", str(copied), DATABASE_URL=database_url)
    assert "5 differ from what is stored, 5 written" in run.last_line
    assert connection.execute(places).fetchall() == right
    connection.execute("UPDATE articles SET archive_file = NULL")
    run = scrapy("reparse", DATABASE_URL=database_url)
    assert "5 differ from what is stored, 5 written" in run.last_line
    assert connection.execute(places).fetchall() == right


@pytest.mark.parametrize(
    ("broken", "table"),
    [
        ("asiatongsin.pages.article.find_body", "rejected_pages"),
        ("pipelines.split.removed_form", "removed_articles"),
    ],
)
def test_takes_away_what_was_noted_of_captures_that_are_well(
    crawl: Scrapy,
    reread: Reread,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
    table: str,
) -> None:
    with serve(ReplicaSite(articles=5)) as replica:
        crawl(replica.url)
    right = stored(connection)
    with monkeypatch.context() as wrong:
        wrong.setattr(broken, lambda page: None if table == "rejected_pages" else "404")
        assert reread(writes=True).differing == 5
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (5,)
    assert dict(reread(writes=True).kinds) == {"noted as unreadable or removed, and is neither": 5}
    assert stored(connection) == right
    assert reread().differing == 0


def test_counts_each_removal_of_one_batch(crawl: Scrapy, reread: Reread, connection: Connection) -> None:
    site = ReplicaSite(articles=5)
    site.remove(100_003, "404")
    with serve(site) as replica:
        for _ in range(3):
            crawl(replica.url, "-a", "no=100003")
    sightings = "SELECT no, sightings, first_seen_at, last_seen_at FROM removed_articles"
    right = connection.execute(sightings).fetchall()
    assert right[0][1] == 3
    empty(connection)
    reread(writes=True)
    assert connection.execute(sightings).fetchall() == right
    assert reread().differing == 0


def test_a_strip_of_another_capture_takes_the_place_of_none(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, tmp_path: Path, database_url: str
) -> None:
    """Of the same time, out of somebody else's file: caches of a site show two strips by turns."""
    with serve(ReplicaSite(articles=5)) as replica:
        crawl(replica.url)
        readings = "SELECT array_agg(temperature_c ORDER BY position) FROM weather_readings GROUP BY snapshot_id"
        own = connection.execute(readings).fetchall()
        connection.execute(
            "UPDATE weather_snapshots SET first_fetched_at = '2025-01-01', last_fetched_at = '2026-12-31'"
        )
        warc = Warc(tmp_path / "a.warc.gz")
        other = ReplicaSite(articles=6, now=datetime(2025, 6, 1, 12, tzinfo=UTC))
        warc.add(f"{replica.url}/news/article.html?no=100006", page_of(other, 100_006), at="2025-10-05T00:52:07Z")
    assert scrapy("reparse", str(warc.close()), DATABASE_URL=database_url).status == 0
    found = connection.execute(readings).fetchall()
    assert len(found) == 2
    assert own[0] in found
    assert "none differs" in scrapy("reparse", str(warc.path), DATABASE_URL=database_url).last_line
