"""What happened to articles in a time: each thing once, for the time at which a crawl found it."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from psycopg import Connection
from scrapy.exceptions import UsageError

from pipelines.commands import changes as command
from pipelines.exporters import removed_articles
from pipelines.queries.changes import LATE, Change, Kind, changes, unseen
from pipelines.queries.search.filters import Filters
from tests.samples import AT, NO, SITE, export, later, page, record, removed
from tests.sql.test_looking import settings

Run = Callable[..., tuple[str, str]]

NAMESPACE = "http://www.w3.org/2005/Atom"
DAY = 24 * 60
BODY = ("시의회가 예산을 의결했다.", "둘째 문단.")


def found(
    connection: Connection, first: float = -1, last: float = 100 * DAY, words: str = "", **given: object
) -> list[Change]:
    """The changes between so many minutes after AT."""
    return changes(connection, later(first), later(last), Filters.parse(words), **given)  # type: ignore[arg-type]


def kinds(found: list[Change]) -> list[str]:
    return [f"{change.kind} {change.no}" for change in found]


def take_down(connection: Connection, minutes: float, no: int = NO) -> None:
    """Two crawls, a day apart, find the article removed."""
    for crawl, at in ((f"first {minutes}", later(minutes)), (f"second {minutes}", later(minutes + DAY))):
        export(connection, removed(no, at), crawl=crawl)
        ended = replace(record(crawl), finished_at=at, gone_after=timedelta(days=1))
        removed_articles.confirm(connection, ended)


def test_a_new_article_is_new_when_it_was_fetched_first(connection: Connection) -> None:
    export(connection, page(1), page(2, later(60)), page(3, later(120), published_at=None))
    export(connection, page(1, later(180)))
    assert kinds(found(connection)) == ["new 3", "new 2", "new 1"]
    assert kinds(found(connection, 60, 60)) == ["new 2"]
    [change] = found(connection, last=0)
    assert (change.at, change.url, change.section) == (AT, page(1).url, "사회")


def test_what_was_published_long_before_is_not_new(connection: Connection) -> None:
    """A first crawl stores all that there ever was."""
    export(connection, page(1, published_at=later(-1) - LATE), page(2, published_at=later(-2) - LATE))
    assert kinds(found(connection)) == ["new 1"]


def test_an_edit_says_which_parts_were_changed_and_how_much(connection: Connection) -> None:
    export(connection, page(headline="첫 제목", body=BODY))
    export(
        connection,
        page(at=later(60), headline="고친 제목", body=(BODY[0].replace("예산", "추경"),), modified_at=later(50)),
    )
    [edit] = found(connection, 1)
    assert (edit.kind, edit.at, edit.after, edit.revision) == (Kind.EDITED, later(60), AT, 2)
    assert edit.parts == ("headline", "body", "modified_at")
    assert (edit.headline, edit.headline_before, edit.modified_at) == ("고친 제목", "첫 제목", later(50))
    assert (edit.added, edit.removed) == (len("고친추경을"), len("첫예산을둘째문단."))


def test_edits_of_white_space_and_small_ones_are_left_out(connection: Connection) -> None:
    export(connection, page(body=BODY))
    export(connection, page(at=later(60), body=(" ".join(BODY),)))
    export(connection, page(at=later(120), body=(" ".join(BODY).replace("둘", "셋"),)))
    assert [change.revision for change in found(connection, 1)] == [3]
    assert [change.revision for change in found(connection, 1, minimum=0)] == [3, 2]
    assert found(connection, 1, minimum=5) == []
    assert found(connection, 60, 60, minimum=0)[0].parts == ("body",)


def test_another_printed_time_alone_is_no_edit(connection: Connection) -> None:
    export(connection, page())
    export(connection, page(at=later(60), modified_at=later(50)))
    assert found(connection, 1, minimum=0) == []


def test_what_was_taken_down_counts_from_the_second_sighting(connection: Connection) -> None:
    export(connection, page())
    take_down(connection, 60)
    [gone] = found(connection, 1)
    assert (gone.kind, gone.at, gone.after, gone.before) == (Kind.GONE, later(60 + DAY), AT, later(60))
    assert found(connection, 1, 59 + DAY) == []


def test_an_article_that_is_back_was_taken_down_before(connection: Connection) -> None:
    export(connection, page(headline="제목"))
    take_down(connection, 60)
    export(connection, page(at=later(3 * DAY), headline="고친 제목"), crawl="third")
    back, gone, edited = found(connection, 1)
    assert (back.kind, gone.kind, edited.kind) == (Kind.BACK, Kind.GONE, Kind.EDITED)
    assert back.at == gone.at == edited.at == later(3 * DAY)
    assert (gone.after, gone.before) == (AT, later(3 * DAY))
    take_down(connection, 4 * DAY)
    assert kinds(found(connection, 1, only=[Kind.GONE])) == [f"gone {NO}"] * 2


def test_a_number_that_was_given_to_another_article_is_no_edit(connection: Connection) -> None:
    export(connection, page(headline="첫 기사", body=("하나",), published_at=AT))
    export(connection, page(at=later(60), headline="다른 기사", body=("둘",), published_at=later(50)))
    given, other, first = found(connection)
    assert [change.kind for change in (given, other, first)] == [Kind.REPLACED, Kind.NEW, Kind.NEW]
    assert (given.headline, given.now, given.at) == ("첫 기사", "다른 기사", later(60))
    assert (other.headline, first.headline, first.at) == ("다른 기사", "첫 기사", AT)


def test_words_find_an_edit_by_either_text(connection: Connection) -> None:
    export(connection, page(1, body=BODY), page(2, body=("축제",)))
    export(connection, page(1, later(60), body=(BODY[0].replace("예산", "추경"),)), page(2, later(60), body=("행사",)))
    for words in ("예산", "추경", "예산 section:사회", "시의회", "예산 -축제"):
        assert kinds(found(connection, 1, words=words)) == ["edited 1"]
    assert kinds(found(connection, words="추경")) == ["edited 1", "new 1"]
    assert found(connection, words="예산 section:정치") == []
    assert found(connection, words="예산 site:example.kr") == []


def test_says_of_which_site_nothing_can_be_known(connection: Connection) -> None:
    export(connection, page())
    assert unseen(connection, later(-60), later(60)) == []
    assert unseen(connection, later(60), later(120)) == [SITE]
    assert unseen(connection, later(-60), later(60), Filters.parse("site:newsasia.kr,example.kr")) == ["example.kr"]


@pytest.fixture
def run(connection: Connection, database_url: str, data: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command: what it prints, and its last line."""

    def run(*given: str) -> tuple[str, str]:
        made = command.Command()
        made.settings = settings(database_url, data)
        parser = argparse.ArgumentParser()
        made.add_options(parser)
        opts, args = parser.parse_known_args(given)
        made.run(args, opts)
        told = capsys.readouterr()
        return told.out, told.err

    return run


