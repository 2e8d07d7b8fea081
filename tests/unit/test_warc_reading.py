"""Captures out of WARC files of any origin and in any state: what is whole is read, what is not is told."""

from __future__ import annotations

import gzip
import os
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from asiatongsin import settings
from pipelines.archive import gzip_members
from pipelines.archive import reading as warc_reading
from pipelines.archive.reading import Capture, capture_at, captures
from tests.captured import archived_pages, body_of, foreign, packed_as_one, parts, read, unpacked, url_of
from tests.samples import later

NUMBERS = (1, 2, 3)
FORMS = {"gzipped": lambda path: path, "plain": unpacked, "gzipped as one": packed_as_one}
"""How the same records may be stored."""

VERSION = "1 0 Example\nURL IP-address Archive-date Content-type Archive-length\n"
ARC = """filedesc://old.arc 0.0.0.0 20060101000000 text/plain {version_length}
{version}
http://example.kr/ 192.0.2.1 20060102030405 text/html {length}
{answer}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of three articles."""
    return archived_pages(tmp_path, NUMBERS)[0]


def bodies(found: list[Capture]) -> list[bytes]:
    return [capture.body for capture in found]


def cut(path: Path, at: int) -> Path:
    torn = path.with_suffix(".torn")
    torn.write_bytes(path.read_bytes()[:at])
    return torn


@pytest.mark.parametrize("form", FORMS)
def test_reads_the_same_in_every_form(path: Path, form: str) -> None:
    found, told = read(FORMS[form](path))
    assert told == []
    assert [capture.url for capture in found] == [url_of(no) for no in NUMBERS]
    assert bodies(found) == [body_of(no) for no in NUMBERS]
    assert [capture.fetched_at for capture in found] == [later(minute) for minute in range(3)]
    first = found[0]
    assert (first.status, first.header("content-TYPE"), first.is_revisit) == (200, "text/html", False)
    assert (first.field("warc-ip-address"), first.field("X"), first.header("X")) == ("192.0.2.1", None, None)


@pytest.mark.parametrize("form", ["gzipped", "plain"])
def test_tells_where_each_record_is_so_that_it_is_found_again(path: Path, form: str) -> None:
    path = FORMS[form](path)
    found, _ = read(path)
    for number, capture in enumerate(found):
        assert capture_at(path, capture.offset) == capture
        assert read(path, capture.offset)[0] == found[number:]
        alone = path.with_suffix(".alone")
        alone.write_bytes(path.read_bytes()[capture.offset :][: capture.length])
        assert bodies(read(alone)[0]) == [capture.body]


@pytest.mark.parametrize("form", FORMS)
def test_a_torn_file_is_read_up_to_the_tear(path: Path, form: str) -> None:
    path = FORMS[form](path)
    size = path.stat().st_size
    ends = {end.offset + end.length for end in read(path)[0]} if form != "gzipped as one" else set()
    told_of_none = []
    for at in range(0, size, 13):
        found, told = read(cut(path, at))
        assert bodies(found) == [body_of(no) for no in NUMBERS[: len(found)]], at
        if form != "gzipped as one":
            assert len(found) >= sum(end <= at for end in ends), at
        told_of_none += [at] if not told else []
    assert len(told_of_none) <= 7  # a file that ends behind a record looks like one that was ended there


@pytest.mark.parametrize("form", ["gzipped", "plain"])
def test_a_flipped_bit_costs_no_other_record(path: Path, form: str) -> None:
    path = FORMS[form](path)
    content, whole = path.read_bytes(), read(path)[0]
    damaged = path.with_name(f"damaged{path.suffix}")
    for at in range(0, len(content), 17):
        damaged.write_bytes(content[:at] + bytes([content[at] ^ 0x04]) + content[at + 1 :])
        found, told = read(damaged)
        untouched = [one for one in whole if not one.offset <= at < one.offset + one.length]
        wrong = [one.body for one in found if one.body not in bodies(whole)]
        assert wrong == [], at
        assert [one.body for one in untouched if one.body not in bodies(found)] == [], at
        assert len(found) <= len(whole), at
        # Nothing guards the header of a record that is not packed: one of another type may be what was written.
        assert told or len(found) == len(whole) or content.find(b"\r\n\r\n", at) < content.find(b"HTTP/1.1", at), at


