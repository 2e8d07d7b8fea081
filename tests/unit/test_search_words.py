"""What a word finds, and where it is marked."""

from __future__ import annotations

import random

import pytest

from pipelines.queries.search.words import Word, fold, terms
from tests.brute_force import holds, some_text, some_word

CASES = [
    ("시장", "전통시장을 찾았다", True),
    ("시장", "통시 장을 보았다", False),
    ("전통시", "전통 시장", False),
    ("기후위기", "기후 위기에 맞서", True),
    ("기후위기", "기후·위기", True),
    ("버스", "시내버스가", True),
    ("코로나19", "코로나 19의 끝", True),
    ("코로나 19", "코로나19의 끝", True),
    ("코로나19", "코로나190", False),
    ("ai", "생성형 AI가", True),
    ("ai", "OpenAI가", False),
    ("2026", "2026년", True),
    ("2026", "12026년", False),
    ("R&D", "R&D 예산", True),
    ("예산", "豫算", False),
    ("大統領", "盧大統領은", True),
    ("ㅋㅋ", "그는 ㅋㅋㅋ 웃었다", True),
    ("①", "② 다음", False),
    ("x" * 41, "x" * 41, True),
]


@pytest.mark.parametrize(("word", "text", "is_found"), CASES)
def test_finds_what_a_reader_would_find(word: str, text: str, is_found: bool) -> None:
    sought = Word(text=word)
    assert sought.is_in(text) is is_found
    assert bool(sought.places(text)) is is_found


def test_blanks_count_in_quotes() -> None:
    assert Word(text="기후 위기", is_phrase=True).is_in("기후 위기에")
    assert not Word(text="기후 위기", is_phrase=True).is_in("기후위기에")
    assert not Word(text="기후위기", is_phrase=True).is_in("기후 위기에")


def test_a_word_of_the_title_is_looked_for_in_the_headline_alone() -> None:
    assert Word(text="시장", in_title=True).is_in("전통시장", "축제")
    assert not Word(text="축제", in_title=True).is_in("전통시장", "축제")


def test_the_end_of_a_very_long_text_is_left_out() -> None:
    assert not Word(text="나다").is_in("가" * 60_000, "나다")


def test_finds_the_same_as_a_search_letter_by_letter() -> None:
    dice = random.Random(1)
    found = 0
    for _ in range(2000):
        word, text = some_word(dice), some_text(dice, 40)
        assert word.is_in(text) is holds(text, word), (word, text)
        found += holds(text, word)
    assert found > 200


def test_marks_where_a_word_stands_and_nowhere_else() -> None:
    dice = random.Random(2)
    for _ in range(400):
        word, text = some_word(dice), some_text(dice, 40)
        places = word.places(text)
        assert bool(places) is holds(text, word), (word, text)
        assert all(holds(text[first:last], word) for first, last in places), (word, text)


def test_an_article_that_holds_a_word_has_its_terms() -> None:
    dice = random.Random(3)
    for _ in range(1000):
        word, text = some_word(dice), some_text(dice, 40)
        has_terms = all(choice & terms(text) for choice in word.term_choices)
        assert has_terms or not holds(text, word), (word, text)
        assert not word.is_told_by_terms or has_terms is holds(text, word), (word, text)


def test_terms_are_neighbours_also_over_a_blank_and_latin_words() -> None:
    assert terms("전통 시장의 KF94!") == {"전통", "통 시", "시장", "장의", "kf94"}
    assert fold("㈜한국 3.1절·R&D") == "한국 3 1 절 r d"
