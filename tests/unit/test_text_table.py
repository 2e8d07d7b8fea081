"""Tables for a terminal, where a Korean letter is two columns wide."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.terminal.text_table import shorten, text_table, width


def test_aligns_korean_and_latin_letters_and_numbers_to_the_right() -> None:
    assert text_table(["site", "기사"], [["newsasia.kr", 1200], ["온누리", 7]]) == (
        "site         기사\n"  # the head follows its column
        "───────────  ────\n"
        "newsasia.kr  1200\n"
        "온누리          7"
    )


def test_groups_the_digits_of_whole_numbers_where_asked_to() -> None:
    rows = text_table(["no", "%"], [[1_200_000, 99.5], [7, 0.5]], grouped=True).splitlines()[2:]
    assert rows == ["1,200,000  99.5", "        7   0.5"]


def test_prints_the_head_where_there_are_no_rows() -> None:
    assert text_table(["site", "기사"], []) == "site  기사\n────  ────"


def test_leaves_unknown_values_blank_and_no_blanks_at_the_end() -> None:
    assert text_table(["a", "b"], [["x", None], [None, "y"]]).splitlines() == ["a  b", "─  ─", "x", "   y"]


def test_lets_no_command_of_a_page_reach_the_terminal() -> None:
    assert text_table(["a"], [["\x1b[31m\x07red\x9b0m\r\n"]]).splitlines()[2] == r"\x1b[31m\x07red\x9b0m\r\n"


def test_shortens_long_values() -> None:
    assert text_table(["a"], [["가나다라마"]], widest=6).splitlines()[2] == "가나…"


@pytest.mark.parametrize(
    ("text", "columns", "shortened"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("가나다", 6, "가나다"),
        ("가나다", 5, "가나…"),
        ("가나다", 4, "가…"),
        ("가", 1, "…"),
        ("", 1, ""),
    ],
)
def test_shortens_to_so_many_columns(text: str, columns: int, shortened: str) -> None:
    assert shorten(text, columns) == shortened


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("abc", 3), ("가나", 4), ("Ａ", 2), ("“가”", 4), ("ㄱ…", 3)])
def test_counts_two_columns_for_wide_letters(text: str, columns: int) -> None:
    assert width(text) == columns


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.text(), st.one_of(st.none(), st.integers(), st.text())), max_size=5))
def test_prints_one_line_per_row_none_too_wide(rows: list[tuple[object, ...]]) -> None:
    lines = text_table(["가", "b"], rows, widest=12).split("\n")
    assert len(lines) == 2 + len(rows)
    assert all(width(line) <= 12 + 2 + 12 for line in lines)