@pytest.fixture
def week(connection: Connection) -> None:
    """An article that was edited and taken down, and one with a headline that programs may misread."""
    export(connection, page(1, headline="첫 제목", body=BODY, modified_at=None))
    export(connection, page(1, later(60), headline="고친 제목", body=BODY, modified_at=None))
    take_down(connection, 120, no=1)
    export(connection, page(2, later(90), headline='=1+1 <b>"&\x1b[31m\ufffe'), crawl="other")


def test_prints_what_happened_the_newest_first(run: Run, week: None) -> None:
    out, err = run("--since", "2025-10-05")
    assert out.splitlines() == [
        "2025-10-06 11:52  taken down  newsasia.kr  사회  1",
        "  고친 제목",
        "    it was still there on 2025-10-05 10:52; found removed first on 2025-10-05 11:52",
        "2025-10-05 11:22  new         newsasia.kr  사회  2",
        '  =1+1 <b>"&\\x1b[31m\ufffe',
        "2025-10-05 10:52  edited      newsasia.kr  사회  1",
        "  고친 제목",
        "    headline: 2 characters added, 1 removed; the headline was: 첫 제목",
        "2025-10-05 09:52  new         newsasia.kr  사회  1",
        "  고친 제목",
    ]
    assert err.startswith("asiatongsin: 2025-10-05 00:00 to ")
    assert err.endswith(" (Korean time): 2 new, 1 edited, 1 taken down\n")


