"""Archived pages read again: what is stored otherwise is mended in its place, and nothing else is touched."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg import Connection

from asiatongsin.html.selectors import Selectors
from tests.conftest import Scrapy
from tests.other_warc import Warc, page_of
from tests.reparse_runs import Reread, empty, stored
from tests.site import ReplicaSite, serve
from tests.stored import count, value


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
        broken.setattr("asiatongsin.mediaon.article.SUBHEADLINE", Selectors(".nowhere"))
        broken.setattr("asiatongsin.mediaon.article.SECTION", Selectors("title"))
        assert reread(writes=True).differing
        assert stored(connection) != right
        assert reread().differing == 0
    assert reread(writes=True).differing
    assert stored(connection) == right  # revisions too: as many as before, with the same texts
    assert reread().differing == 0


@pytest.mark.sql
def test_mends_the_weather_and_the_stories_in_their_place(
    crawl: Scrapy, reread: Reread, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(ReplicaSite(articles=12)) as replica:
        crawl(replica.url)
    right = stored(connection)
    pages = connection.execute("SELECT id, pages, first_fetched_at, last_fetched_at FROM weather_snapshots").fetchall()
    for table in ("weather_strips", "weather_snapshots"):
        connection.execute(f"UPDATE {table} SET readings_hash = repeat('a', 64)")
    connection.execute("UPDATE weather_strips SET temperature_c = -5 WHERE city = '서울'")
    connection.execute(
        "UPDATE shown_teasers"
        " SET blocks = '{nobody printed this}', starts = '{1}', related_nos = '{7}', variants = '{0}'"
    )
    report = reread(writes=True)
    assert dict(report.fields) == {"weather": 12, "related_stories": 11}  # the oldest article shows no other
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
        broken.setattr("asiatongsin.mediaon.article.HEADLINE", Selectors(".nowhere"))
        broken.setattr("asiatongsin.mediaon.article.META_HEADLINE", Selectors(".nowhere"))
        broken.setattr("asiatongsin.mediaon.article.TITLE", Selectors(".nowhere"))
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
    monkeypatch.setattr("asiatongsin.mediaon.article.find_bodies", lambda *_: [])
    assert dict(reread(writes=True).kinds) == {"unreadable": 5}
    assert connection.execute("SELECT * FROM articles ORDER BY no").fetchall() == texts


def test_an_article_that_is_gone_stays_gone_when_a_field_of_it_is_mended(
    crawl: Scrapy, reread: Reread, connection: Connection
) -> None:
    with serve(ReplicaSite(articles=3)) as replica:
        crawl(replica.url)
    connection.execute("UPDATE article_texts SET gone_at = fetched_at + interval '1 day', section = 'wrong'")
    assert dict(reread(writes=True).fields) == {"section": 3}
    assert value(connection, "SELECT count(gone_at) FROM articles") == 3


@pytest.mark.sql
def test_a_copy_of_the_archive_takes_no_place_away_and_the_archive_gives_it_back(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, data: Path, tmp_path: Path, database_url: str
) -> None:
    with serve(ReplicaSite(articles=5)) as replica:
        crawl(replica.url)
    placed = "SELECT no, archive_file, archive_offset, archive_length FROM"
    places = f"{placed} articles UNION ALL {placed} article_revisions ORDER BY no"
    right = connection.execute(places).fetchall()
    assert len(right) == 10
    copied = shutil.copytree(data / "archive", tmp_path / "copy")
    connection.execute("UPDATE article_texts SET section = 'wrong'")
    run = scrapy("reparse", str(copied), DATABASE_URL=database_url)
    assert "5 differ from what is stored, 5 written" in run.last_line
    assert connection.execute(places).fetchall() == right
    connection.execute("UPDATE article_texts SET archive_file = NULL")
    run = scrapy("reparse", DATABASE_URL=database_url)
    assert "5 differ from what is stored, 5 written" in run.last_line
    assert connection.execute(places).fetchall() == right


@pytest.mark.parametrize(
    ("broken", "table"),
    [
        ("asiatongsin.mediaon.article.find_bodies", "rejected_pages"),
        ("asiatongsin.mediaon.reading.removed_form", "removed_articles"),
    ],
)
@pytest.mark.sql
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
        wrong.setattr(broken, lambda *_: [] if table == "rejected_pages" else "404")
        assert reread(writes=True).differing == 5
        assert count(connection, table) == 5
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
