"""WARC files of other tools, and what a user may name that is none."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg import Connection

from tests.conftest import Scrapy
from tests.faults import contents
from tests.other_warc import Warc, page_of
from tests.reparse_runs import BASE
from tests.site import ReplicaSite, serve
from tests.stored import count, numbers, value


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
@pytest.mark.parametrize("packed", [True, False], ids=["gzipped", "plain"])
def test_a_file_of_wget_gives_the_rows_of_our_own_crawl(
    crawl: Scrapy, reparse: Scrapy, connection: Connection, tmp_path: Path, packed: bool
) -> None:
    site = ReplicaSite(articles=50, removed_every=4, unreadable_every=9, per_page=10)
    with serve(site) as replica:
        crawl(replica.url)
        own = contents.rows(connection)
        connection.execute(
            "TRUNCATE article_texts, weather_snapshots, crawls, rejected_pages, removed_articles CASCADE"
        )
        urls = tmp_path / "urls"
        urls.write_text("".join(f"{replica.url}/news/article.html?no={no}\n" for no in site.numbers()))
        options = [] if packed else ["--no-warc-compression"]
        command = ["wget", "--quiet", "--warc-file=other", "--no-parent", "--delete-after", "--input-file=urls"]
        subprocess.run([*command, *options], cwd=tmp_path, check=False, timeout=600)
    run = reparse(tmp_path / f"other.warc{'.gz' if packed else ''}")
    assert run.status == 0, run.log
    connection.execute("UPDATE removed_articles SET listed = true")  # whoever has only the page does not know that
    assert contents.rows(connection) == own
    assert value(connection, "SELECT count(archive_file) FROM articles") == 0  # it is not our file
    again = reparse(tmp_path / f"other.warc{'.gz' if packed else ''}")
    assert "none differs" in again.last_line


def test_takes_the_time_of_the_capture_and_the_address_the_site_is_stored_under(
    reparse: Scrapy, connection: Connection, tmp_path: Path
) -> None:
    site = ReplicaSite(articles=3)
    warc = Warc(tmp_path / "a.warc.gz")
    warc.add("http://www.newsasia.kr/news/article.html?no=100001&x=1", page_of(site, 100_001))
    warc.add(f"{BASE}/news/article.html?no=100002", page_of(site, 100_002))
    assert reparse(warc.close()).status == 0
    query = "SELECT site, no, url, fetched_at FROM articles ORDER BY no"
    at = datetime(2025, 10, 5, 0, 52, 7, tzinfo=UTC)
    assert connection.execute(query).fetchall() == [
        ("newsasia.kr", no, f"{BASE}/news/article.html?no={no}", at) for no in (100_001, 100_002)
    ]


def test_leaves_other_pages_other_forms_and_other_software_alone(
    reparse: Scrapy, connection: Connection, tmp_path: Path
) -> None:
    site = ReplicaSite(articles=3)
    warc = Warc(tmp_path / "a.warc.gz")
    article = page_of(site, 100_001)
    warc.add("https://other.example/news/article.html?no=5", b"<html><body><h1>a shop</h1></body></html>")
    warc.add("https://gone.example/news/article.html?no=6", b"", status="404 Not Found")
    for path in ("mobile/article.html?no=100001", "news/article_print.html?no=100001", "news/section.html?sec_no=22"):
        warc.add(f"{BASE}/{path}", article)
    warc.add("https://m.newsasia.kr/news/article.html?no=100001", article)
    warc.add(f"{BASE}/news/article.html?no=100003", b"", status="503 Busy")
    warc.add(f"{BASE}/news/article.html?no=7", b"", status="404 Not Found")  # before any article of its site
    warc.add(f"{BASE}/news/article.html?no=100002", page_of(site, 100_002))
    run = reparse(warc.close())
    assert run.status == 0
    assert numbers(connection) == [100_002]
    assert connection.execute("SELECT site, no, form FROM removed_articles").fetchall() == [("newsasia.kr", 7, "404")]
    assert count(connection, "rejected_pages") == 0
    assert "2 pages of sites without an article left alone" in run.last_line


def test_a_redirect_says_that_the_article_is_elsewhere(reparse: Scrapy, connection: Connection, tmp_path: Path) -> None:
    site = ReplicaSite(articles=3)
    warc = Warc(tmp_path / "a.warc.gz")
    first, second = (f"{BASE}/news/article.html?no={no}" for no in (100_001, 100_002))
    warc.add(first, b"", status="301 Moved", Location="https://www.newsasia.kr/news/article.html?no=100001")
    warc.add("https://www.newsasia.kr/news/article.html?no=100001", page_of(site, 100_001))
    warc.add(second, b"", status="302 Found", Location="/")
    assert reparse(warc.close()).status == 0
    assert numbers(connection) == [100_001]
    assert connection.execute("SELECT no, form FROM removed_articles").fetchall() == [(100_002, "front page")]


def test_finds_the_body_that_a_revisit_refers_to_wherever_it_is(
    reparse: Scrapy, connection: Connection, tmp_path: Path
) -> None:
    site = ReplicaSite(articles=3)
    early, late = Warc(tmp_path / "1.warc.gz"), Warc(tmp_path / "2.warc.gz")
    url = f"{BASE}/news/article.html?no=100001"
    late.add(url, page_of(site, 100_001))
    late.close()
    digest = next(
        line.split(": ")[1]
        for line in gzip.decompress(late.bytes.getvalue()).decode("utf-8", "replace").splitlines()
        if line.startswith("WARC-Payload-Digest")
    )
    early.refer(url, digest, url, at="2025-10-06T00:00:00Z")
    early.refer(url, "sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", url, at="2025-10-07T00:00:00Z")
    early.close()
    run = reparse(tmp_path)
    assert run.status == 1
    assert "2 captures read again" in run.last_line
    assert "1 revisits whose body is in none of the files" in run.last_line
    [(first, last)] = connection.execute("SELECT first_seen_at, fetched_at FROM articles").fetchall()
    assert (f"{first:%d}", f"{last.astimezone(UTC):%d}") == ("05", "06")


def test_reads_on_behind_what_is_damaged_and_says_where_it_is(
    crawl: Scrapy, reparse: Scrapy, connection: Connection, data: Path
) -> None:
    with serve(ReplicaSite(articles=10)) as replica:
        crawl(replica.url)
    [file] = (data / "archive").rglob("*.warc.gz")
    [(offset,)] = connection.execute("SELECT archive_offset FROM articles WHERE no = 100005").fetchall()
    broken = bytearray(file.read_bytes())
    broken[offset + 4000] ^= 1
    file.write_bytes(broken[:-100])
    connection.execute("DELETE FROM article_texts")
    run = reparse()
    assert run.status == 1
    assert "2 places in the files cannot be read, see above" in run.last_line
    assert f"Cannot read {file}, byte {offset}: damaged" in run.log
    assert "the file is cut off here" in run.log
    assert numbers(connection) == [no for no in range(100_001, 100_011) if no != 100_005]
    broken[offset + 4000] ^= 1
    file.write_bytes(broken[:-100])
    run = reparse()  # a crawl that was killed as it wrote lost nothing: the next one fetched that page again
    assert (run.status, "1 places in the files" in run.last_line) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["/nowhere/a.warc.gz"], "/nowhere/a.warc.gz is not there"),
        (["setup.py"], "is no WARC file"),
        (["deploy"], "holds no WARC files"),
        ([], "nothing is archived in"),
        (["--no", "x"], "no=x: write whole numbers above 0"),
        (["--since", "soon"], "since=soon: write a day"),
        (["--jobs", "0"], "--jobs 0: write a whole number above 0"),
        (["--site", "a b"], "is not the address of a site"),
    ],
)
def test_says_what_to_write_instead(reparse: Scrapy, arguments: list[str], told: str) -> None:
    run = reparse(*arguments)
    assert run.status == 2
    assert told in run.log


def test_says_so_where_nothing_is_asked_for(reparse: Scrapy, tmp_path: Path) -> None:
    warc = Warc(tmp_path / "a.warc.gz")
    warc.add(f"{BASE}/news/article.html?no=100001", b"", status="404 Not Found")
    run = reparse(warc.close(), "--no", "7")
    assert (run.status, run.output) == (0, "No article page among those that were asked for.\n")


def test_says_so_without_a_database(scrapy: Scrapy, tmp_path: Path) -> None:
    warc = Warc(tmp_path / "a.warc.gz")
    warc.add(f"{BASE}/news/article.html?no=100001", b"")
    run = scrapy("reparse", str(warc.close()), DATABASE_URL="postgresql://127.0.0.1:1/none")
    assert run.status == 2
    assert "127.0.0.1" in run.log


def test_two_captures_of_one_second_stay_two(reparse: Scrapy, connection: Connection, tmp_path: Path) -> None:
    site = ReplicaSite(articles=3)
    warc = Warc(tmp_path / "a.warc.gz")
    url = f"{BASE}/news/article.html?no=100001"
    warc.add(url, page_of(site, 100_001))
    site.edit(100_001)
    warc.add(url, page_of(site, 100_001))
    warc.close()
    for differ in ("2 differ", "none differs", "none differs"):
        assert differ in reparse(warc.path).last_line
    headline = site.article(100_001).headline
    assert connection.execute("SELECT headline, revision FROM articles").fetchall() == [(headline, 2)]


def test_says_whether_a_capture_is_newer_or_earlier_than_what_is_stored(
    reparse: Scrapy, connection: Connection, tmp_path: Path
) -> None:
    site = ReplicaSite(articles=3)
    for day, kind in ((5, "new article"), (7, "newer capture"), (3, "earlier capture")):
        warc = Warc(tmp_path / f"{day}.warc.gz")
        warc.add(f"{BASE}/news/article.html?no=100001", page_of(site, 100_001), at=f"2025-10-0{day}T00:00:00Z")
        assert f"{kind}: {site.article(100_001).headline}" in reparse(warc.close()).output
        site.edit(100_001)
    query = "SELECT revision, extract(day FROM fetched_at)::int FROM article_revisions ORDER BY revision"
    assert connection.execute(query).fetchall() == [(1, 3), (2, 5), (3, 7)]


def test_the_same_file_twice_counts_once(reparse: Scrapy, connection: Connection, tmp_path: Path) -> None:
    site = ReplicaSite(articles=3)
    site.break_page(100_002)
    warc = Warc(tmp_path / "a.warc.gz")
    for no in (100_001, 100_002):
        warc.add(f"{BASE}/news/article.html?no={no}", page_of(site, no))
    warc.add(f"{BASE}/news/article.html?no=7", b"", status="404 Not Found")
    shutil.copy(warc.close(), tmp_path / "b.warc.gz")
    assert reparse(tmp_path).status == 0
    for table in ("articles", "rejected_pages", "removed_articles"):
        assert count(connection, table) == 1
    assert connection.execute("SELECT pages FROM weather_snapshots").fetchall() == [(2,)]
    assert connection.execute("SELECT sightings FROM removed_articles").fetchall() == [(1,)]
    assert "none differs" in reparse(tmp_path).last_line


def test_pages_of_a_site_that_is_known_late_are_not_lost(
    reparse: Scrapy, connection: Connection, tmp_path: Path
) -> None:
    site = ReplicaSite(articles=3)
    warc = Warc(tmp_path / "a.warc.gz")
    for no in range(1, 1203):
        warc.add(f"{BASE}/news/article.html?no={no}", b"", status="404 Not Found")
    warc.add(f"{BASE}/news/article.html?no=100001", page_of(site, 100_001))
    run = reparse(warc.close())
    assert "left alone" not in run.last_line
    assert count(connection, "removed_articles") == 1202


def test_says_what_the_database_refused(crawl: Scrapy, reparse: Scrapy, connection: Connection) -> None:
    with serve(ReplicaSite(articles=5)) as replica:
        crawl(replica.url)
    connection.execute("DELETE FROM article_texts; ALTER TABLE article_texts ADD CHECK (no <> 100003)")
    for differ, written in ((5, 4), (1, 0), (1, 0)):
        run = reparse()
        assert run.status == 1
        assert "the same command goes on" not in run.last_line
        assert f"{differ} differ from what is stored, {written} written" in run.last_line
        assert "1 refused by the database and kept in a file" in run.last_line
    assert connection.execute("SELECT no FROM rejected_pages").fetchall() == [(100_003,)]
