"""Passwords and cookies never get into the archive, and out of the files that hold some."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy.http import Request, Response
from warcio.archiveiterator import ArchiveIterator

from asiatongsin.capture import Archived, Headers
from asiatongsin.middlewares.exchanges import exchange as as_received
from pipelines.archive.cleaning import clean
from pipelines.archive.in_use import alone_in
from pipelines.archive.reading import capture_at
from tests.captured import archive, exchange, fetched, parts, read, records
from tests.samples import later

PROXY = ("Proxy-Authorization", "Basic dXNlcjpnZWhlaW1lcyBQYXNzd29ydA==")
SECRETS: list[tuple[str, str]] = [
    PROXY,
    ("Authorization", "Bearer geheim"),
    ("Cookie", "PHPSESSID=geheim; a=1"),
    ("X-Api-Key", "geheim"),
    ("X-Auth-Token", "geheim"),
]
USUAL: Headers = (("Host", "newsasia.kr"), ("Accept", "text/html"), ("User-Agent", "asiatongsin/0"))


def old(data: Path, *secrets: tuple[str, str]) -> tuple[Path, list[Archived]]:
    """A file that an earlier version wrote; its second body is that of the first, its third request has no secret."""
    sent = (USUAL[0], *secrets, *USUAL[1:])
    with archive(data) as opened:
        one = exchange(1, later(1), request_headers=sent)
        same = exchange(1, later(2), request_headers=sent, status=304, body=b"")
        places = [opened.append(fetched(one, no=1))]
        opened.append(fetched(same, no=1, earlier=places[0], status=304))
        places += [opened.append(fetched(exchange(no, later(no), request_headers=USUAL), no=no)) for no in (3, 4)]
    return data / places[0].file, places


def cleaned(path: Path) -> tuple[int, list[tuple[int, str]]]:
    """How many records were cleaned, and what was told."""
    told: list[tuple[int, str]] = []
    return clean(path, lambda _, offset, trouble: told.append((offset, trouble))), told


@pytest.mark.parametrize("secrets", [[PROXY], SECRETS, *[[one] for one in SECRETS]])
def test_takes_secrets_out_and_leaves_every_record_in_its_place(data: Path, secrets: list[tuple[str, str]]) -> None:
    path, places = old(data, *secrets)
    before, mode, captured = parts(path), path.stat().st_mode, read(path)
    assert cleaned(path) == (2, [])
    after = parts(path)
    assert [(one.offset, one.length) for one in after] == [(one.offset, one.length) for one in before]
    changed = [number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0].plain != pair[1].plain]
    assert [records(path)[number][0] for number in changed] == ["request", "request"]
    held = b"".join(one.plain or b"" for one in after)
    assert not [name for name, value in secrets if name.encode() in held or value.encode() in held]
    assert [record.http_headers.headers for kind, record, _ in records(path) if kind == "request"] == [[*USUAL]] * 4
    assert (read(path), path.stat().st_mode) == (captured, mode)
    assert all(capture_at(path, place.offset) for place in places)


def test_the_digests_are_right_afterwards(data: Path) -> None:
    path, _ = old(data, *SECRETS)
    cleaned(path)
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests=True):
            record.content_stream().read()
            assert record.digest_checker.passed is not False, record.rec_headers


def test_leaves_a_clean_file_as_it_is(data: Path) -> None:
    path, _ = old(data, *SECRETS)
    cleaned(path)
    before = (path.stat().st_ino, path.read_bytes())
    assert cleaned(path) == (0, [])
    assert (path.stat().st_ino, path.read_bytes()) == before


def test_begins_anew_where_a_run_was_killed(data: Path) -> None:
    path, _ = old(data, PROXY)
    path.with_name(f"{path.name}.part").write_bytes(b"half of it")
    assert cleaned(path) == (2, [])
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_overwrites_what_is_left_of_a_request_that_was_cut_off(data: Path) -> None:
    path, _ = old(data, PROXY)
    second = parts(path)[4]
    path.write_bytes(path.read_bytes()[: second.offset + second.length - 12])
    size = path.stat().st_size
    assert cleaned(path) == (2, [])
    assert path.stat().st_size == size
    assert path.read_bytes()[second.offset :] == bytes(size - second.offset)
    assert cleaned(path) == (0, [])


def test_overwrites_a_damaged_request_and_nothing_behind_it(data: Path) -> None:
    path, _ = old(data, PROXY)
    members = parts(path)
    content = bytearray(path.read_bytes())
    content[members[2].offset + members[2].length - 6] ^= 0xFF
    path.write_bytes(content)
    assert cleaned(path) == (2, [])
    assert path.read_bytes()[members[2].offset : members[3].offset] == bytes(members[2].length)
    assert path.read_bytes()[members[5].offset :] == content[members[5].offset :]


def test_what_a_page_says_is_no_header(data: Path) -> None:
    body = b"WARC/1.1\r\nWARC-Type: request\r\nContent-Length: 60\r\n\r\nGET / HTTP/1.1\r\nCookie: a=1\r\n\r\n"
    with archive(data) as opened:
        place = opened.append(fetched(exchange(1, body=body, headers=(("Set-Cookie", "a=1"),)), no=1))
    before = (data / place.file).read_bytes()
    assert cleaned(data / place.file) == (0, [])
    assert (data / place.file).read_bytes() == before


def test_one_cleans_at_a_time(data: Path) -> None:
    data.mkdir()
    with alone_in(data) as first, alone_in(data) as second:
        assert (first, second) == (True, False)
    with alone_in(data) as later_one:
        assert later_one


@pytest.mark.parametrize("url", ["http://newsasia.kr/", "https://newsasia.kr/"])
def test_no_secret_of_a_request_is_noted(url: str) -> None:
    request = Request(url, headers=dict(SECRETS) | {"Accept": "text/html"})
    noted = as_received(request, Response(url, headers={"Set-Cookie": "a=1"}))
    assert noted.request_headers == (("Host", "newsasia.kr"), ("Accept", "text/html"))
    assert noted.headers == (("Set-Cookie", "a=1"),)
