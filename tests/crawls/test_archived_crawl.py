"""The archive of a whole crawl: every page as the site served it, in files that other programs read and rows name."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import Connection

from asiatongsin.settings import ITEM_PIPELINES
from pipelines.archive.reading import Capture, capture_at
from tests.captured import read, records
from tests.conftest import Run, Scrapy, new_database
from tests.faults.conftest import Crawl
from tests.faults.failing import BAD
from tests.samples import present
from tests.site import Fault, ReplicaSite, serve
from tests.site.answers import Ask, answer

SITE = ReplicaSite(articles=250, removed_every=10, unreadable_every=47, page_bytes=60_000)
"""Pages of 60 kB; its clock stands still, so what it served can be asked for again."""

CODED = (Fault(kind="gzip", share=0.3), Fault(kind="br", share=0.1))
WARCIO = str(Path(sys.executable).with_name("warcio"))
MEGABYTE = 1_000_000

PLACES = {
    "articles": "SELECT no, archive_file, archive_offset, archive_length, payload_digest FROM articles",
    "article_revisions": "SELECT no, archive_file, archive_offset, archive_length, NULL FROM article_revisions",
    "rejected_pages": "SELECT no, archive_file, archive_offset, archive_length, NULL FROM rejected_pages",
}


@dataclass(frozen=True)
class Aftermath:
    """What the crawl left."""

    run: Run
    data: Path
    asked: list[str]
    """Path and query of the articles, in the order they were asked for."""

    places: dict[str, list[tuple[int, str, int, int, str | None]]]
    """What the tables say: number of the article, file, offset, length, digest."""

    @property
    def files(self) -> list[Path]:
        return sorted(self.data.glob("archive/*/*/*"))


@pytest.fixture(scope="module")
def aftermath(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    folder = tmp_path_factory.mktemp("archived")
    with new_database(server) as url, serve(SITE) as replica:
        replica.faults += CODED
        crawl = Crawl.of(replica.url, url, "-a", "sections=all", at=folder / "data", log=folder / "log")
        try:
            run = crawl.end()
        finally:
            crawl.kill()
        asked = [f"{request.path}?{request.query}" for request in replica.article_requests()]
        with psycopg.connect(url) as connection:
            places = {table: connection.execute(query).fetchall() for table, query in PLACES.items()}
        yield Aftermath(run, folder / "data", asked, places)


def served(address: str) -> bytes:
    """The body that the site answers, before any encoding."""
    parts = urlsplit(address)
    return answer(SITE, Ask(path=parts.path, query=parts.query, headers={})).body


def body_of(data: Path, capture: Capture) -> bytes:
    """The body of a capture, also of one that refers to another."""
    if not capture.is_revisit:
        return capture.body
    file, offset = capture.field("Asiatongsin-Refers-To-File"), capture.field("Asiatongsin-Refers-To-Offset")
    return present(capture_at(data / present(file), int(present(offset)))).body


def test_holds_every_article_page_as_it_was_served(aftermath: Aftermath) -> None:
    assert aftermath.run.status == 0, aftermath.run.log
    [path] = aftermath.files
    found, told = read(path)
    assert told == []
    pages = [one for one in found if one.status != 302]  # a redirect in `br` stays in it
    assert [one.url for one in pages if body_of(aftermath.data, one) != served(one.url)] == []
    at_site = [urlsplit(one.url) for one in found]
    asked = [f"{one.path}?{one.query}" for one in at_site if one.path != "/"]  # where a removed article leads to
    assert asked == aftermath.asked
    assert len(set(asked)) == 250
    encodings = {one.header("Content-Encoding") or one.header("X-Archive-Orig-Content-Encoding") for one in found}
    assert encodings == {None, "gzip", "br"}
    assert {one.status for one in found} == {200, 302, 404, 410}


def test_asks_only_for_the_encoding_that_every_reader_of_archives_undoes(aftermath: Aftermath) -> None:
    asked = [record for file in aftermath.files for kind, record, _ in records(file) if kind == "request"]
    assert len(asked) >= len(aftermath.asked)
    assert {record.http_headers.get_header("Accept-Encoding") for record in asked} == {"gzip"}


def test_keeps_equal_pages_once(aftermath: Aftermath) -> None:
    """The articles that are removed in one form get the same answer."""
    found = read(aftermath.files[0])[0]
    digests = [one.field("WARC-Payload-Digest") for one in found if not one.is_revisit and one.status != 302]
    assert len(digests) == len(set(digests))
    assert 5 < sum(one.is_revisit for one in found) < 25


def test_takes_less_than_five_megabytes(aftermath: Aftermath) -> None:
    assert sum(path.stat().st_size for path in aftermath.files) < 5 * MEGABYTE


@pytest.mark.parametrize("table", PLACES)
def test_every_row_says_where_its_page_is(aftermath: Aftermath, table: str) -> None:
    rows = aftermath.places[table]
    assert rows
    for no, file, offset, length, digest in rows:
        capture = present(capture_at(aftermath.data / file, offset))
        assert (capture.offset, capture.length, capture.is_revisit) == (offset, length, False)
        assert capture.url.endswith(f"/news/article.html?no={no}")
        assert capture.body == served(capture.url)
        assert digest in (None, capture.field("WARC-Payload-Digest"))
    numbers = {no for no, *_ in rows}
    fates = {"whole"} if table != "rejected_pages" else {"broken"}
    assert numbers == {no for no in SITE.numbers() if SITE.fate(no) in fates}


@pytest.mark.parametrize("command", ["check", "index"])
def test_other_programs_read_it(aftermath: Aftermath, command: str) -> None:
    done = subprocess.run([WARCIO, command, *aftermath.files], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    if command == "index":
        kinds = [json.loads(line)["warc-type"] for line in done.stdout.splitlines()]
        assert kinds.count("request") == kinds.count("response") + kinds.count("revisit")


def test_a_row_is_all_that_it_takes_to_see_its_page(aftermath: Aftermath) -> None:
    """As the README says it."""
    no, file, offset, *_ = aftermath.places["articles"][0]
    command = [WARCIO, "extract", "--payload", str(aftermath.data / file), str(offset)]
    done = subprocess.run(command, capture_output=True, timeout=600, check=True)
    assert done.stdout == served(f"/news/article.html?no={no}")


def test_a_page_on_which_the_program_fails_has_its_place(crawl: Scrapy, connection: Connection, data: Path) -> None:
    site = ReplicaSite(articles=10, page_bytes=8_000)
    stages = json.dumps({"tests.faults.failing.FailingStage": 301} | ITEM_PIPELINES)
    with serve(site) as replica:
        assert crawl(replica.url, "-s", f"ITEM_PIPELINES={stages}").status == 1
    [(no, file, offset, length, _)] = connection.execute(PLACES["rejected_pages"]).fetchall()
    capture = present(capture_at(data / file, offset))
    assert (no, capture.length) == (BAD, length)
    assert site.article(BAD).headline.encode() in capture.body


def test_archives_lists_and_the_front_page_where_it_is_told_to(crawl: Scrapy, data: Path) -> None:
    with serve(ReplicaSite(articles=5, page_bytes=8_000)) as replica:
        assert crawl(replica.url, "-s", "ARCHIVE=front,list").status == 0
        asked = [
            request.path
            for request in replica.requests
            if request.path.startswith(("/news", "/?")) or request.path == "/"
        ]
    [path] = data.glob("archive/*/*/*")
    found = [urlsplit(capture.url).path for capture in read(path)[0]]
    assert found == [path for path in asked if path not in {"/news/article.html", "/robots.txt"}]
    assert "/" in found


def test_archives_nothing_where_it_is_told_to(crawl: Scrapy, connection: Connection, data: Path) -> None:
    with serve(ReplicaSite(articles=5, page_bytes=8_000)) as replica:
        assert crawl(replica.url, "-s", "ARCHIVE=").status == 0
    assert not (data / "archive").exists()
    assert connection.execute(
        "SELECT count(*), count(archive_file), count(payload_digest) FROM articles"
    ).fetchall() == [(5, 0, 0)]
