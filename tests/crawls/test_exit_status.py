"""How a crawl ends: the exit status and the last line tell the truth."""

from __future__ import annotations

from pathlib import Path

from psycopg import Connection

from tests.conftest import Scrapy
from tests.site import ReplicaSite, serve
from tests.stored import count


def test_says_what_it_would_fetch_and_fetches_nothing(crawl: Scrapy, connection: Connection, data: Path) -> None:
    with serve(ReplicaSite(articles=30, per_page=10)) as replica:
        run = crawl(replica.url, "-a", "dry=1")
        assert run.status == 0
        assert "30 articles would be fetched" in run.last_line
        assert replica.article_requests() == []
    assert count(connection, "crawls") == 0
    assert not (data / "spool").exists()


def test_ends_with_status_4_and_one_sentence_where_no_site_answers(crawl: Scrapy, connection: Connection) -> None:
    run = crawl("http://127.0.0.1:1")
    assert run.status == 4
    assert run.last_line.startswith("asiatongsin: 127.0.0.1:1: unreachable: ")
    assert "Traceback" not in run.log
    assert connection.execute("SELECT outcome, walked FROM crawls").fetchall() == [("unreachable", [])]


def test_ends_with_status_2_on_wrong_usage_and_fetches_nothing(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=1)) as replica:
        for argument in ("pages=many", "page=3", "since=soon", "site=", "no=x"):
            run = crawl(replica.url, "-a", argument)
            assert run.status == 2, argument
            assert ": error: " in run.last_line
        assert replica.requests == []


def test_ends_with_status_5_when_the_layout_changed(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=20)
    for no in list(site.numbers())[:10]:
        site.break_page(no)
    with serve(site) as replica:
        run = crawl(replica.url)
    assert run.status == 5
    assert "10 of 20 article pages could not be read" in run.last_line
    assert count(connection, "articles") == 10


def test_a_dry_run_tells_a_layout_that_changed(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=0)) as replica:
        run = crawl(replica.url, "-a", "dry=1")
    assert run.status == 5
    assert "list pages arrived without a teaser" in run.last_line


def test_a_second_crawl_of_the_same_site_ends_with_status_6(crawl: Scrapy, connection: Connection) -> None:
    with serve(ReplicaSite(articles=1)) as replica:
        key = replica.url.removeprefix("http://")
        connection.execute("SELECT pg_advisory_lock(hashtextextended('asiatongsin crawl ' || %s, 0))", [key])
        run = crawl(replica.url)
        assert run.status == 6
        assert replica.requests == []
    assert "another crawl" in run.last_line


def test_the_log_file_ends_with_what_standard_error_says(crawl: Scrapy, connection: Connection, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serve(ReplicaSite(articles=1)) as replica:
        for arguments, level, status in ((("-a", "pages=1"), "INFO", 0), (("-a", "page=1"), "ERROR", 2)):
            run = crawl(replica.url, *arguments, "-s", f"LOG_FILE={log}")
            assert run.status == status
            last = log.read_text().rstrip().rpartition("\n")[2]
            _, found, sentence = last.partition(f" [pipelines.crawl.run] {level}: ")
            assert found, last
            assert run.last_line.endswith(sentence)
