"""Files that lie, break or vanish, and processes that die: the run says so and goes on, or says what to do."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from isal import igzip
from psycopg import Connection

from tests.conftest import Scrapy
from tests.other_warc import Warc, page_of
from tests.processes import peak, wait_until, workers
from tests.reparse_runs import BASE, Begin
from tests.site import ReplicaSite, serve
from tests.stored import numbers
from tests.warm_start import COLD


def test_reads_on_behind_headers_that_cannot_be_true(reparse: Scrapy, connection: Connection, tmp_path: Path) -> None:
    site = ReplicaSite(articles=4)
    warc = Warc(tmp_path / "a.warc.gz")
    first, second, third = (f"{BASE}/news/article.html?no={no}" for no in (100_001, 100_002, 100_003))
    warc.add("http://[name]/x.html", b"hello")
    warc.add("http://a\u2100b.kr/", b"hello")
    warc.add(first, b"", status="302 Found", Location="http://[x]/")
    warc.add(second, page_of(site, 100_002), fields={"Asiatongsin-Listed-At": "yesterday"})
    warc.add(third, page_of(site, 100_003))
    run = reparse(warc.close())
    assert run.status == 1, run.log
    assert numbers(connection) == [100_003]
    assert run.last_line.startswith("asiatongsin: error: not all pages could be read; 2 captures read again")
    assert "1 places in the files cannot be read, see above" in run.last_line
    assert ": Asiatongsin-Listed-At: yesterday is no moment" in run.log


def test_takes_pages_as_large_as_the_crawl_does(
    scrapy: Scrapy, connection: Connection, database_url: str, tmp_path: Path
) -> None:
    warc = Warc(tmp_path / "a.warc.gz")
    warc.add(f"{BASE}/news/article.html?no=100001", page_of(ReplicaSite(articles=3), 100_001) + b" " * 9_000_000)
    path = str(warc.close())
    for most, found in (("", []), ("10000000", [100_001])):
        given = {"ASIATONGSIN_DOWNLOAD_MAXSIZE": most} if most else {}
        run = scrapy("reparse", path, DATABASE_URL=database_url, **given)
        assert (run.status, numbers(connection)) == (0 if found else 1, found)
        assert ("the page has more than 8388608 bytes (DOWNLOAD_MAXSIZE)" in run.log) is not bool(found)


UTF_8: dict[str, Any] = {"Content-Encoding": "utf-8"}  # which is none
GZIP: dict[str, Any] = {"Content-Encoding": "gzip"}


def test_tells_of_pages_without_the_answer_of_a_server(reparse: Scrapy, connection: Connection, tmp_path: Path) -> None:
    site, warc = ReplicaSite(articles=3), Warc(tmp_path / "a.warc.gz")
    warc.add(f"{BASE}/news/article.html?no=100001", page_of(site, 100_001), **UTF_8)
    for url in (f"{BASE}/news/article.html?no=100002", f"{BASE}/data/photo.jpg"):
        body = page_of(site, 100_002)
        record = warc.writer.create_warc_record(url, "resource", payload=BytesIO(body), length=len(body))
        warc.writer.write_record(record)
    run = reparse(warc.close())
    assert (run.status, numbers(connection)) == (1, [100_001])
    assert run.log.count("the page is in a resource record, without the answer of a server") == 1
    assert "1 places in the files cannot be read, see above" in run.last_line


def test_says_why_a_named_file_cannot_be_read(reparse: Scrapy, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.warc")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (folder := tmp_path / "folder").mkdir()
    (folder / "a.warc").symlink_to("/proc/self/mem")
    for name, why in {
        "/proc/self/mem": "cannot read /proc/self/mem: Input/output error",
        folder: f"cannot read {folder / 'a.warc'}: Input/output error",
        tmp_path / "pipe.warc": f"{tmp_path / 'pipe.warc'} is no file: a pipe or a device cannot be read",
        tmp_path / "loop": f"{tmp_path / 'loop'} is not there",
        f"/{'a' * 300}": f"cannot read /{'a' * 300}: File name too long",
    }.items():
        run = reparse(name)
        assert (run.status, why in run.log, "Traceback" in run.log) == (2, True, False), run.log


def test_reads_the_other_files_where_one_of_ours_cannot_be_read(
    crawl: Scrapy, reparse: Scrapy, connection: Connection, data: Path
) -> None:
    with serve(ReplicaSite(articles=3)) as replica:
        crawl(replica.url)
    [file] = (data / "archive").rglob("*.warc.gz")
    (file.parent / "0.warc.gz").symlink_to("/proc/self/mem")
    connection.execute("DELETE FROM article_texts")
    run = reparse()
    assert run.status == 1, run.log
    assert "3 captures read again, 3 differ from what is stored, 3 written" in run.last_line
    assert "1 places in the files cannot be read, see above" in run.last_line
    assert f"Cannot read {file.parent / '0.warc.gz'}, byte 0: Input/output error" in run.log


def test_says_what_to_do_where_a_process_was_killed_and_goes_on(
    crawl: Scrapy, reparse: Scrapy, connection: Connection, begun: Begin
) -> None:
    with serve(ReplicaSite(articles=100, page_bytes=8000)) as replica:
        crawl(replica.url)
    connection.execute("DELETE FROM article_texts")
    process = begun("--jobs", "2")
    wait_until(lambda: bool(workers(process.pid)))  # it has not even imported what it needs
    os.kill(workers(process.pid)[0], signal.SIGKILL)
    _, log = process.communicate(timeout=600)
    assert process.returncode == 1
    assert "Traceback" not in log
    last = log.splitlines()[-1]
    assert "a process that read pages was killed" in last
    assert "free some or lower --jobs; the same command goes on where this one ended" in last
    assert reparse().status == 0
    assert len(numbers(connection)) == 100


MOST = 400
"""Megabytes that the command may take; measured on 2026-11-25: 95 to 316."""


MANY = 12
"""Pages of one file; forty of them take no more memory (2026-11-25), while twelve that were kept would."""


def big() -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Body and headers of pages that take much more memory than they take room."""
    packed = igzip.compress(b"<html><body>" + b" " * 300_000_000)
    yield b"<html><body>" + b" " * 7_900_000, {}
    yield b"<html><body>" + b" " * 30_000_000, {}
    yield packed, GZIP
    yield b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed), GZIP | {"Transfer-Encoding": "chunked"}


