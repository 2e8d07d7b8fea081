"""A body that is archived already is referred to, not archived again, as long as it can be read."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from asiatongsin.capture import Archived
from pipelines.archive import crawl_files as archives
from pipelines.archive.crawl_files import Archive
from pipelines.archive.warc import NOT_MODIFIED, SAME_PAYLOAD, payload_digest, warc_date
from tests.captured import archive, body_of, capture_of, exchange, fetched, last, read, types, url_of
from tests.samples import AT, NO, later, record

MONTH = f"{datetime.now(UTC):%Y-%m}"
GONE = b"<h1>404</h1>"

ANOTHER = gzip.compress(
    b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://newsasia.kr/\r\nWARC-Date: 2025-10-05T00:00:00Z\r\n"
    b"Content-Length: 23\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody\r\n\r\n"
)


def test_a_body_that_the_crawl_has_archived_is_referred_to(data: Path, opened: Archive) -> None:
    first = opened.append(fetched(exchange(1, body=GONE, status=404)))
    again = opened.append(fetched(exchange(2, later(1), body=GONE, status=410, headers=())))
    assert again == first
    assert types(data / first.file) == ["warcinfo", "response", "request", "revisit", "request"]
    revisit = last(data / first.file, "revisit")
    fields = {name: revisit.rec_headers.get_header(name) for name in dict(revisit.rec_headers.headers)}
    assert fields["WARC-Profile"] == SAME_PAYLOAD
    assert fields["WARC-Target-URI"] == url_of(2)
    assert fields["WARC-Payload-Digest"] == first.digest == payload_digest(GONE)
    assert (fields["WARC-Refers-To-Target-URI"], fields["WARC-Refers-To-Date"]) == (url_of(1), warc_date(AT))
    assert (fields["Asiatongsin-Refers-To-File"], fields["Asiatongsin-Refers-To-Offset"]) == (
        first.file,
        str(first.offset),
    )
    assert (revisit.http_headers.statusline, revisit.http_headers.headers) == ("410 Gone", [])
    *_, seen = read(data / first.file)[0]
    assert (seen.is_revisit, seen.body, seen.fetched_at) == (True, b"", later(1))


def test_remembers_the_bodies_that_came_last(data: Path, opened: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "REMEMBERED_BODIES", 2)
    for no in (1, 2, 1, 3, 1, 2):
        place = opened.append(fetched(exchange(no)))
    assert types(data / place.file)[1::2] == ["response", "response", "revisit", "response", "revisit", "response"]


def test_a_body_that_an_earlier_crawl_has_archived_is_referred_to(data: Path, opened: Archive) -> None:
    stored = opened.append(fetched())
    with archive(data, record("later")) as another:
        again = another.append(fetched(exchange(at=later(9)), earlier=stored))
        third = another.append(fetched(exchange(at=later(10))))  # known now, whoever asks
    assert again == third == stored
    [revisit, _] = read(data / f"archive/newsasia.kr/{MONTH}/later-00001.warc.gz")[0]
    assert revisit.is_revisit
    assert revisit.field("WARC-Refers-To-Target-URI") == url_of(NO)
    assert revisit.field("WARC-Refers-To-Date") == warc_date(AT)
    assert revisit.field("Asiatongsin-Refers-To-File") == stored.file
    assert revisit.field("Asiatongsin-Refers-To-Offset") == str(stored.offset)


def test_an_unmodified_page_refers_to_the_stored_capture(data: Path, opened: Archive) -> None:
    stored = opened.append(fetched())
    with archive(data, record("later")) as another:
        unmodified = exchange(at=later(9), status=304, headers=(("ETag", '"1"'),), body=b"")
        again = another.append(fetched(unmodified, earlier=stored))
    assert again == stored
    [revisit], told = read(data / f"archive/newsasia.kr/{MONTH}/later-00001.warc.gz")
    assert (revisit.field("WARC-Profile"), revisit.status, revisit.header("ETag")) == (NOT_MODIFIED, 304, '"1"')
    assert revisit.field("WARC-Payload-Digest") is None
    assert revisit.field("Asiatongsin-Refers-To-Offset") == str(stored.offset)
    assert told == []


def gone(path: Path, place: Archived) -> None:
    path.unlink()


def damaged(path: Path, place: Archived) -> None:
    content = bytearray(path.read_bytes())
    content[place.offset + place.length // 2] ^= 1
    path.write_bytes(content)


def torn(path: Path, place: Archived) -> None:
    os.truncate(path, place.offset + place.length - 1)


def another(path: Path, place: Archived) -> None:
    """As if somebody had put back an older copy of the file: whole, with another page at that place."""
    path.write_bytes(path.read_bytes()[: place.offset] + ANOTHER)


@pytest.mark.parametrize("status", [200, 304])
@pytest.mark.parametrize("how", [gone, damaged, torn, another])
def test_a_page_is_archived_again_where_the_earlier_capture_cannot_be_read(
    data: Path, opened: Archive, how: Any, status: int
) -> None:
    opened.append(fetched(exchange(1)))
    stored = opened.append(fetched())
    opened.append(fetched(exchange(2)))
    how(data / stored.file, stored)
    with archive(data, record("later")) as later_one:
        place = later_one.append(fetched(exchange(at=later(9), status=status), earlier=stored))
    assert place.file.endswith("later-00001.warc.gz")
    assert capture_of(data, place).body == body_of(NO)


def test_a_page_that_was_changed_is_archived_anew(data: Path, opened: Archive) -> None:
    stored = opened.append(fetched())
    place = opened.append(fetched(exchange(body=b"<p>changed"), earlier=stored))
    assert place.offset > stored.offset
    assert capture_of(data, place).body == b"<p>changed"


def test_a_body_in_an_earlier_file_of_the_crawl_is_referred_to(data: Path) -> None:
    with archive(data, file_bytes=1) as opened:
        first = opened.append(fetched(exchange(1)))
        assert opened.append(fetched(exchange(1, later(1)))) == first
    assert len(list(data.rglob("*.warc.gz"))) == 2