def test_a_damaged_record_is_not_taken_for_the_one_behind_it(path: Path) -> None:
    first, second, _ = read(path)[0]
    content = bytearray(path.read_bytes())
    content[first.offset + 40] ^= 1
    path.write_bytes(content)
    assert capture_at(path, first.offset) is None
    assert capture_at(path, second.offset) == second
    for elsewhere in (0, second.offset - 1, second.offset + 1, len(content), len(content) + 9):
        assert capture_at(path, elsewhere) is None
    assert capture_at(path.with_name("gone"), 0) is None


@pytest.mark.parametrize("torn", [False, True])
def test_reads_a_file_that_is_gzipped_as_one_and_too_large_for_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torn: bool
) -> None:
    numbers = range(1, 80)
    whole = packed_as_one(archived_pages(tmp_path, numbers)[0])
    monkeypatch.setattr(gzip_members, "LARGEST_MEMBER", 100_000)
    found, told = read(cut(whole, whole.stat().st_size - 200) if torn else whole)
    assert bodies(found) == [body_of(no) for no in numbers[: len(found)]]
    assert 60 < len(found) < 79 if torn else len(found) == 79
    assert [offset for offset, _ in told] == ([0] if torn else [])


@pytest.mark.parametrize("torn", [False, True])
def test_reads_files_that_were_gzipped_as_a_whole_and_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torn: bool
) -> None:
    one, other = (packed_as_one(archived_pages(tmp_path / name, range(1, 80))[0]) for name in "ab")
    one.write_bytes(one.read_bytes() + other.read_bytes() + (other.read_bytes()[:-40] if torn else b""))
    for largest in (100_000, 10_000_000):
        monkeypatch.setattr(gzip_members, "LARGEST_MEMBER", largest)
        found, told = read(one)
        assert bodies(found)[:158] == [body_of(no) for no in range(1, 80)] * 2
        assert [offset for offset, _ in told] == ([one.stat().st_size - other.stat().st_size + 40] if torn else [])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"<html><body>a page that was saved</body></html>", "no record"),
        (gzip.compress(b"<html>packed</html>", mtime=0), "Unknown archive format"),
        (b"this is not a warc", ""),
        (b"\n\n\nthis is not\n", ""),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00", ""),
        (bytes(range(256)) * 400, ""),
        (b"\x1f\x8b\x08 and no gzip", "damaged"),
        (b"WARC/1.1\r\n", ""),
        (b"WARC/1.1\r\nWARC-Type: response\r\n", ""),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", ""),
        ("날짜,제목\n2025-10-05,기사\n".encode(), ""),
    ],
)
def test_says_so_where_a_file_is_no_archive(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "given"
    path.write_bytes(content)
    found, told = read(path)
    assert found == []
    assert told
    assert says in told[0][1]


def test_raises_where_a_file_cannot_be_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "missing", tmp_path / "pipe"):
        with pytest.raises(OSError, match=path.name):
            list(captures(path, lambda *_: None))


def test_undoes_the_encodings_that_other_programs_store(tmp_path: Path) -> None:
    page = body_of(1) * 100
    packed = gzip.compress(page)
    chunked = b"%x\r\n%s\r\n%x;ext=1\r\n%s\r\n0\r\n\r\n" % (500, packed[:500], len(packed) - 500, packed[500:])
    raw_deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    cases = {
        ("gzip",): packed,
        ("x-gzip",): packed,
        ("GZIP",): packed,
        ("deflate",): zlib.compress(page),
        ("Deflate",): raw_deflate.compress(page) + raw_deflate.flush(),
        ("identity",): page,
        ("gzip", "chunked"): chunked,
        ("", "chunked"): b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page),
        ("gzip", ""): page,  # stored decoded, under the headers of the packed one
        ("", "chunked "): page,  # the same of the other encoding
    }
    for (coding, *transfer), stored in cases.items():
        headers = (("Content-Encoding", coding), *(("Transfer-Encoding", one) for one in transfer))
        found, told = read(foreign(tmp_path / "a.warc.gz", stored, headers=headers))
        assert bodies(found) == [page], (coding, transfer)
        assert told == []


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("coding", ["zstd", "br", "gzip, gzip"])
def test_tells_of_an_encoding_that_nobody_undoes_and_reads_on(tmp_path: Path, coding: str, packed: bool) -> None:
    headers = (("Content-Encoding", coding),)
    path = foreign(tmp_path / "a.warc", b"\x28\xb5\x2f\xfd", headers=headers, packed=packed)
    path.write_bytes(path.read_bytes() + foreign(tmp_path / "b.warc", body_of(1), packed=packed).read_bytes())
    found, told = read(path)
    assert bodies(found) == [body_of(1)]
    assert told == [(0, f"the body is encoded as {coding}, which cannot be undone")]