def test_takes_kinds_words_a_limit_and_a_time(run: Run, week: None) -> None:
    since = ("--since", "2025-10-05")
    assert run(*since, "--only", "edited, GONE")[0].count("고친 제목") == 2
    assert run(*since, "--only", "edited", "--minimum", "4")[0] == "nothing was found\n"
    out, err = run(*since, "예산", "--limit", "1")
    assert "taken down" in out
    assert len(out.splitlines()) == 3
    assert err.endswith("1 new, 1 edited, 1 taken down; the newest 1 are shown\n")
    assert "1 new" in run("since:2025-10-05", "until:2025-10-05", "예산")[1]
    out, err = run()
    assert out == "nothing was found\n"
    assert err.endswith("nothing; no crawl of newsasia.kr in this time, so nothing is known of it\n")


def test_a_section_counts_as_known_where_only_a_former_article_had_it(run: Run, connection: Connection) -> None:
    export(connection, page(headline="첫 기사", body=("하나",), section="옛 면", published_at=AT))
    export(connection, page(at=later(60), headline="다른 기사", body=("둘",), section="새 면", published_at=later(50)))
    assert "1 new, 1 replaced" in run("--since", "2025-10-05", "--section", "옛 면")[1]


def test_prints_json_csv_and_atom_for_programs(run: Run, week: None) -> None:
    since = ("--since", "2025-10-05")
    lines = [json.loads(line) for line in run(*since, "--json")[0].splitlines()]
    assert [(line["kind"], line["no"]) for line in lines] == [("gone", 1), ("new", 2), ("edited", 1), ("new", 1)]
    assert (lines[2]["at"], lines[2]["parts"]) == ("2025-10-05T10:52:07.123456+09:00", ["headline"])
    out = run(*since, "--format", "csv")[0]
    assert out.startswith("\ufeffkind,at,")
    rows = list(csv.DictReader(StringIO(out.removeprefix("\ufeff"))))
    assert rows[1]["headline"].startswith("'=1+1 <b>")
    assert (rows[2]["at"], rows[2]["parts"], rows[2]["added"]) == ("2025-10-05T10:52:07+09:00", "headline", "2")
    feed = ElementTree.fromstring(run(*since, "--format", "atom")[0])
    entries = feed.findall(f"{{{NAMESPACE}}}entry")
    assert len({entry.findtext(f"{{{NAMESPACE}}}id") for entry in entries}) == len(entries) == 4
    assert entries[1].findtext(f"{{{NAMESPACE}}}title") == 'new: =1+1 <b>"&[31m'
    assert feed.findtext(f"{{{NAMESPACE}}}updated") == "2025-10-06T02:52:07Z"
    assert run("--format", "atom")[0].startswith("<?xml")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--only", "edited,lost"], "--only edited,lost: there is no 'lost', only new, edited, gone, back, replaced"),
        (["--minimum", "-1"], "--minimum -1: write a whole number from 0"),
        (["--limit", "0"], "--limit 0: write a whole number from 1"),
        (["--since", "soon"], "since=soon: write a day"),
        (["--onyl", "gone"], "there is no option --onyl"),
        (["--since", "2999-01-01"], "since=2999-01-01 is still to come"),
        (["--section", "사휘"], "no article has the section 사휘; the nearest is 사회"),
        (["--since", "2025-10-02", "--until", "2025-10-01"], "since=2025-10-02 is after until=2025-10-01"),
    ],
)
def test_says_what_to_write_instead(run: Run, week: None, given: list[str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        run(*given)


def test_takes_a_time_before_all_news(run: Run, week: None) -> None:
    assert "1 edited" in run("--since", "0001-01-01")[1]
    assert run("--until", "0001-01-01")[0] == "nothing was found\n"


def test_looks_a_week_back_from_the_time_at_which_it_ends(run: Run, week: None) -> None:
    assert "2 new, 1 edited" in run("--until", "2025-10-11")[1]
    assert f"{datetime(2025, 10, 4):%Y-%m-%d}" in run("--until", "2025-10-11")[1]
