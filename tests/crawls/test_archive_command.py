"""`asiatongsin archive clean`, and a crawl through a proxy with a password."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from pipelines.spool.folder import Spool
from tests.captured import archive, exchange, fetched, parts
from tests.conftest import Scrapy
from tests.samples import record
from tests.site import ReplicaSite, serve

PASSWORD = "user:geheim123"
CODED = b64encode(PASSWORD.encode()).decode()


def holding(data: Path) -> list[str]:
    """The files below the data folder that hold the password, in any form."""
    found = []
    for path in data.rglob("*"):
        packed = path.name.endswith(".warc.gz")
        content = b"".join(one.plain or b"" for one in parts(path)) if packed else path.is_file() and path.read_bytes()
        if content and any(form.encode() in content for form in (PASSWORD, CODED, "geheim123")):
            found.append(path.name)
    return found


def test_no_password_of_a_proxy_is_kept(crawl: Scrapy, data: Path) -> None:
    with serve(ReplicaSite(articles=3)) as replica:
        proxy = replica.url.replace("://", f"://{PASSWORD}@")
        run = crawl("http://news.example", "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", http_proxy=proxy)
        assert {request.headers["Proxy-Authorization"] for request in replica.requests} == {f"Basic {CODED}"}
    assert run.status == 0, run.log
    assert list(data.rglob("*.warc.gz"))
    assert holding(data) == []
    assert not [form for form in (CODED, "geheim123") if form in run.log + run.output]


def test_cleans_the_archive_but_for_files_that_are_being_written(scrapy: Scrapy, data: Path) -> None:
    sent = (("Host", "newsasia.kr"), ("Proxy-Authorization", f"Basic {CODED}"))
    for name in ("a", "b"):
        with archive(data, record(name)) as opened:
            opened.append(fetched(exchange(1, request_headers=sent), no=1))
    running = Spool.create(data / "spool", record("b"))
    run = scrapy("archive", "clean")
    assert (run.status, run.last_line) == (
        1,
        "asiatongsin: error: 1 requests cleaned in 2 files, 1 files left out: their crawl is running, or its pages wait"
        " in the spool",
    )
    assert holding(data) == ["b-00001.warc.gz"]
    running.remove()
    running.release()
    for cleaned in (1, 0):
        run = scrapy("archive", "clean")
        assert (run.status, run.last_line) == (0, f"asiatongsin: ok: {cleaned} requests cleaned in 2 files")
    assert holding(data) == []


def test_says_what_to_write(scrapy: Scrapy, data: Path) -> None:
    run = scrapy("archive")
    assert (run.status, "write: asiatongsin archive push" in run.last_line) == (2, True)
    run = scrapy("archive", "clean")
    assert (run.status, "nothing is archived in" in run.last_line) == (2, True)
