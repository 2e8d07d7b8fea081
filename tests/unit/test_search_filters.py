"""The language of a query, and the filters that come of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from asiatongsin.errors import ArgumentError
from asiatongsin.korean import KST
from pipelines.queries.search.conditions import date_terms, terms
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.search import Place
from pipelines.queries.search.windows import windows
from pipelines.queries.search.words import Word

NOW = datetime(2026, 11, 30, 12, tzinfo=KST)


def parsed(match: str, **options: str) -> Filters:
    return Filters.parse(match, now=NOW, **options)


def test_reads_words_phrases_and_what_is_left_out() -> None:
    assert parsed('전통시장 "내년 예산" -축제 title:시장 -title:"새 시장" “둘 셋”').words == (
        Word(text="전통시장"),
        Word(text="내년 예산", is_phrase=True),
        Word(text="축제", is_excluded=True),
        Word(text="시장", in_title=True),
        Word(text="새 시장", is_phrase=True, in_title=True, is_excluded=True),
        Word(text="둘 셋", is_phrase=True),
    )


def test_reads_filters_from_the_query_or_from_options() -> None:
    filters = Filters(
        words=(Word(text="예산"),),
        sites=("newsasia.kr",),
        sections=("정치", "국제 경제"),
        reporters=("최지나",),
        since=datetime(2026, 10, 31, 12, tzinfo=KST),
        until=datetime(2026, 11, 29, 23, 59, 59, 999999, tzinfo=KST),
    )
    query = '예산 site:www.newsasia.kr section:"정치,국제 경제" Reporter:최지나 since:30d until:yesterday'
    assert parsed(query) == filters
    options = {"section": "정치, 국제 경제", "reporter": "최지나", "since": "30d", "until": "yesterday"}
    assert parsed("예산", site="https://newsasia.kr", **options) == filters


@pytest.mark.parametrize("query", ["10:30", "http://newsasia.kr", '"section: 정치"', "가:나"])
def test_a_colon_may_stand_in_a_word(query: str) -> None:
    assert [word.text for word in parsed(query).words] == [query.strip('"')]


def test_decomposed_letters_are_put_together() -> None:
    assert parsed("\u1109\u1175\u110c\u1161\u11bc").words == (Word(text="시장"),)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ('시장 "내년', {}, 'quotation mark is not closed: "내년'),
    ('""', {}, "nothing stands between the quotation marks"),
    ("sectoin:정치", {}, 'there is no sectoin: .* quotes search for it: "sectoin:정치"'),
    ("section: 정치", {}, "nothing stands behind section:"),
    ("-section:정치", {}, "only words can be left out"),
    ("section:정치 section:경제", {}, "section: stands twice"),
    ("section:정치,", {}, "write one, or several with commas between"),
    ("서울 - 부산", {}, "a - stands alone"),
    ("section:정치", {"section": "경제"}, "section is given twice"),
    ("since:soon", {}, "since=soon: write a day"),
    ("", {"since": "yesterday", "until": "30d"}, "since=yesterday is after until=30d"),
    ("", {"site": "a b"}, "site: 'a b' is not the address of a site"),
    ("가" * 1001, {}, "at most 1000 characters, and this one 1001"),
    (" ".join(chr(ord("가") + i) for i in range(31)), {}, "at most 30 words, and this one 31"),
]


@pytest.mark.parametrize(("match", "options", "sentence"), WRONG)
def test_says_what_to_write_instead(match: str, options: dict[str, str], sentence: str) -> None:
    with pytest.raises(ArgumentError, match=sentence):
        parsed(match, **options)


def test_a_word_is_left_out_within_the_index_only_where_its_term_tells_it() -> None:
    assert terms(parsed("예산 -축제 -전통시장")) == "('예산') & !('축제')"
    assert terms(parsed("-축제")) == ""


def test_names_are_quoted_in_terms() -> None:
    assert terms(Filters(sections=("가'나\\다",))) == "('C가''나\\\\다')"


def test_single_syllables_and_signs_alone_are_costly() -> None:
    assert [parsed(query).is_costly for query in ("장", "%", "-축제", "장 -축제")] == [True] * 4
    assert [parsed(query).is_costly for query in ("시장", "장 시장", "장 section:정치", "", "ai")] == [False] * 5


def test_windows_grow_and_meet() -> None:
    first, last = datetime(1990, 5, 6, tzinfo=KST), datetime(2026, 11, 30, 12, tzinfo=KST)
    found = list(windows(first, last))
    begins = [begin for begin, _ in found]
    assert [f"{begin:%Y-%m}" for begin in begins] == [
        "2026-10",
        "2025-12",
        "2024-12",
        "2020-12",
        "2012-12",
        "1996-12",
        "1990-05",
    ]
    assert [end for _, end in found[1:]] == begins[:-1]
    assert found[0][1] > last
    assert begins[-1] == first


def test_windows_reach_back_to_the_first_day_that_there_is() -> None:
    first = datetime(1, 1, 1, tzinfo=KST)
    assert [begin for begin, _ in windows(first, datetime(2026, 11, 30, tzinfo=KST))][-1] == first
    assert [begin for begin, _ in windows(first, first + timedelta(days=2))] == [first]


def test_a_long_time_is_asked_for_by_its_years() -> None:
    assert date_terms(datetime(2025, 12, 31, tzinfo=KST), datetime(2026, 1, 1, tzinfo=KST)) == ["M202512", "M202601"]
    assert date_terms(datetime(2023, 12, 31, tzinfo=KST), datetime(2026, 1, 1, tzinfo=KST)) == [
        "Y2023",
        "Y2024",
        "Y2025",
        "Y2026",
    ]


def test_a_place_is_read_as_it_was_written() -> None:
    for place in (Place(NOW, 5, "newsasia.kr"), Place(None, 5, "127.0.0.1:8000")):
        assert Place.read(place.written()) == place
    for wrong in ("5", "a_5_newsasia.kr", "2026-11-30T12:00:00_5_newsasia.kr", "_x_newsasia.kr"):
        with pytest.raises(ArgumentError, match=f"'{wrong}' is no place"):
            Place.read(wrong)
