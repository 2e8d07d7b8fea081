"""A table of sites as spreadsheets write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from asiatongsin.errors import ArgumentError
from pipelines.fleet.neighbours import addresses_of, neighbours
from pipelines.fleet.site_entry import SiteEntry
from pipelines.fleet.site_table import read

TABLE = """address,every,Time-Zone,group,DOWNLOAD_DELAY,COVERAGE_IGNORE,sections,note,
www.a.kr,30m,,g,3,"article images, list 22 teasers","22,정치","작은
신문",

http://b.kr,,,,,,,
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "papers.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_reads_what_excel_writes(table: Path, encoding: str, newline: str) -> None:
    table.write_bytes(TABLE.replace("\n", newline).encode(encoding))
    a, b = read(table)
    assert (a.number, a.fault, b.number, b.fault) == (2, "", 5, "")
    assert a.entry == SiteEntry(
        site="a.kr",
        base="https://www.a.kr",
        schedule="every 30m",
        politeness_group="g",
        settings={"DOWNLOAD_DELAY": "3", "COVERAGE_IGNORE": "article images, list 22 teasers"},
        arguments={"sections": "22,정치"},
        note="작은 신문",
    )
    assert b.entry == SiteEntry(site="b.kr", base="http://b.kr")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_reads_other_separators(table: Path, separator: str) -> None:
    table.write_text(f"site{separator}every\na.kr{separator}1h")
    assert [line.entry and line.entry.schedule for line in read(table)] == ["every 1h"]


def test_names_each_fault_with_its_line(table: Path) -> None:
    table.write_text("address,every,cron\na.kr,30s\n\na.kr,1h\nA.kr,1h\nb.kr/news,1h\nc.kr,1h,,,much\n,1h\n")
    told = [(line.number, line.fault) for line in read(table)]
    assert told == [
        (2, "every 30s: write a time from 1m to 366d, such as every 30m, 6h or 1d"),
        (4, ""),
        (5, "a.kr stands in line 4 already"),
        (6, "'b.kr/news' holds more than scheme and host; write https://b.kr"),
        (7, "'much' stands in no column that has a name"),
        (8, "'' is not the address of a site; write for example https://newsasia.kr"),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty: write a line of columns"),
        (b"every\n1h", "has no column address; the columns are address, every"),
        (b"adress\na.kr", "there is no column 'adress'; the nearest is address"),
        (b"address,dry\na.kr,1", "there is no column 'dry'"),
        (b"\xff\xfea\x00\x80\xff", "is no text: save it as CSV UTF-8"),
        (b'address\n"' + b"a" * 200_000, "line 2: field larger than field limit"),
    ],
)
def test_says_why_a_table_cannot_be_read(table: Path, content: bytes, told: str) -> None:
    table.write_bytes(content)
    with pytest.raises(ArgumentError) as raised:
        read(table)
    assert told in str(raised.value)


def test_names_sites_that_may_share_a_server() -> None:
    addresses = {"a.kr": "1.1.1.1", "b.kr": "1.1.1.1", "c.kr": "2.2.2.2", "d.kr": "3.3.3.3", "e.kr": "3.3.3.3"}
    grouped = {"d.kr": "g", "e.kr": "g"}
    known = [SiteEntry(site=one, base=f"https://{one}", politeness_group=grouped.get(one)) for one in addresses]
    replica = SiteEntry(site="127.0.0.1:80", base="http://127.0.0.1:80")

    def resolve(base: str) -> frozenset[str]:
        return frozenset({addresses[base.removeprefix("https://")]})

    assert neighbours([known[1], known[2], known[3], replica], known, resolve) == [("1.1.1.1", ["a.kr", "b.kr"])]
    assert neighbours([known[2]], known, resolve) == []


def test_a_name_that_nobody_knows_has_no_address() -> None:
    assert addresses_of("http://127.0.0.1:80") == {"127.0.0.1"}
    assert addresses_of("https://no-such-host.invalid") == frozenset()
