"""Whole crawls of the replica: the command in its own process, a real server on either side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from psycopg import Connection

from tests.conftest import Scrapy
from tests.site import REMOVED_FORMS, Fault, ReplicaSite, serve
from tests.stored import count, numbers, rows

TABLES = (
    "articles",
    "article_images",
    "weather_snapshots",
    "weather_readings",
    "weather_stations",
    "related_stories",
    "crawls",
    "rejected_pages",
)

OLDER_LAYOUT = Fault(kind="layout", where=r"^/\?", pattern="section_list_all", replacement="section_type2")


@pytest.mark.sql
def test_fills_all_tables_and_stores_every_article(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=70, per_page=10)
    site.break_page(100_030)
    with serve(site) as replica:
        run = crawl(replica.url)
    assert run.status == 0, run.log
    assert set(numbers(connection)) == set(site.numbers()) - {100_030}
    assert [table for table in TABLES if not count(connection, table)] == []


def test_stores_exactly_what_the_site_says(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=40, seed=7)
    with serve(site) as replica:
        assert crawl(replica.url).status == 0
        query = """SELECT no, section, headline, subheadline, reporter, reporter_email, published_at, modified_at, body
            FROM articles"""
        stored = {row[0]: row[1:] for row in connection.execute(query)}
        stories = set(connection.execute("SELECT no, block, position, related_no, title, lead FROM related_stories"))
        images = {
            (no, position, url.removeprefix(replica.url).removeprefix("http://www.newsasia.kr"), caption)
            for no, position, url, caption in connection.execute(
                "SELECT no, position, url, caption FROM article_images"
            )
        }
    for article in map(site.article, site.numbers()):
        assert stored[article.no] == (
            article.section,
            article.headline,
            article.subheadline,
            article.reporter,
            article.reporter_email,
            article.published_at,
            article.modified_at,
            "\n\n".join(article.paragraphs) or None,
        )
        assert {(article.no, s.block, s.position, s.no, s.title, s.lead) for s in article.related} <= stories
        assert {(article.no, i, path, caption) for i, (path, caption) in enumerate(article.images, 1)} <= images
    assert len(stories) == sum(len(site.article(no).related) for no in site.numbers())
    assert len(images) == sum(len(site.article(no).images) for no in site.numbers())


def test_downloads_each_article_once_although_several_lists_show_it(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=50, per_page=10)) as replica:
        crawl(replica.url)
        asked = [request.query for request in replica.article_requests()]
    assert len(asked) == len(set(asked)) == 50


def test_fetches_newest_first(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=60, per_page=5)) as replica:
        crawl(replica.url, "-a", "sections=34")
        asked = [int(request.query.partition("no=")[2]) for request in replica.article_requests()]
    assert asked == sorted(asked, reverse=True)


def test_stops_at_the_last_page_that_the_site_repeats_for_ever(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=30, per_page=10)) as replica:
        crawl(replica.url, "-a", "sections=all", "-a", "full=1")  # an unknown section gives the list of all
        asked = [request.query for request in replica.list_requests()]
        assert asked == [f"page={page}" for page in (1, 2, 3, 4, 1)]  # the end, and that nothing moved meanwhile


def test_walks_a_section_once_that_the_menu_names_twice(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=10)) as replica:
        crawl(replica.url, "-a", "pages=1")
        asked = [(request.path, request.query) for request in replica.list_requests()]
    assert len(asked) == len(set(asked)) == 5


def test_tells_every_form_of_removal_from_a_page_it_cannot_read(
    crawl: Scrapy, connection: Connection, data: Path
) -> None:
    site = ReplicaSite(articles=60)
    gone = dict(zip(range(100_041, 100_048), REMOVED_FORMS, strict=True))
    for no, form in gone.items():
        site.remove(no, form)
    site.break_page(100_050)
    with serve(site) as replica:
        run = crawl(replica.url)
    assert run.status == 0, run.log
    assert "7 removed, 1 unreadable" in run.last_line
    forms = dict(rows(connection, "SELECT no, form FROM removed_articles"))
    assert forms == {
        100_041: "404",
        100_042: "410",
        100_043: "alert",
        100_044: "front page",
        100_045: "front page",
        100_046: "front page",
        100_047: "empty body",
    }
    [(no, missing, raw_path)] = connection.execute("SELECT no, missing, raw_path FROM rejected_pages").fetchall()
    assert (no, missing) == (100_050, ["headline", "body"])
    assert (data / raw_path).is_file()


def test_five_hundred_pages_make_one_snapshot_and_an_hour_later_two(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=40)
    with serve(site) as replica:
        crawl(replica.url)
        crawl(replica.url)
        [(pages,)] = connection.execute("SELECT pages FROM weather_snapshots").fetchall()
        assert pages == len(replica.article_requests()) + len(replica.list_requests()) + 2  # the front page, twice
        site.now = site.now.replace(hour=site.now.hour + 1)
        crawl(replica.url)
    assert count(connection, "weather_snapshots") == 2
    assert count(connection, "weather_readings") == 32


def test_notes_an_edit_as_a_revision_and_nothing_when_nothing_changed(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=10)
    query = "SELECT revision, headline, fetched_at FROM articles WHERE no = 100005"
    with serve(site) as replica:
        crawl(replica.url)
        crawl(replica.url, "-a", "no=100005")
        [(revision, _, first)] = rows(connection, query)
        assert revision == 1
        site.edit(100_005)
        crawl(replica.url, "-a", "no=100005")
        [(revision, headline, second)] = rows(connection, query)
    assert (revision, headline) == (2, site.article(100_005).headline)
    assert second > first


def test_writes_one_line_per_article_with_all_three_kinds_inside(crawl: Scrapy, tmp_path: Path) -> None:
    feed = tmp_path / "pages.jsonl"
    with serve(ReplicaSite(articles=12)) as replica:
        crawl(replica.url, "-O", str(feed))
    text = feed.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) == 12
    assert all(line["article"] and line["weather"] for line in lines)
    assert lines[0]["related_stories"]
    assert "동두천" in text
    assert lines[0]["article"]["published_at"].endswith("+09:00")


@pytest.mark.parametrize(
    "fault", [Fault(kind="no menu", where=r"^/\?"), Fault(kind="status", status=404, where=r"^/\?")]
)
def test_walks_the_list_of_all_articles_where_no_menu_is_found(crawl: Scrapy, fault: Fault) -> None:
    with serve(ReplicaSite(articles=5)) as replica:
        replica.faults.append(fault)
        run = crawl(replica.url, "-a", "pages=1")
        asked = {(request.path, request.query) for request in replica.list_requests()}
    assert (run.status, asked) == (0, {("/news/article_list_all.html", "page=1")})
    assert run.last_line.endswith("; no menu was found, so the list of all articles was walked")


def test_walks_the_lists_of_an_older_layout_under_the_addresses_of_its_menu(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=40, per_page=5)) as replica:
        replica.faults.append(OLDER_LAYOUT)
        run = crawl(replica.url, "-a", "sections=34,문화", "-a", "pages=2", "-a", "dry=1")
        asked = sorted(f"{request.path}?{request.query}" for request in replica.list_requests())
    assert run.status == 0, run.log
    assert asked == [
        "/news/section_type2.html?page=1&sec_no=34",
        "/news/section_type2.html?page=1&sec_no=37",
        "/news/section_type2.html?page=2&sec_no=34",
        "/news/section_type2.html?page=2&sec_no=37",
    ]


def test_refuses_a_section_that_is_not_in_the_menu(crawl: Scrapy, connection: Connection) -> None:
    with serve(ReplicaSite(articles=5)) as replica:
        run = crawl(replica.url, "-a", "sections=99,22")
        assert run.status == 2
        assert run.last_line.endswith(
            ": error: sections=99: not in the menu; write one of all (전체기사), 22 (정치), 34 (사회), 37 (문화), "
            "45 (경제); or all for every article"
        )
        assert replica.list_requests() == replica.article_requests() == []
    assert count(connection, "articles") == 0


def test_takes_every_form_of_an_address_for_the_same_article(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=20)
    with serve(site) as replica:
        replica.faults.append(Fault(kind="other addresses", where="list_all"))
        assert crawl(replica.url).status == 0
        asked = [(request.path, request.query) for request in replica.article_requests()]
        assert sorted(asked) == [("/news/article.html", f"no={no}") for no in site.numbers()]
        urls = connection.execute("SELECT url FROM articles ORDER BY no").fetchall()
        assert urls == [(f"{replica.url}/news/article.html?no={no}",) for no in site.numbers()]