def peak_of_reading(warc: Warc, begun: Begin, jobs: int) -> tuple[float, int]:
    """The most memory that reading a file takes, in megabytes, and how the command ends."""
    process = begun("--jobs", str(jobs), str(warc.close()), within=COLD)
    return peak(process), process.returncode


def test_needs_little_memory_for_pages_that_want_gigabytes(
    tmp_path: Path, connection: Connection, begun: Begin
) -> None:
    warc = Warc(tmp_path / "a.warc.gz")
    for body, headers in big():
        plain = Warc(tmp_path / "a.warc", packed=False)
        plain.add(f"{BASE}/news/article.html?no=1", body, **headers)
        record = plain.bytes.getvalue()
        for no in range(1, MANY + 1):  # warcio packs them a hundred times slower
            warc.bytes.write(igzip.compress(record.replace(b"html?no=1", b"html?no=%d" % no, 1)))
    most, status = peak_of_reading(warc, begun, jobs=1)
    assert (most < MOST, status, numbers(connection)) == (True, 1, [])


def test_needs_little_memory_for_articles_of_megabytes(tmp_path: Path, connection: Connection, begun: Begin) -> None:
    warc, site = Warc(tmp_path / "a.warc.gz"), ReplicaSite(articles=3)
    said = site.article(100_001).paragraphs[0].encode()
    page = page_of(site, 100_001).replace(said, said + " 가나다라".encode() * 500_000)
    for no in range(1, MANY + 1):
        warc.add(f"{BASE}/news/article.html?no={no}", page)
    most, status = peak_of_reading(warc, begun, jobs=2)
    assert (most < MOST, status, len(numbers(connection))) == (True, 0, MANY)
