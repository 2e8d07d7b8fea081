"""Where a record ends: what stands in a page is never taken for a record, and damage costs no neighbour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.captured import body_of, foreign, read

REFUSED: dict[str, dict[str, Any]] = {
    "encoding": {"headers": (("Content-Encoding", "br"),)},
    "date": {"WARC_Date": "soon"},
    "digest": {"WARC_Block_Digest": "sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    "no digest": {"WARC_Block_Digest": "sha1:!"},
}
"""Records that are told, each for another reason."""


def smuggled(folder: Path) -> bytes:
    """A page that holds a record, as its author may have wished."""
    return b"text <p>\r\n\r\n\n" + foreign(folder / "inner", b"smuggled", packed=False).read_bytes()


def joined(path: Path, *files: Path) -> Path:
    path.write_bytes(b"".join(file.read_bytes() for file in files))
    return path


@pytest.mark.parametrize("packed", [True, False], ids=["gzipped", "plain"])
@pytest.mark.parametrize("why", REFUSED)
def test_a_record_in_the_body_of_another_is_text(tmp_path: Path, why: str, packed: bool) -> None:
    refused = foreign(tmp_path / "a", smuggled(tmp_path), packed=packed, **REFUSED[why])
    path = joined(tmp_path / "c", refused, foreign(tmp_path / "b", b"behind", packed=packed))
    found, told = read(path)
    assert [capture.body for capture in found] == [b"behind"]
    assert [offset for offset, _ in told] == [0]


@pytest.mark.parametrize("line", [b"HTTP/1.1 odd OK", b"HTTP/1.1", b"\0\0", b""])
def test_a_record_in_an_answer_that_is_none_is_text(tmp_path: Path, line: bytes) -> None:
    plain = foreign(tmp_path / "a", smuggled(tmp_path), packed=False, WARC_Block_Digest="md5:").read_bytes()
    length = len(line) - len(b"HTTP/1.1 200 OK")
    head, _, rest = plain.partition(b"HTTP/1.1 200 OK")
    [old] = [one for one in head.split(b"\r\n") if one.startswith(b"Content-Length")]
    head = head.replace(old, b"Content-Length: %d" % (int(old.split()[1]) + length))
    (tmp_path / "a").write_bytes(head + line + rest)
    found, told = read(joined(tmp_path / "c", tmp_path / "a", foreign(tmp_path / "b", b"behind", packed=False)))
    assert [capture.body for capture in found][-1:] == [b"behind"]
    assert b"smuggled" not in [capture.body for capture in found]
    assert len(told) <= 1


@pytest.mark.parametrize("packed", [True, False], ids=["gzipped", "plain"])
def test_a_record_in_the_body_of_one_that_is_cut_off_is_text(tmp_path: Path, packed: bool) -> None:
    path = foreign(tmp_path / "a", smuggled(tmp_path) + b"x" * 100_000, packed=packed)
    path.write_bytes(path.read_bytes()[:-60])
    assert read(path)[0] == []


@pytest.mark.parametrize("names", [{}, {"WARC_Block_Digest": "", "WARC_Payload_Digest": ""}])
@pytest.mark.parametrize("by", [-7, 7, 700])
def test_a_wrong_length_costs_the_record_that_has_it(tmp_path: Path, by: int, names: dict[str, Any]) -> None:
    plain = foreign(tmp_path / "a", *map(body_of, (1, 2, 3)), packed=False, **names).read_bytes()
    [second] = [part for part in plain.split(b"WARC/1.0") if b"example.kr/2" in part]
    length = int(second.partition(b"Content-Length: ")[2].split()[0])
    wrong = second.replace(b"Content-Length: %d" % length, b"Content-Length: %d" % (length + by))
    (tmp_path / "a").write_bytes(plain.replace(second, wrong))
    found, told = read(tmp_path / "a")
    assert [capture.url[-1] for capture in found] == ["1", "3"]
    assert [offset for offset, _ in told] == [plain.index(second) - len(b"WARC/1.0")]
