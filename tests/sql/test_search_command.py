"""`asiatongsin search`, run in this process."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.exceptions import UsageError

from pipelines.commands import search
from pipelines.queries.search.search import MANY
from tests.samples import AT, export, page
from tests.sql.test_looking import settings

Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(connection: Connection, database_url: str, data: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command on three articles: what it prints, and its notes."""
    for no, text in ((1, "전통시장 예산"), (2, "전통 시장에서 축제"), (3, "기후위기")):
        section, at = "경제" if no > 1 else "정치", AT + timedelta(days=no)
        found = page(no, published_at=at, section=section, headline=f"제목 {no}", subheadline=None, body=(text,))
        export(connection, found, crawl=f"crawl {no}")

    def run(*given: str) -> tuple[str, str]:
        command = search.Command()
        command.settings = settings(database_url, data)
        parser = argparse.ArgumentParser()
        command.add_options(parser)
        opts, args = parser.parse_known_args(given)
        command.run(args, opts)
        told = capsys.readouterr()
        return told.out, told.err

    return run


def test_shows_the_newest_first_with_marks(run: Run) -> None:
    out, err = run("전통시장")
    assert out.splitlines() == [
        "2025-10-07 09:52  newsasia.kr  경제  2",
        "  제목 2",
        "    «전통 시장»에서 축제",
        "2025-10-06 09:52  newsasia.kr  정치  1",
        "  제목 1",
        "    «전통시장» 예산",
    ]
    assert err == ""


def test_a_name_that_no_article_has_is_told_with_the_nearest(run: Run) -> None:
    for given in (("section:경재",), ("전통시장", "--count", "--section", "경제,경재")):
        with pytest.raises(UsageError, match="no article has the section 경재; the nearest is 경제"):
            run(*given)


def test_takes_words_to_leave_out_filters_and_a_limit(run: Run) -> None:
    assert run("전통시장", "-축제", "--count")[0] == "1 article\n"
    assert (
        run("--count", "전통시장", "section:경제")[0]
        == run("전통시장", "--section", "경제", "--count")[0]
        == "1 article\n"
    )
    assert run("제목", "--limit", "1")[0].count("제목") == 1
    assert run("제목", "--limit", "1")[1] == "asiatongsin: there are more than these 1: --limit shows more\n"
    assert run("제목", "--limit", "3", "--json")[1] == ""
    assert run("제목", "--since", "2025-10-07", "--until", "2025-10-07", "--count")[0] == "1 article\n"
    assert run("--reporter", "최지나", "--site", "newsasia.kr", "--count")[0] == "3 articles\n"
    assert run("예산 없음")[0] == "nothing is found\n"


def test_words_of_latin_letters_are_left_out_behind_two_dashes_or_in_one_argument(run: Run) -> None:
    """Before, `-s` would be an option."""
    assert run("--count", "--", "제목", "-sports")[0] == run("제목 -sports", "--count")[0] == "3 articles\n"


def test_prints_json_for_programs(run: Run) -> None:
    lines = [json.loads(line) for line in run("전통시장", "--json")[0].splitlines()]
    assert [line["no"] for line in lines] == [2, 1]
    assert lines[0]["published_at"] == "2025-10-07T09:52:07.123456+09:00"
    assert lines[0]["body"] == "전통 시장에서 축제"
    assert json.loads(run("전통시장", "--json", "--count")[0]) == {"count": 2}


def test_sorts_by_relevance_on_request(run: Run) -> None:
    assert [line.split()[-1] for line in run("예산", "--sort", "relevance")[0].splitlines()[::3]] == ["1"]


def test_says_what_it_did_not_look_through_and_what_would_help(run: Run, connection: Connection) -> None:
    assert "only the last 61 days are looked through" in run("장")[1]
    assert "and words to leave out; --since looks further back" in run("-장")[1]
    connection.execute("DROP INDEX articles_by_terms")
    connection.execute("UPDATE pg_class SET reltuples = %s WHERE oid = 'article_texts'::regclass", [MANY])
    out, err = run("전통시장", "--count")
    assert out == "2 articles\n"
    assert "there is no search index, so this takes long: `asiatongsin index` builds it" in err


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([], "write what to search for, such as"),
        (["--limit", "0"], "--limit 0: write a whole number from 1 to 10000"),
        (['"전통'], 'a quotation mark is not closed: "전통'),
        (["제목", "--limit", "1001", "--sort", "relevance"], "--limit 1001: write a whole number from 1 to 1000"),
        (["전통시장", "--since", "soon"], "since=soon: write a day"),
        (["제목", "--sectoin", "정치"], "there is no option --sectoin"),
        (["section:정지"], "no article has the section 정지; the nearest is 정치"),
        (["제목", "--reporter", "최지나,최지너"], "no article has the reporter 최지너; the nearest is 최지나"),
        (["제목", "--site", "newsasia.com"], "no article has the site newsasia.com; the nearest is newsasia.kr"),
    ],
)
def test_says_what_to_write_instead(run: Run, given: list[str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        run(*given)
