"""The commands as a person or cron runs them."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg import Connection

from asiatongsin import __version__
from pipelines.spool.folder import Spool
from tests.conftest import Scrapy
from tests.samples import UNREACHABLE, export, leave, page, record, rejected, story
from tests.site import Replica, ReplicaSite, serve
from tests.stored import count, rows


@pytest.mark.sql
def test_summary_shows_all_three_kinds(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    export(connection, *(page(no, stories=[story(1)], seoul=21.5) for no in (1, 2, 3)))
    run = scrapy("summary", DATABASE_URL=database_url)
    assert run.status == 0, run.log
    for text in ("기사 3의 제목", "(none printed)", "Seoul", "21.5", "이야기 1"):
        assert text in run.output


def test_summary_says_when_there_is_no_database(scrapy: Scrapy) -> None:
    run = scrapy("summary", DATABASE_URL=UNREACHABLE)
    assert run.status != 0
    assert "none on 127.0.0.1" in run.last_line
    assert "geheim" not in run.output + run.log


def test_drain_of_an_empty_spool_stores_nothing(scrapy: Scrapy, database_url: str) -> None:
    run = scrapy("drain", DATABASE_URL=database_url)
    assert (run.status, run.last_line) == (0, "asiatongsin: ok: 0 pages stored: 0 new, 0 changed, 0 unchanged articles")


def test_drain_stores_what_waits(scrapy: Scrapy, connection: Connection, database_url: str, data: Path) -> None:
    leave(data, page(1), page(2), rejected(3))
    running = Spool.create(data / "spool", record("running"))
    running.append(page(4))
    run = scrapy("drain", DATABASE_URL=database_url)
    running.release()
    assert run.status == 0, run.log
    assert "3 pages stored: 2 new, 0 changed, 0 unchanged articles; 1 pages belong to a crawl" in run.last_line
    assert (count(connection, "articles"), count(connection, "rejected_pages")) == (2, 1)


def test_drain_says_that_pages_still_wait(scrapy: Scrapy, data: Path) -> None:
    leave(data, page(1), page(2))
    run = scrapy("drain", DATABASE_URL=UNREACHABLE)
    assert run.status == 3
    assert "2 pages wait in the spool: none on 127.0.0.1" in run.last_line
    assert "geheim" not in run.output + run.log


def test_drain_takes_no_arguments(scrapy: Scrapy, data: Path) -> None:
    run = scrapy("drain", "asiatongsin", DATABASE_URL=UNREACHABLE)
    assert run.status == 2
    assert run.last_line.endswith("asiatongsin drain takes no arguments")


def test_export_alone_says_what_to_write_and_what_stores_the_spool(scrapy: Scrapy) -> None:
    run = scrapy("export", DATABASE_URL=UNREACHABLE)
    assert (run.status, "what stores the spool is `asiatongsin drain`" in run.last_line) == (2, True)


@pytest.mark.sql
def test_export_writes_to_standard_output(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    export(connection, page(1, headline="기사 1의 제목"))
    run = scrapy("export", "articles", "--format", "jsonl", DATABASE_URL=database_url)
    assert (run.status, run.last_line) == (0, "asiatongsin: 1 row of articles"), run.log
    assert '"headline":"기사 1의 제목"' in run.output


def test_drain_says_that_an_address_is_none(scrapy: Scrapy, data: Path) -> None:
    leave(data, page())
    run = scrapy("drain", DATABASE_URL="mysql://someone:geheim@localhost/news")
    assert "DATABASE_URL is not an address" in run.last_line
    assert run.status == 2
    assert "Traceback" not in run.log


def test_drain_does_not_say_that_all_is_well_where_pages_stay(scrapy: Scrapy, database_url: str, data: Path) -> None:
    (leave(data, page()) / "crawl.json").write_bytes(b"")
    run = scrapy("drain", DATABASE_URL=database_url)
    assert "a crawl that is running" not in run.last_line
    assert run.status != 0


def test_list_and_check_know_the_spider(scrapy: Scrapy) -> None:
    assert scrapy("list").output == "asiatongsin\n"
    run = scrapy("check", "-l")
    assert (run.status, run.output.splitlines()) == (0, ["asiatongsin", "  * parse_article", "  * parse_front"])


def test_shell_starts_no_crawl(scrapy: Scrapy, connection: Connection, database_url: str, data: Path) -> None:
    with serve(ReplicaSite(articles=3)) as replica:
        address = f"{replica.url}/news/article.html?no=100002"
        shell = ("shell", "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-c", "print(response.status)")
        run = scrapy(*shell, address, DATABASE_URL=database_url)
        code = ("parse", "--spider", "asiatongsin", "--pipelines", "-a", f"site={replica.url}", "-c", "parse_article")
        parsed = scrapy(*code, "--cbkwargs", '{"no": 100002}', address, DATABASE_URL=database_url)
    assert (run.status, run.output.split()[0]) == (0, "200")
    assert (parsed.status, "Traceback" in parsed.log) == (0, False)
    assert not data.exists()
    assert count(connection, "crawls") == 0


def test_shell_opens_with_the_spider_of_this_project(scrapy: Scrapy, database_url: str) -> None:
    """As `scrapy shell https://newsasia.kr/` does; an address on another site is refused without a request."""
    with serve(ReplicaSite(articles=1)) as replica:
        run = scrapy(
            "shell", "--spider", "asiatongsin", "-c", "print(response)", replica.url, DATABASE_URL=database_url
        )
        assert replica.requests == []
    assert "Traceback" not in run.log
    assert run.status == 0


def agents(replica: Replica) -> set[str]:
    """User agents the replica has seen since it was asked last."""
    seen = {request.headers.get("User-Agent", "") for request in replica.requests}
    replica.forget()
    return seen


def test_names_itself_and_who_runs_it(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=2)) as replica:
        one = (replica.url, "-a", "no=100001")
        crawl(*one)
        assert agents(replica) == {f"asiatongsin/{__version__}"}
        crawl(*one, ASIATONGSIN_CONTACT="https://example.kr/bot")
        assert agents(replica) == {f"asiatongsin/{__version__} (+https://example.kr/bot)"}


def test_honours_settings_of_the_environment_and_of_the_command_line_above_them(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=2)) as replica:
        one = (replica.url, "-a", "no=100001")
        quiet = crawl(*one, ASIATONGSIN_USER_AGENT="from the environment", ASIATONGSIN_LOG_LEVEL="ERROR")
        assert agents(replica) == {"from the environment"}
        assert quiet.log.splitlines() == [quiet.last_line]
        crawl(*one, "-s", "USER_AGENT=given", ASIATONGSIN_USER_AGENT="from the environment")
        assert agents(replica) == {"given"}


def test_keeps_its_state_where_the_setting_says(crawl: Scrapy, data: Path, tmp_path: Path) -> None:
    setting = f"DATA={tmp_path / 'other'}"
    with serve(ReplicaSite(articles=1)) as replica:
        run = crawl(replica.url, "-L", "DEBUG", "-a", "no=100001", "-s", setting, DATABASE_URL=UNREACHABLE)
    assert (run.status, "geheim" in run.log + run.output) == (3, False)
    assert len(list((tmp_path / "other" / "spool").glob("*/*.jsonl"))) == 1
    assert not data.exists()


def test_never_prints_or_stores_the_password(crawl: Scrapy, connection: Connection, database_url: str) -> None:
    with serve(ReplicaSite(articles=3)) as replica:
        run = crawl(replica.url, "-L", "DEBUG", "-a", "pages=1", DATABASE_URL=f"{database_url} password=geheim")
    assert (run.status, "geheim" in run.log + run.output) == (0, False)
    [(row,)] = rows(connection, "SELECT to_jsonb(c)::text FROM crawls AS c")
    assert "geheim" not in row