def test_passes_over_bodies_that_are_too_large_for_a_page(tmp_path: Path) -> None:
    coded = foreign(tmp_path / "a.warc.gz", gzip.compress(b" " * 200_001), headers=(("Content-Encoding", "gzip"),))
    plain = foreign(tmp_path / "b.warc", b" " * 200_001, b"x" * 200_000, packed=False)
    [large], told = read(coded, largest=200_000)
    assert (large.body, large.unread, told) == (b"", "the page has more than 200000 bytes (DOWNLOAD_MAXSIZE)", [])
    found, told = read(plain, largest=200_000)
    assert ([(one.body, bool(one.unread)) for one in found], told) == ([(b"", True), (b"x" * 200_000, False)], [])


@pytest.mark.parametrize("form", FORMS)
def test_passes_over_a_film_without_a_word(tmp_path: Path, form: str) -> None:
    film = bytes(range(256)) * 80_000
    path = FORMS[form](foreign(tmp_path / "a.warc.gz", body_of(1), film, body_of(2)))
    found, told = read(path)
    assert (bodies([one for one in found if not one.unread]), told) == ([body_of(1), body_of(2)], [])


def test_takes_the_pages_that_the_crawl_takes() -> None:
    assert warc_reading.LARGEST_PAGE == settings.DOWNLOAD_MAXSIZE


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2016", datetime(2016, 1, 1)),
        ("2016-05", datetime(2016, 5, 1)),
        ("2016-05-06", datetime(2016, 5, 6)),
        ("2016-05-06T07:08Z", datetime(2016, 5, 6, 7, 8)),
        ("2016-05-06T07:08:09Z", datetime(2016, 5, 6, 7, 8, 9)),
        ("2016-05-06T07:08:09.1Z", datetime(2016, 5, 6, 7, 8, 9, 100_000)),
        ("2016-05-06T07:08:09.123456789Z", datetime(2016, 5, 6, 7, 8, 9, 123_456)),
        ("2016-05-06T07:08:09", datetime(2016, 5, 6, 7, 8, 9)),
        ("2016-05-06T16:08:09+09:00", datetime(2016, 5, 6, 7, 8, 9)),
    ],
)
def test_reads_a_date_of_any_precision(tmp_path: Path, text: str, moment: datetime) -> None:
    found, told = read(foreign(tmp_path / "a.warc.gz", b"<p>", WARC_Date=text))
    assert told == []
    assert [capture.fetched_at for capture in found] == [moment.replace(tzinfo=UTC)]


@pytest.mark.parametrize("days", [-0.1, 0.9])
def test_reads_a_capture_of_a_clock_that_is_a_little_ahead(tmp_path: Path, days: float) -> None:
    at = datetime.now(UTC) + timedelta(days=days)
    assert [one.fetched_at for one in read(foreign(tmp_path / "a", b"<p>", WARC_Date=at.isoformat()))[0]] == [at]


TOMORROW = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"


@pytest.mark.parametrize(
    "text",
    [
        *("soon", "0001-01-01T00:00:00+09:00", "9999-12-31T24:00", "2016-13-01"),
        *("1989-12-31T23:59:59Z", "0001", "2099", "9999-12-31T23:59:59Z", TOMORROW),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_tells_of_a_date_that_is_none_and_reads_on(tmp_path: Path, text: str, packed: bool) -> None:
    path = foreign(tmp_path / "a.warc", b"<p>", packed=packed, WARC_Date=text)
    path.write_bytes(path.read_bytes() + foreign(tmp_path / "b.warc", b"<b>", packed=packed).read_bytes())
    found, told = read(path)
    assert bodies(found) == [b"<b>"]
    assert [offset for offset, _ in told] == [0]


def test_reads_an_arc_file(tmp_path: Path) -> None:
    answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nServer: old\r\n\r\n<html>옛 기사</html>"
    lengths = {"version_length": len(VERSION), "length": len(answer.encode())}
    content = ARC.format(version=VERSION, answer=answer, **lengths).encode()
    for name, stored in (("a.arc", content), ("a.arc.gz", gzip.compress(content))):
        (tmp_path / name).write_bytes(stored)
        found, told = read(tmp_path / name)
        assert told == []
        assert [(one.url, one.status, one.body) for one in found] == [
            ("http://example.kr/", 200, "<html>옛 기사</html>".encode())
        ]
        assert found[0].fetched_at == datetime(2006, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_passes_over_what_is_no_answer_of_a_web_server(path: Path) -> None:
    assert len(parts(path)) == 7
    assert len(read(path)[0]) == 3
