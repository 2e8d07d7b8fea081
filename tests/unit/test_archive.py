"""What the archive keeps of a page: request and answer as they went over the wire, and what the crawl knew."""

from __future__ import annotations

import gzip
from contextlib import closing
from datetime import datetime
from pathlib import Path

import brotli
import pytest
from scrapy.settings import Settings

from asiatongsin import __version__
from asiatongsin.capture import Headers
from asiatongsin.korean import KST
from pipelines.archive.crawl_files import Archive
from pipelines.archive.warc import payload_digest
from tests.captured import body_of, capture_of, exchange, fetched, last, parts, read, records, types, url_of
from tests.samples import NO, present, record


def test_begins_with_who_made_it_and_how(data: Path) -> None:
    settings = Settings({"DATA": str(data), "ARCHIVE_FILE_BYTES": 1000, "ROBOTSTXT_OBEY": True})
    settings.setdict({"USER_AGENT": "asiatongsin/0 (+mail@example.kr)", "CONTACT": "mail@example.kr"})
    with closing(Archive.of_crawl(settings, record())) as opened:
        place = opened.append(fetched())
    kind, info, payload = records(data / place.file)[0]
    assert (kind, info.rec_headers.get_header("WARC-Filename")) == ("warcinfo", Path(place.file).name)
    fields = dict(line.split(": ", 1) for line in payload.decode().splitlines())
    assert fields == {
        "software": f"asiatongsin/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "classic",
        "http-header-user-agent": "asiatongsin/0 (+mail@example.kr)",
        "operator": "mail@example.kr",
        "isPartOf": record().id,
        "description": "articles of newsasia.kr",
    }
    settings.setdict({"ROBOTSTXT_OBEY": False, "CONTACT": ""})
    facts = Archive.of_crawl(settings, record()).facts
    assert (facts["robots"], facts["operator"]) == ("ignore", "")


def test_keeps_request_and_answer_as_they_went_over_the_wire(data: Path, opened: Archive) -> None:
    received: Headers = (
        ("Set-Cookie", "a=1"),
        ("Content-Type", "text/html"),
        ("Set-Cookie", "b=2; path=/"),
        ("X-Empty", ""),
    )
    sent: Headers = (("Host", "newsasia.kr"), ("Accept", "text/html"), ("Accept", "*/*"))
    place = opened.append(fetched(exchange(headers=received, request_headers=sent, status=404, protocol="HTTP/1.0")))
    capture = capture_of(data, place)
    assert (capture.status, capture.headers, capture.body) == (404, received, body_of(NO))
    answer, request = last(data / place.file, "response"), last(data / place.file, "request")
    assert (answer.http_headers.protocol, answer.http_headers.statusline) == ("HTTP/1.0", "404 Not Found")
    assert request.http_headers.protocol == "GET"
    assert request.http_headers.statusline == f"/news/article.html?no={NO} HTTP/1.1"
    assert tuple(request.http_headers.headers) == sent
    for header, value in (("WARC-IP-Address", "192.0.2.1"), ("WARC-Date", "2025-10-05T00:52:07.123456Z")):
        assert answer.rec_headers.get_header(header) == request.rec_headers.get_header(header) == value
    identity = answer.rec_headers.get_header("WARC-Record-ID")
    assert request.rec_headers.get_header("WARC-Concurrent-To") == identity
    assert answer.rec_headers.get_header("WARC-Target-URI") == url_of(NO)
    assert answer.rec_headers.get_header("WARC-Payload-Digest") == place.digest == payload_digest(body_of(NO))


def test_keeps_the_bytes_of_a_header_beyond_ascii(data: Path, opened: Archive) -> None:
    for value in ("제목".encode(), "제목".encode("cp949"), b"\xff\x80"):
        place = opened.append(fetched(exchange(headers=(("X-Title", value.decode("latin-1")),), body=value)))
        plain = next(present(member.plain) for member in parts(data / place.file) if member.offset == place.offset)
        assert b"\r\nX-Title: " + value + b"\r\n" in plain


def test_keeps_a_gzipped_body_gzipped(data: Path, opened: Archive) -> None:
    packed = gzip.compress(body_of(NO))
    received: Headers = (("Content-Encoding", "gzip"), ("Content-Length", str(len(packed))))
    place = opened.append(fetched(exchange(headers=received, body=packed), decoded=body_of(NO)))
    capture = capture_of(data, place)
    assert (capture.headers, capture.body) == (received, body_of(NO))
    assert records(data / place.file)[1][2] == packed
    assert place.digest == payload_digest(packed)


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, br"])
def test_undoes_an_encoding_that_few_programs_know(data: Path, opened: Archive, coding: str) -> None:
    received: Headers = (("content-encoding", coding), ("Content-Length", "9"), ("Content-Type", "text/html"))
    coded = exchange(headers=received, body=brotli.compress(body_of(NO)))
    place = opened.append(fetched(coded, decoded=body_of(NO)))
    capture = capture_of(data, place)
    assert capture.headers == (
        ("X-Archive-Orig-content-encoding", coding),
        ("X-Archive-Orig-Content-Length", "9"),
        ("Content-Type", "text/html"),
    )
    assert capture.body == body_of(NO)
    assert place.digest == payload_digest(body_of(NO))


def test_each_record_is_a_member_of_its_own(data: Path, opened: Archive) -> None:
    place = opened.append(fetched())
    found = parts(data / place.file)
    assert [present(member.plain).split(b"\r\n")[0] for member in found] == [b"WARC/1.1"] * 3
    assert (found[1].offset, found[1].length) == (place.offset, place.length)
    assert types(data / place.file) == ["warcinfo", "response", "request"]


def test_redirects_stand_before_the_answer_that_names_what_was_asked_for(data: Path, opened: Archive) -> None:
    moved = exchange(url=url_of(1), status=302, headers=(("Location", "/news/2"),), body=b"")
    again = exchange(url=url_of(2), status=301, headers=(("Location", "/news/3"),), body=b"moved")
    place = opened.append(fetched(moved, again, exchange(3), no=1))
    assert types(data / place.file) == ["warcinfo", *["response", "request"] * 3]
    first, second, answer = read(data / place.file)[0]
    assert [(one.url, one.status) for one in (first, second)] == [(url_of(1), 302), (url_of(2), 301)]
    assert (first.header("Location"), second.body) == ("/news/2", b"moved")
    assert (answer.url, answer.field("Asiatongsin-Asked"), answer.offset) == (url_of(3), url_of(1), place.offset)
    assert capture_of(data, opened.append(fetched(exchange(4)))).field("Asiatongsin-Asked") is None


def test_a_redirect_in_an_encoding_that_few_programs_know_keeps_its_bytes(data: Path, opened: Archive) -> None:
    """Nobody reads what a redirect says; but warcio and others stop at an encoding that they cannot undo."""
    coded = exchange(1, status=302, headers=(("Content-Encoding", "br"),), body=brotli.compress(b"moved"))
    place = opened.append(fetched(coded, exchange(2)))
    first, second = read(data / place.file)[0]
    assert (first.headers, first.body) == ((("X-Archive-Orig-Content-Encoding", "br"),), coded.body)
    assert second.body == body_of(2)


def test_tells_what_a_list_page_printed(data: Path, opened: Archive) -> None:
    listed = datetime(2025, 10, 4, 18, 20, tzinfo=KST)
    capture = capture_of(data, opened.append(fetched(listed_at=listed)))
    assert capture.field("Asiatongsin-Listed-At") == "2025-10-04T18:20:00+09:00"
    assert capture_of(data, opened.append(fetched(exchange(1)))).field("Asiatongsin-Listed-At") is None
