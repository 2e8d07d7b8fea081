"""`asiatongsin export`, run in this process: what is in the files, and what is said."""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from psycopg import Connection, conninfo
from pyarrow import parquet
from scrapy.exceptions import UsageError

from asiatongsin.korean import KST
from pipelines.commands import export as command
from pipelines.datasets import parquet as ours
from pipelines.queries.records.kinds import KINDS
from tests.samples import AT, SITE, export, later, page, story
from tests.sql.test_looking import settings

Run = Callable[..., str]

TRAPS = ("=1+1", "+82 2", "-3.5%", "@here", "\tx", '"q", \\n', "＝1")
BIGKINDS = (
    *("뉴스 식별자", "일자", "언론사", "기고자", "제목", "통합 분류1", "통합 분류2", "통합 분류3"),
    *("사건/사고 분류1", "사건/사고 분류2", "사건/사고 분류3", "인물", "위치", "기관", "키워드"),
    *("특성추출(가중치순 상위 50개)", "본문", "URL", "분석제외 여부"),
)


@pytest.fixture
def stored(connection: Connection) -> Connection:
    """Articles whose headlines are traps, newest last."""
    pages = [
        page(
            no,
            headline=trap,
            section="정치" if no % 2 else "사회",
            body=("첫 문단\t표", "둘째 \\ 문단", "기자 a@b.kr"),
            published_at=AT + timedelta(days=no),
            stories=[story(1)],
            seoul=no,
        )
        for no, trap in enumerate(TRAPS, start=1)
    ]
    export(connection, *pages)
    return connection


