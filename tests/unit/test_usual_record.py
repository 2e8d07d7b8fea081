"""A record that is read without warcio gives what warcio reads of it, and whatever is unusual is left to warcio."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.archive.usual_record import usual_record
from tests.captured import archived_pages, capture_of, parts, read
from tests.samples import present


@pytest.fixture
def record(tmp_path: Path) -> bytes:
    """The record of an article in an archive of ours."""
    file, _ = archived_pages(tmp_path, [1])
    return present(parts(file)[1].plain)


def test_takes_all_records_that_we_write(tmp_path: Path) -> None:
    file, [place, _] = archived_pages(tmp_path, [1, 2])
    kinds = [present(usual_record(present(member.plain))).rec_type for member in parts(file)]
    assert kinds == ["warcinfo", "response", "request", "response", "request"]
    assert capture_of(tmp_path, place).status == 200


@pytest.mark.parametrize("byte", [b" ", b"\r\n", b"\n", b"\r\n ", b":", b"\0", b"\xff", "가".encode(), b"<", b"0", b""])
def test_what_it_takes_of_changed_bytes_is_what_warcio_reads(tmp_path: Path, record: bytes, byte: bytes) -> None:
    packed, plain, taken = tmp_path / "a.warc.gz", tmp_path / "a.warc", 0
    for at in [*range(0, len(record), 31), len(record) - 1, len(record)]:
        changed = record[:at] + byte + record[at + 1 :]
        taken += usual_record(changed) is not None
        packed.write_bytes(gzip.compress(changed, 1))
        plain.write_bytes(changed)
        (found, told), (expected, also_told) = read(packed), read(plain)
        assert [replace(one, path=plain, length=expected[0].length) for one in found] == expected, at
        assert bool(told) == bool(also_told), at
    assert taken or byte not in {b" ", b"0"}


@pytest.mark.parametrize(
    ("what", "by"),
    [
        (b"WARC/1.1", b"WARC/2.0"),
        (b"WARC-Type: response", b"WARC-Type: resource"),
        (b"sha1:", b"md5:"),
        (b"Content-Length: ", b"Content-Length: 0"),
        (b"WARC-Target-URI: http", b"WARC-Target-URI: <http"),
        (b"WARC-Target-URI: ", b"WARC-Target-URI:  "),
        (b"\r\nWARC-Date", b"\r\n more\r\nWARC-Date"),
    ],
)
def test_leaves_to_warcio_what_is_unusual(record: bytes, what: bytes, by: bytes) -> None:
    assert what in record
    assert usual_record(record)
    assert usual_record(record.replace(what, by)) is None
    assert usual_record(record + b"\r\n") is None
    assert usual_record(record[:-1]) is None
