"""The archive and its disk fail: what was archived stays readable, and no row names what is not there."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from psycopg import Connection

from asiatongsin.capture import Archived
from pipelines.archive.reading import Capture, capture_at
from pipelines.spool.folder import read_segment
from tests.captured import read
from tests.faults.conftest import Start
from tests.faults.disk import Disk
from tests.faults.postgres import SmallDisk
from tests.samples import UNREACHABLE
from tests.site import ReplicaSite, serve
from tests.site.answers import Ask, answer
from tests.stored import numbers

SITE = ReplicaSite(articles=60, page_bytes=8_000)
SLOWLY = ("-a", "sections=all", "-s", "DOWNLOAD_DELAY=0.02")
PLACES = "SELECT archive_file, archive_offset, archive_length, payload_digest FROM articles"


def archived(data: Path) -> tuple[list[Capture], list[tuple[int, str]]]:
    """The captures of all files, and what was told of them."""
    found, told = [], []
    for path in sorted(data.glob("archive/*/*/*.warc.gz")):
        captures, troubles = read(path)
        found += captures
        told += troubles
    return found, told


def lost(data: Path, places: list[Archived]) -> list[Archived]:
    """Places where the page is not."""
    found = {place: capture_at(data / place.file, place.offset) for place in places}
    return [
        place
        for place, capture in found.items()
        if capture is None or (capture.length, capture.field("WARC-Payload-Digest")) != (place.length, place.digest)
    ]


def served(capture: Capture) -> bytes:
    parts = urlsplit(capture.url)
    return answer(SITE, Ask(path=parts.path, query=parts.query, headers={})).body


def in_spool(data: Path) -> list[Archived]:
    pages = [page for path in data.glob("spool/*/0*") for page in read_segment(path)[0]]
    return [page.archived for page in pages if page.archived]


def in_database(connection: Connection) -> list[Archived]:
    names = ("file", "offset", "length", "digest")
    return [Archived(**dict(zip(names, row, strict=True))) for row in connection.execute(PLACES)]


@pytest.mark.parametrize("moment", [1, 2, 13, 47])
def test_a_killed_crawl_leaves_every_page_that_is_named(
    start: Start, connection: Connection, database_url: str, data: Path, moment: int
) -> None:
    with serve(SITE) as replica:
        crawl = start(replica.url, UNREACHABLE, "-a", "sections=all")
        replica.wait_for(articles=moment)
        crawl.signal(signal.SIGKILL)
        crawl.end()
        found, told = archived(data)
        assert len(told) <= 1  # the tear
        assert len(found) >= moment - 2
        assert [one.url for one in found if one.body != served(one)] == []
        spooled = in_spool(data)
        assert len(found) - 1 <= len(spooled) <= len(found)
        assert lost(data, spooled) == []
        assert start(replica.url, database_url).end().status == 0
    assert numbers(connection) == list(SITE.numbers())
    assert lost(data, in_database(connection)) == []
    assert len(in_database(connection)) == 60


@pytest.fixture
def archive_disk(data: Path) -> Iterator[Disk]:
    """A small disk for the archive alone."""
    if not SmallDisk.is_possible():
        pytest.skip("only root may mount a disk")
    data.mkdir()
    with Disk(data / "archive", kilobytes=512) as disk:
        yield disk


@pytest.mark.parametrize(
    ("how", "says"), [("full", "is full: free space on it"), ("closed", "(Read-only file system): mount it writable")]
)
def test_where_nothing_can_be_archived_nothing_more_is_fetched(
    start: Start, connection: Connection, database_url: str, data: Path, archive_disk: Disk, how: str, says: str
) -> None:
    if how == "full":
        archive_disk.fill()
    else:
        archive_disk.close()
    with serve(SITE) as replica:
        run = start(replica.url, database_url, *SLOWLY, within=archive_disk.within).end()
        assert run.status == 1, run.log
        assert says in run.last_line
        assert run.log.count("nothing more is fetched") == 1
        assert len(replica.article_requests()) <= 2
        assert numbers(connection) == []
        assert connection.execute("SELECT outcome FROM crawls").fetchall() == [("error",)]
        if how == "full":
            archive_disk.free()
        else:
            archive_disk.open()
        assert start(replica.url, database_url, within=archive_disk.within).end().status == 0
    assert numbers(connection) == list(SITE.numbers())


def test_full_in_the_middle_no_record_is_torn(
    start: Start, connection: Connection, database_url: str, archive_disk: Disk
) -> None:
    with serve(SITE) as replica:
        crawl = start(replica.url, database_url, *SLOWLY, within=archive_disk.within)
        replica.wait_for(articles=15)
        archive_disk.fill()
        run = crawl.end()
        assert run.status == 1, run.log
        assert "is full: free space on it" in run.last_line
        assert run.log.count("nothing more is fetched") == 1
        assert 10 < len(numbers(connection)) < 60
        archive_disk.free()
        assert start(replica.url, database_url, within=archive_disk.within).end().status == 0
    assert numbers(connection) == list(SITE.numbers())
    files = sorted(archive_disk.seen_from_outside.rglob("*.warc.gz"))
    assert [read(path)[1] for path in files] == [[], []]
    assert lost(archive_disk.seen_from_outside.parent, in_database(connection)) == []
