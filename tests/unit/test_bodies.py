"""Bodies as other programs store them, and which form of a body a digest may be of."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest

from asiatongsin.capture import Headers
from pipelines.archive.warc import payload_digest
from tests.captured import body_of, foreign, read
from tests.raw_server import sending
from tests.site import Fault, ReplicaSite, serve

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BODY = body_of(1)
PACKED = gzip.compress(BODY, mtime=0)
CODED = (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))
OTHER = payload_digest(b"another page")


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


STORED = chunked(PACKED[:50], PACKED[50:])


@pytest.mark.parametrize(
    "digest",
    [
        payload_digest(STORED),
        payload_digest(PACKED),
        payload_digest(BODY),
        payload_digest(BODY).lower(),
        f"sha1:{hashlib.sha1(PACKED, usedforsecurity=False).hexdigest()}",
        "sha256:47DEQpj8HBSa",
        "md5:x",
        "",
    ],
)
def test_reads_a_body_whose_digest_is_of_any_of_its_forms(tmp_path: Path, digest: str) -> None:
    path = foreign(tmp_path / "a.warc.gz", STORED, headers=CODED, WARC_Payload_Digest=digest)
    found, told = read(path)
    assert [capture.body for capture in found] == [BODY]
    assert told == []


@pytest.mark.parametrize("digest", [OTHER, "sha1:", "sha1:AAAA", f"SHA1:{OTHER[5:]}"])
def test_tells_of_a_body_that_does_not_have_its_digest(tmp_path: Path, digest: str) -> None:
    path = foreign(tmp_path / "a.warc.gz", STORED, headers=CODED, WARC_Payload_Digest=digest)
    assert read(path) == ([], [(0, f"the body does not have the digest {digest}")])


def test_a_chunk_that_holds_more_than_a_page_is_none(tmp_path: Path) -> None:
    bomb = chunked(gzip.compress(b" " * 100_000_000))
    [found], told = read(foreign(tmp_path / "a.warc.gz", bomb, headers=CODED))
    assert (found.body, "more than" in found.unread, told) == (b"", True, [])


CUT: dict[str, tuple[dict[str, Any], str]] = {
    "length": ({"WARC_Truncated": "length"}, "the page was cut off when it was archived: length"),
    "time": ({"WARC_Truncated": "time"}, "the page was cut off when it was archived: time"),
    "unspecified": ({"WARC_Truncated": "unspecified"}, "the page was cut off when it was archived: unspecified"),
    "segment": ({"WARC_Segment_Number": "1"}, "the page is in several records, which nobody joins here"),
    "unsaid": ({"headers": (("Content-Length", "20"),)}, "the page is shorter than it says"),
}
"""What is not the whole page, and what is told of it."""


@pytest.mark.parametrize("given", CUT)
def test_tells_of_a_page_that_was_cut_off_when_it_was_archived(tmp_path: Path, given: str) -> None:
    path = foreign(tmp_path / "a.warc.gz", b"<p>half of", **CUT[given][0])
    assert read(path) == ([], [(0, CUT[given][1])])


def test_a_revisit_without_its_body_is_not_cut_off(tmp_path: Path) -> None:
    """Tools write WARC-Truncated there as well: of the body, nothing is kept."""
    [revisit], told = read(foreign(tmp_path / "a", b"", kind="revisit", WARC_Truncated="length"))
    assert (revisit.is_revisit, told) == (True, [])


@pytest.mark.parametrize(
    "headers", [(("Content-Length", "3"),), (("Content-Length", "x"),), (("Content-Length", "²"),)]
)
def test_a_length_that_says_nothing_costs_no_page(tmp_path: Path, headers: Headers) -> None:
    assert len(read(foreign(tmp_path / "a.warc.gz", b"<p>whole", headers=headers))[0]) == 1


wget = pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")


def fetched(folder: Path, *arguments: str) -> Path:
    """What wget archives of an address."""
    command = ["wget", "--quiet", "--tries=1", "--timeout=100", "--delete-after", "--warc-file=other", *arguments]
    subprocess.run(command, cwd=folder, check=False, timeout=600)
    return folder / "other.warc.gz"


@wget
@pytest.mark.parametrize("option", ["--no-verbose", "--compression=auto", "--header=Accept-Encoding: gzip"])
@pytest.mark.parametrize("kind", ["", "gzip", "not gzip", "euc-kr", "controls", "empty", "raw redirect"])
def test_reads_what_wget_archives_of_a_page(tmp_path: Path, kind: str, option: str) -> None:
    site = ReplicaSite(articles=3)
    with serve(site) as replica:
        replica.faults += [Fault(kind=kind)] if kind else []
        found, told = read(fetched(tmp_path, option, f"{replica.url}/news/article.html?no={site.last_no}"))
    assert told == []
    gave_up = kind == "not gzip" and option == "--compression=auto"
    assert bool(found) is not gave_up


@wget
@pytest.mark.parametrize("option", ["--no-verbose", "--compression=auto"])
@pytest.mark.parametrize("coding", ["", "Content-Encoding: gzip\r\n"])
def test_reads_what_wget_archives_of_a_page_in_chunks(tmp_path: Path, coding: str, option: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n{coding}\r\n"
    body = PACKED if coding else BODY
    with sending(head.encode() + chunked(body[:100], body[100:])) as url:
        found, told = read(fetched(tmp_path, option, f"{url}/news/article.html?no=1"))
    assert told == []
    assert [capture.body for capture in found] == [BODY]


ENCODED = {
    "br": brotli.compress(BODY),
    "zstd": zstd.compress(BODY),
    "x-gzip": PACKED,
    "gzip, br": brotli.compress(PACKED),
    "br, gzip": gzip.compress(brotli.compress(BODY)),
    "gzip, identity": PACKED,
    "GZIP": PACKED,
    "utf-8": PACKED,
    "none": zstd.compress(BODY),
    "br, zstd": zstd.compress(brotli.compress(BODY)),
}
"""Bodies under what their header says of them, be it true or not."""


@pytest.mark.parametrize("coding", ENCODED)
def test_undoes_every_encoding_that_can_be_undone(tmp_path: Path, coding: str) -> None:
    path = foreign(tmp_path / "a.warc.gz", ENCODED[coding], headers=(("Content-Encoding", coding),))
    found, told = read(path)
    assert ([capture.body for capture in found], told) == ([BODY], [])


@pytest.mark.parametrize("before", ["", "\ufeff", "\r\n\t ", "<!-- x -->", "<?xml version='1.0'?>", "<!DOCTYPE html>"])
@pytest.mark.parametrize("coding", ["br", "zstd", "utf-8", "none", "UTF-8", "8bit", "text/html", "compress", "a, br"])
def test_takes_a_page_that_was_stored_decoded_as_it_is(tmp_path: Path, coding: str, before: str) -> None:
    page = before.encode() + BODY
    found, told = read(foreign(tmp_path / "a.warc.gz", page, headers=(("Content-Encoding", coding),)))
    assert ([capture.body for capture in found], told) == ([page], [])


@pytest.mark.parametrize("coding", ["br", "zstd", "none", "compress"])
@pytest.mark.parametrize("cut", [-20, 30])
def test_tells_of_a_body_that_cannot_be_undone(tmp_path: Path, coding: str, cut: int) -> None:
    body = ENCODED["br" if coding != "zstd" else "zstd"][:cut]
    found, told = read(foreign(tmp_path / "a.warc.gz", body, headers=(("Content-Encoding", coding),)))
    assert (found, told) == ([], [(0, f"the body is encoded as {coding}, which cannot be undone")])


@pytest.mark.parametrize("pack", [brotli.compress, zstd.compress])
def test_a_bomb_of_any_encoding_is_no_page(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    coding = "br" if pack is brotli.compress else "zstd"
    path = foreign(tmp_path / "a.warc.gz", pack(b" " * 50_000_000), headers=(("Content-Encoding", coding),))
    [found], told = read(path)
    assert (found.body, "more than" in found.unread, told) == (b"", True, [])


@pytest.mark.parametrize("kind", ["resource", "conversion"])
def test_a_record_without_an_answer_says_that_it_is_not_read(tmp_path: Path, kind: str) -> None:
    [found], told = read(foreign(tmp_path / "a.warc.gz", BODY, kind=kind))
    assert (found.unread, told) == (f"the page is in a {kind} record, without the answer of a server", [])
