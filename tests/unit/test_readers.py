"""Files that several processes read in parts give what one process reads of them as a whole."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from scrapy.settings import Settings

from asiatongsin.items import PageItems
from pipelines.archive.fetching import WhileRead
from pipelines.archive.reading import first_record
from pipelines.archive.whereabouts import Whereabouts
from pipelines.database.connection import Database
from pipelines.reparse import readers
from pipelines.reparse.captured import Wanted
from pipelines.reparse.parts import Asked, Part
from pipelines.reparse.readers import Readers
from pipelines.reparse.reading import Reader
from pipelines.reparse.unchanged import Unchanged
from tests.captured import archive, archived_pages, exchange, fetched, packed_as_one, parts, unpacked, url_of
from tests.other_warc import Warc, page_of
from tests.samples import SITE, UNREACHABLE, record
from tests.site import ReplicaSite

Read = tuple[list[tuple[int, PageItems]], list[tuple[int, str]], dict[str, str]]


def asked(data: Path) -> Asked:
    values = Settings()
    values.setmodule("asiatongsin.settings")
    values.setdict({"DATABASE_URL": UNREACHABLE, "DATA": str(data)})
    return Asked(
        settings=values.copy_to_dict(),
        wanted=Wanted(),
        where=Whereabouts(data=data),
        clocks_ahead={},
        largest=8_000_000,
        stored_sites=frozenset(),
    )


def read(data: Path, files: list[Path], jobs: int) -> Read:
    """The pages, what cannot be read, and the addresses of the sites."""
    pages, damage = [], []
    files_read = WhileRead(Whereabouts(data=data), lambda *told: pytest.fail(str(told)))
    with Readers(asked(data), jobs, {}, files_read) as opened:
        for _, chunk in opened.read(files, 0):
            pages += [(page.offset, page.items) for page in chunk.pages]
            damage += chunk.damage
        return pages, damage, opened.bases


def forged(no: int) -> bytes:
    """A record as an archive holds it, packed."""
    warc = Warc(Path("none"))
    warc.add(url_of(no), b"<html>")
    return warc.bytes.getvalue()


def holding_records(path: Path) -> Path:
    """Pages whose bodies are packed records, in members that are stored as they are."""
    warc = Warc(path, packed=False)
    for no in range(1, 8):
        start = warc.bytes.tell()
        warc.add(url_of(no), forged(1000 + no) * 20, Server="x")
        plain = warc.bytes.getvalue()[start:]
        packer = zlib.compressobj(0, zlib.DEFLATED, 31)
        warc.bytes.seek(start)
        warc.bytes.truncate()
        warc.bytes.write(packer.compress(plain) + packer.flush())
    return warc.close()


def damaged(path: Path) -> Path:
    """Each seventh byte of a hundred is another one, and the end is missing."""
    content = bytearray(path.read_bytes())
    for at in range(900, len(content), 4001):
        content[at] ^= 0x10
    torn = path.with_name("damaged.warc.gz")
    torn.write_bytes(content[:-50])
    return torn


def under_two_addresses(data: Path) -> Path:
    """A site that was first crawled under one address, then under another."""
    site = ReplicaSite(articles=10, page_bytes=8000)
    with archive(data, record("two")) as opened:
        places = [
            opened.append(fetched(exchange(url=f"{base}/news/article.html?no={no}", body=page_of(site, no)), no=no))
            for base, numbers in (("http://www.two.kr", [100_001]), ("https://two.kr", range(100_002, 100_010)))
            for no in numbers
        ]
    return data / places[0].file


FORMS: dict[str, Callable[[Path], Path]] = {
    "ours": lambda data: archived_pages(data, range(1, 40))[0],
    "plain": lambda data: unpacked(archived_pages(data / "plain", range(1, 10))[0]),
    "gzipped as one": lambda data: packed_as_one(archived_pages(data / "whole", range(1, 100))[0]),
    "holding records": lambda data: holding_records(data / "records.warc.gz"),
    "damaged": lambda data: damaged(archived_pages(data / "damaged", range(1, 40))[0]),
    "two addresses": under_two_addresses,
    "empty": lambda data: Warc(data / "empty.warc.gz").close(),
    "gone": lambda data: data / "gone.warc.gz",
}


def test_parts_give_what_the_whole_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [made(tmp_path) for made in FORMS.values()]
    expected = read(tmp_path, files, jobs=1)
    monkeypatch.setattr(readers, "PART_BYTES", 1500)
    pages, damage, bases = read(tmp_path, files, jobs=3)
    assert [(offset, items.no, items.url) for offset, items in pages] == [
        (offset, items.no, items.url) for offset, items in expected[0]
    ]
    assert (pages, sorted(damage), bases) == (expected[0], sorted(expected[1]), expected[2])
    assert len(pages) > 190
    assert {items.article.url[:18] for _, items in pages if items.article} == {"http://www.two.kr/"}
    assert len(damage) > 3
    assert not {items.no for _, items in pages} & set(range(1000, 1010))


def test_what_looks_like_a_record_is_found_in_a_page(tmp_path: Path) -> None:
    """The first guess is wrong here: that is what the test above is about."""
    path = holding_records(tmp_path / "a.warc.gz")
    begins = [member.offset for member in parts(path)]
    assert first_record(path, 1, begins[1]) not in [None, *begins]


@pytest.mark.parametrize("url", ["", UNREACHABLE])
def test_hands_on_all_pages_where_it_cannot_compare_them(tmp_path: Path, url: str) -> None:
    """The embedded database is left alone: it would run on when the process that asked it is ended."""
    file, _ = archived_pages(tmp_path, [1, 2])
    [chunk] = Reader(asked(tmp_path)).read(Part(file=file, start=0))
    unchanged = Unchanged(Database(url, tmp_path), frozenset({SITE}))
    assert len(unchanged.left_out(chunk).pages) == 2
    assert chunk.same == 0
    assert ("session" in vars(unchanged)) is bool(url)
