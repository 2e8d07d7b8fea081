"""Two texts compared word by word: nothing is missing, nothing is marked that is the same."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.terminal.word_diff import COLOURED, UNCHANGED, patch, word_diff

PARAGRAPHS = st.lists(st.text(alphabet="가나다 .,1a", min_size=1, max_size=12), max_size=6)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (["시의회가 예산을 의결했다."], ["시의회가 추경을 의결했다."], "시의회가 [-예산을-]{+추경을+} 의결했다."),
        (["시의회가 예산을 의결했다."], ["시의회가 추경을 미뤘다."], "시의회가 [-예산을 의결했다-]{+추경을 미뤘다+}."),
        (["가 나"], ["가 다 라 나 마"], "가 {+다 라 +}나{+ 마+}"),
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


@pytest.mark.parametrize("vocabulary", [50, 10**9])
def test_a_rewritten_paragraph_of_20000_words_takes_less_than_a_second(vocabulary: int) -> None:
    dice = Random(8)
    old, new = (" ".join(f"낱말{dice.randrange(vocabulary)}" for _ in range(20_000)) for _ in range(2))
    begun = process_time()
    shown = word_diff([old], [new])
    assert process_time() - begun < 1
    assert re.sub(r"\[-.*?-\]", "", shown).replace("{+", "").replace("+}", "") == new
    assert re.sub(r"\{\+.*?\+\}", "", shown).replace("[-", "").replace("-]", "") == old


def test_marks_single_words_in_a_long_paragraph() -> None:
    old = [f"낱말{n}" for n in range(60_000)]
    new = [*old[:30_000], "새", *old[30_001:]]
    assert "낱말29999 [-낱말30000-]{+새+} 낱말30001" in word_diff([" ".join(old)], [" ".join(new)])
    new[::1000] = ["새"] * 60
    assert word_diff([" ".join(old[:20_000])], [" ".join(new[:20_000])]).count("{+새+}") == 20


def test_what_would_take_too_long_counts_as_rewritten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.queries.compared.MOST_PAIRS", 3)
    assert word_diff(["a b c d e"], ["a x c d e"]) == "a [-b-]{+x+} c d e"
    assert word_diff(["a b c d e"], ["a x c y e"]) == "[-a b c d e-]{+a x c y e+}"


def test_patch_makes_the_new_text_of_the_old_one(tmp_path: Path) -> None:
    old, new = [f"문단 {n}" for n in range(20)], [f"문단 {n}" for n in range(20) if n != 7] + ["끝"]
    file = tmp_path / "text"
    file.write_text("".join(f"{line}\n" for line in old))
    given = patch(old, new, "text", "text") + "\n"
    subprocess.run(["patch", str(file)], input=given, text=True, check=True, capture_output=True)
    assert file.read_text() == "".join(f"{line}\n" for line in new)
