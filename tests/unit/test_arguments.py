"""Spider arguments: what each one accepts, and what the user is told where it does not."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asiatongsin.arguments import Arguments
from asiatongsin.errors import ArgumentError
from asiatongsin.korean import KST
from asiatongsin.site import Site
from tests.cases import bug

NAMES = ("site", "sections", "pages", "since", "until", "no", "full", "dry")
END_OF_DAY = {"hour": 23, "minute": 59, "second": 59, "microsecond": 999_999}


def test_asks_for_everything_when_nothing_is_given() -> None:
    assert Arguments.parse({}) == Arguments(site=Site())


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("site", "www.example.kr", Site("https://www.example.kr")),
        ("sections", "22,34", ("22", "34")),
        ("sections", " 34, 022,34,", ("34", "22")),
        ("sections", "정치, 문화/연예 ,ALL", ("정치", "문화/연예", "all")),
        ("no", "142893", (142893,)),
        ("no", str(2**63 - 1), (2**63 - 1,)),
        ("pages", "3", 3),
        ("full", "1", True),
        ("full", "YES", True),
        ("full", "0", False),
        ("dry", "true", True),
        ("dry", "no", False),
        ("since", "2025-10-01", datetime(2025, 10, 1, tzinfo=KST)),
        ("since", "2025.10.01", datetime(2025, 10, 1, tzinfo=KST)),
        ("since", "20251001", datetime(2025, 10, 1, tzinfo=KST)),
        ("since", "2025-10-01 09:30", datetime(2025, 10, 1, 9, 30, tzinfo=KST)),
        ("since", "2025-10-01T09:30:45+09:00", datetime(2025, 10, 1, 9, 30, 45, tzinfo=KST)),
        ("since", "2025-10-01T00:00Z", datetime(2025, 10, 1, tzinfo=UTC)),
        ("until", "2025-10-31", datetime(2025, 10, 31, **END_OF_DAY, tzinfo=KST)),
        ("until", "2025-10-31 00:00", datetime(2025, 10, 31, tzinfo=KST)),
        ("since", "2025-10-01T09", datetime(2025, 10, 1, 9, tzinfo=KST)),
        ("until", "2025-10-01 9am", datetime(2025, 10, 1, 9, tzinfo=KST)),
    ],
)
def test_reads_each_argument(name: str, given: str, value: Any) -> None:
    assert getattr(Arguments.parse({name: given}), name) == value


@pytest.mark.parametrize(
    ("name", "given", "advice"),
    [
        ("page", "3", r"there is no argument 'page'; the arguments are site, sections, pages, since, .*dry$"),
        ("site", "", r"^site: '' is not the address of a site; write for example https://newsasia\.kr$"),
        ("site", "newsasia.kr/news", r"^site: .* write https://newsasia\.kr$"),
        *(
            ("sections", wrong, "whole numbers above 0, for example sections=22,34")
            for wrong in ("", ",", "0", "뉴스,0")
        ),
        *(("no", wrong, "whole numbers above 0, for example no=22,34") for wrong in ("-5", "1.5", "5;6", str(2**63))),
        *(("pages", wrong, f"pages={wrong}: write a whole number above 0") for wrong in ("", "0", "many", "1e3", "３")),
        *(("full", wrong, f"full={wrong}: write 1 or 0") for wrong in ("", "2", "ja")),
        *(("since", wrong, "a day such as 2025-10-01, or a time") for wrong in ("", "soon", "10:30", "2025-10", "0")),
        *(("until", wrong, "a day such as 2025-10-01, or a time") for wrong in ("2025-02-30", "2025-10-01 25:00")),
        *((name, "9" * 5000, "whole number") for name in ("no", "sections", "pages")),
        *(
            bug("since", wrong, "write a day", reason="what dateutil reads is no time Python can hold")
            for wrong in ("9999-12-31T23:59Z", "0001-01-01T00:00+14:00", "2025-10-01 10:00+25:00")
        ),
    ],
)
def test_says_what_to_write_instead(name: str, given: str, advice: str) -> None:
    with pytest.raises(ArgumentError, match=advice):
        Arguments.parse({name: given})


def test_refuses_a_time_zone_it_does_not_know() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ArgumentError):
            Arguments.parse({"since": "2025-10-01 10:00 ABC"})


def test_since_and_until_may_be_so_long_ago_or_a_day_before_today() -> None:
    asked = Arguments.parse({"since": "30d", "until": "yesterday"})
    assert asked.since
    assert asked.until
    assert asked.since.utcoffset() == timedelta(hours=9)
    assert asked.until - asked.since > timedelta(days=28)
    assert {name: getattr(asked.until, name) for name in END_OF_DAY} == END_OF_DAY


def test_refuses_a_window_that_ends_before_it_begins() -> None:
    with pytest.raises(ArgumentError, match="since=2025-10-02 is after until=2025-10-01"):
        Arguments.parse({"since": "2025-10-02", "until": "2025-10-01"})
    Arguments.parse({"since": "2025-10-01", "until": "2025-10-01"})


def test_ignores_what_scrapyd_adds() -> None:
    assert Arguments.parse({"_job": "4d5c", "pages": "2"}) == Arguments(site=Site(), pages=2)


@pytest.mark.parametrize(
    ("published", "is_wanted"),
    [
        (None, True),
        (datetime(2025, 9, 30, 23, 59, tzinfo=KST), False),
        (datetime(2025, 10, 1, tzinfo=KST), True),
        (datetime(2025, 9, 30, 15, tzinfo=UTC), True),
        (datetime(2025, 10, 2, 23, 59, 59, tzinfo=KST), True),
        (datetime(2025, 10, 3, tzinfo=KST), False),
    ],
)
def test_wants_what_lies_within_the_window(published: datetime | None, *, is_wanted: bool) -> None:
    assert Arguments.parse({"since": "2025-10-01", "until": "2025-10-02"}).wants(published) is is_wanted


def test_wants_what_a_list_prints_without_the_seconds() -> None:
    printed = datetime(2025, 10, 1, 10, 20, tzinfo=KST)
    assert Arguments.parse({"since": "2025-10-01 10:20:40"}).wants(printed)
    assert not Arguments.parse({"since": "2025-10-01 10:20:40"}).wants(printed - timedelta(minutes=1))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from([*NAMES, "_job", "page"]), st.one_of(st.text(), st.text("0123456789-:T ,.+"))))
def test_any_text_gives_arguments_or_an_argument_error(given: dict[str, str]) -> None:
    try:
        arguments = Arguments.parse(given)
    except ArgumentError:
        return
    assert all(number > 0 for number in (*arguments.no, arguments.pages or 1))
    for moment in (arguments.since, arguments.until):
        assert moment is None or moment.utcoffset() is not None
