"""Two texts compared word by word: nothing is missing, nothing is marked that is the same."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.terminal.word_diff import COLOURED, UNCHANGED, patch, word_diff

PARAGRAPHS = st.lists(st.text(alphabet="가나다 .,1a", min_size=1, max_size=12), max_size=6)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (["시의회가 예산을 의결했다."], ["시의회가 추경을 의결했다."], "시의회가 [-예산을-]{+추경을+} 의결했다."),
        (["온도 25.8도"], ["온도 25.9도"], "온도 25.[-8도-]{+9도+}"),
        (["가", "나", "다"], ["가", "라", "다"], "…\n[-나-]{+라+}\n…"),
        (["가"], ["가", "나", "다"], "…\n{+나+}\n{+다+}"),
        (["가", "나"], ["나"], "[-가-]\n…"),
        (["같다"], ["같다"], UNCHANGED),
        ([], [], ""),
    ],
)
def test_marks_the_words_that_differ(old: list[str], new: list[str], shown: str) -> None:
    assert word_diff(old, new) == shown


def test_colours_end_with_their_line() -> None:
    shown = word_diff(["가 나"], ["다", "라"], COLOURED)
    assert shown == "\x1b[31m가 나\x1b[0m\x1b[32m다\x1b[0m\n\x1b[32m라\x1b[0m"


def test_no_text_commands_the_terminal() -> None:
    shown = word_diff(["가\x1b[2J"], ["나\u202e"], COLOURED)
    assert re.sub(r"\x1b\[(?:31|32|0)m", "", shown) == "가\\x1b[2J나\\u202e"


@given(PARAGRAPHS, PARAGRAPHS)
def test_the_marked_words_are_those_of_the_two_texts(old: list[str], new: list[str]) -> None:
    shown = word_diff(["처음", *old], ["다음", *new])
    without = {mark: "".join(re.findall(mark, shown, re.DOTALL)) for mark in (r"\[-(.*?)-\]", r"\{\+(.*?)\+\}")}
    gone, added = without.values()
    assert set(gone) <= set("처음\n" + "".join(old))
    assert set(added) <= set("다음\n" + "".join(new))
    assert shown.startswith("[-처음") or not old


def test_patch_makes_the_new_text_of_the_old_one(tmp_path: Path) -> None:
    old, new = [f"문단 {n}" for n in range(20)], [f"문단 {n}" for n in range(20) if n != 7] + ["끝"]
    file = tmp_path / "text"
    file.write_text("".join(f"{line}\n" for line in old))
    given = patch(old, new, "text", "text") + "\n"
    subprocess.run(["patch", str(file)], input=given, text=True, check=True, capture_output=True)
    assert file.read_text() == "".join(f"{line}\n" for line in new)
