"""How far the archived headers are those that were sent; docs/en/explanation/reliability.md says it in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.captured import read, records
from tests.conftest import Scrapy
from tests.raw_server import sending
from tests.samples import UNREACHABLE

BODY = "<html><body>기사</body></html>".encode()
SENT = [
    b"HTTP/1.1 200 Fine by me",
    b"x-lower: 1",
    b'ETag: "a"',
    b"Set-Cookie: b=1",
    b"X-UPPER: \xea\xb0\x80\xff",
    b"set-cookie: a=2",
    b"X-Space:   two  ",
    b"X-Folded: one",
    b" two",
    b"Server:",
    b"Content-type: text/html",
]
KEPT = [
    ("X-Lower", "1"),
    ("Etag", '"a"'),
    ("Set-Cookie", "b=1"),
    ("Set-Cookie", "a=2"),
    ("X-Upper", b"\xea\xb0\x80\xff".decode("latin-1")),
    ("X-Space", "two"),
    ("X-Folded", "one two"),
    ("Server", ""),
    ("Content-Type", "text/html"),
]
CONNECTION = [
    *(b"Connection: close", b"Keep-Alive: timeout=5", b"TE: x", b"Trailers: x", b"Upgrade: x", b"Proxy-Connection: x"),
]
CHUNKS = b"5\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (BODY[:5], len(BODY) - 5, BODY[5:])


@pytest.mark.parametrize("in_chunks", [False, True])
def test_headers_are_kept_but_for_their_case_their_grouping_and_the_connection(
    scrapy: Scrapy, data: Path, in_chunks: bool
) -> None:
    length = b"Transfer-Encoding: chunked" if in_chunks else b"Content-Length: %d" % len(BODY)
    head = b"\r\n".join([*SENT, *CONNECTION, length, b"", b""])
    with sending(head + (CHUNKS if in_chunks else BODY)) as url:
        options = ("-a", f"site={url}", "-a", "no=1", "-s", "ROBOTSTXT_OBEY=False")
        scrapy("crawl", "asiatongsin", *options, DATABASE_URL=UNREACHABLE)
    [file] = data.rglob("*.warc.gz")
    [(line, body)] = [(one.http_headers.statusline, raw) for kind, one, raw in records(file) if kind == "response"]
    [capture], told = read(file)
    assert told == []
    assert list(capture.headers) == ([] if in_chunks else [("Content-Length", str(len(BODY)))]) + KEPT
    assert (line, body) == ("200 OK", BODY)