@pytest.fixture
def run(stored: Connection, database_url: str, data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """The command; `FILE` stands for the folder of the test. Returns its last line."""

    def run(*given: str, url: str = database_url) -> str:
        asked = command.Command()
        asked.settings = settings(url, data)
        parser = argparse.ArgumentParser()
        asked.add_options(parser)
        opts, args = parser.parse_known_args([one.replace("FILE", str(tmp_path)) for one in given])
        asked.run(args, opts)
        return capsys.readouterr().err.splitlines()[-1].replace(str(tmp_path), "FILE")

    return run


def table(path: Path) -> list[dict[str, str]]:
    """A CSV file as Excel opens it."""
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_all_formats_hold_the_same(run: Run, tmp_path: Path) -> None:
    for kind in KINDS:
        for suffix in ("csv", "jsonl", "parquet"):
            run(kind, "-o", f"FILE/{kind}.{suffix}")
        of_csv, of_json = table(tmp_path / f"{kind}.csv"), lines(tmp_path / f"{kind}.jsonl")
        of_parquet = parquet.read_table(tmp_path / f"{kind}.parquet").to_pylist()
        assert len(of_csv) == len(of_json) == len(of_parquet) >= len(TRAPS)
        for one, other, third in zip(of_csv, of_json, of_parquet, strict=True):
            assert {name: in_csv(value) for name, value in other.items()} == one
            assert {name: in_json(value) for name, value in third.items()} == other


def in_csv(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in {*"=+-@\t\r\n＝＋－＠"} - {""} else text


def in_json(value: object) -> object:
    if isinstance(value, datetime):
        assert value.utcoffset() == timedelta(0)
        return value.astimezone(KST).replace(microsecond=0).isoformat()
    return value


def test_no_cell_starts_a_formula_and_numbers_stay_numbers(run: Run, tmp_path: Path) -> None:
    run("articles", "-o", "FILE/a.csv")
    assert [row["headline"] for row in table(tmp_path / "a.csv")] == [
        *("'=1+1", "'+82 2", "'-3.5%", "'@here", "'\tx", '"q", \\n', "'＝1")
    ]
    run("weather", "--city", "동두천", "-o", "FILE/w.csv")
    assert {row["temperature_c"] for row in table(tmp_path / "w.csv")} == {"-2.5"}


def test_the_last_line_says_rows_and_file_also_where_there_are_none(run: Run, tmp_path: Path) -> None:
    assert run("articles", "-o", "FILE/a.csv", "--since", "2025-10-08") == (
        "asiatongsin: 5 rows of articles in FILE/a.csv; FILE/a.fields.csv explains the columns"
    )
    assert run("articles", "-o", "FILE/a.csv", "--match", "없는말") == (
        "asiatongsin: 0 rows of articles: nothing is found, and FILE/a.csv holds none now"
    )
    assert table(tmp_path / "a.csv") == []
    assert run("images", "-o", "/dev/null", "--format", "csv") == (
        "asiatongsin: 14 rows of images written to /dev/null"
    )


def test_a_file_beside_it_explains_the_columns(run: Run, tmp_path: Path) -> None:
    run("articles", "-o", "FILE/a.csv")
    names = list(table(tmp_path / "a.csv")[0])
    fields = table(tmp_path / "a.fields.csv")
    assert [field["column"] for field in fields] == [*names, ""]
    assert all(field["meaning"] for field in fields)
    assert "copyright" in fields[-1]["meaning"]
    run("weather", "-o", "FILE/a.jsonl")
    assert table(tmp_path / "a.fields.csv") == fields
    assert table(tmp_path / "a.jsonl.fields.csv")[3]["column"] == "city"


def test_addresses_of_reporters_are_there_only_with_email(run: Run, tmp_path: Path) -> None:
    run("articles", "-o", "FILE/a.csv")
    assert b"@b.kr" not in (tmp_path / "a.csv").read_bytes()
    run("articles", "--with-email", "-o", "FILE/a.csv")
    [one, *_] = table(tmp_path / "a.csv")
    assert (one["reporter_email"], one["body"].endswith("기자 a@b.kr")) == ("desk2@example.kr", True)


def test_names_of_bigkinds(run: Run, tmp_path: Path) -> None:
    run("articles", "--names", "bigkinds", "-o", "FILE/a.csv", "--section", "사회", "--until", "2025-10-07")
    [one] = table(tmp_path / "a.csv")
    assert tuple(one) == BIGKINDS
    assert {name: value for name, value in one.items() if value} == {
        "뉴스 식별자": f"{SITE}.2",
        "일자": "20251007",
        "언론사": SITE,
        "기고자": "최지나",
        "제목": "'+82 2",
        "통합 분류1": "사회",
        "본문": "첫 문단\t표\n\n둘째 \\ 문단\n\n기자 [e-mail]",
        "URL": f"https://{SITE}/news/article.html?no=2",
    }


def test_parquet_has_groups_types_and_what_columns_mean(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ours, "ROWS_OF_GROUP", 3)
    run("articles", "-o", "FILE/a.parquet")
    file = parquet.ParquetFile(tmp_path / "a.parquet")
    assert [file.metadata.row_group(place).num_rows for place in range(file.num_row_groups)] == [3, 3, 1]
    field = file.schema_arrow.field("published_at")
    assert str(field.type) == "timestamp[us, tz=UTC]"
    assert field.metadata[b"comment"].decode().startswith("Printed time of 등록")
    assert file.read().column("published_at").to_pylist()[0] == (AT + timedelta(days=1)).astimezone(UTC)
    assert b"copyright" in file.schema_arrow.metadata[b"note"]


def test_a_feed_is_valid_and_its_entries_keep_their_identity(run: Run, stored: Connection, tmp_path: Path) -> None:
    export(stored, page(9, headline="<b>&\x01\ufffe", section='"<', reporter="a&b", published_at=None), crawl="feed")
    assert run("articles", "-o", "FILE/a.atom", "--match", "site:newsasia.kr") == (
        "asiatongsin: 8 rows of articles in FILE/a.atom"
    )
    name = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.parse(tmp_path / "a.atom").getroot()
    entries = feed.findall(f"{name}entry")
    assert [entry.findtext(f"{name}title") for entry in entries] == [*reversed(TRAPS), "<b>&"]
    assert entries[-1].findtext(f"{name}id") == f"https://{SITE}/news/article.html?no=9"
    assert datetime.fromisoformat(entries[0].findtext(f"{name}updated") or "").tzinfo
    identity = feed.findtext(f"{name}id")
    run("articles", "-o", "FILE/b.atom", "--match", "site:newsasia.kr")
    assert ElementTree.parse(tmp_path / "b.atom").getroot().findtext(f"{name}id") == identity
    run("articles", "-o", "FILE/b.atom", "--section", "정치")
    assert ElementTree.parse(tmp_path / "b.atom").getroot().findtext(f"{name}id") != identity


def test_what_is_new_goes_into_a_file_of_its_own_and_none_is_made_where_nothing_is(
    run: Run, stored: Connection, tmp_path: Path
) -> None:
    new = ("articles", "--new-since", "daily", "-o")
    assert run(*new, "FILE/new-{date}.csv").startswith("asiatongsin: 7 rows of articles in FILE/new-20")
    [made] = tmp_path.glob("new-*-??.csv")
    with pytest.raises(UsageError, match=r"new-.*csv is there.*nothing is lost"):
        run(*new, str(made))
    assert run(*new, "FILE/second.csv").startswith("asiatongsin: 0 rows of articles: nothing is new since")
    assert not (tmp_path / "second.csv").exists()
    export(stored, page(1, later(60), headline="새 제목"), crawl="later")
    assert run(*new, "FILE/third.jsonl").startswith("asiatongsin: 1 row of articles in")
    assert [row["headline"] for row in lines(tmp_path / "third.jsonl")] == ["새 제목"]


def test_the_mark_stays_where_the_file_cannot_be_written(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write /dev/full: No space left on device"):
        run("articles", "--new-since", "daily", "-o", "/dev/full", "--format", "csv")
    assert run("articles", "--new-since", "daily", "-o", "FILE/new.csv").startswith("asiatongsin: 7 rows")


def test_where_nothing_is_new_nothing_is_written_to_what_is_no_file(run: Run) -> None:
    new = ("articles", "--new-since", "daily", "-o", "/dev/null", "--format", "jsonl")
    assert run(*new) == "asiatongsin: 7 rows of articles written to /dev/null"
    assert run(*new).startswith("asiatongsin: 0 rows of articles: nothing is new")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((), "write what to export, one of articles, .*asiatongsin drain"),
        (("article",), "article: write one of articles"),
        (("articles", "예산"), "behind --match"),
        (("articles", "-o", "FILE/a.xlsx"), "ends in none of .csv"),
        (("articles", "-o", "FILE"), "is a folder"),
        (("articles", "-o", "FILE/none/a.csv"), "make it first"),
        (("articles", "--city", "서울"), "articles have no city"),
        (("weather", "--match", "예산"), "weather is chosen by"),
        (("weather", "--city", "Soul"), "the nearest name is Seoul"),
        (("weather", "--names", "bigkinds"), "--names bigkinds is for articles"),
        (("images", "--format", "atom"), "a feed is made of articles"),
        (("articles", "--format", "atom", "--names", "bigkinds"), "a feed has no columns"),
        (("articles", "--section", "정처"), "no article has the section 정처; the nearest is 정치"),
        (("articles", "--section", "정치,겡제"), "no article has the section 겡제"),
        (("weather", "--site", "newsasia.co.kr"), "no weather strip has the site newsasia.co.kr; the"),
        (("articles", "--since", "gestern"), "since=gestern: write a day"),
        (("articles", "--new-since", " "), "needs a name"),
        (("articles", "--new-since", "a", "--until", "yesterday"), "an --until that moves"),
    ],
    ids=str,
)
def test_what_cannot_be_exported_is_told_in_a_sentence(run: Run, given: tuple[str, ...], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        run(*given)


def test_a_role_that_may_only_read_exports(
    run: Run, stored: Connection, database_url: str, role: str, tmp_path: Path
) -> None:
    stored.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    url = conninfo.make_conninfo(database_url, user=role, options="-c default_transaction_read_only=on")
    for kind in KINDS:
        assert " rows of " in run(kind, "-o", f"FILE/{kind}.parquet", url=url)
    with pytest.raises(UsageError, match="may not INSERT on export_marks"):
        run("articles", "--new-since", "daily", "-o", "FILE/new.csv", url=url)


def test_parquet_without_pyarrow_says_how_to_get_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'asiatongsin\[parquet\]'"):
        run("articles", "-o", "FILE/a.parquet")
