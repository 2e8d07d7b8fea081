"""What makes a revision: the words of headline, sub-headline and body, not their markup or white space."""

from __future__ import annotations

import pytest

from asiatongsin.mediaon.article import content_hash

TEXT = ("제목 하나", "부제", ("첫 문단입니다.", "둘째 문단."))


@pytest.mark.parametrize("same", [("제목\u00a0 하나", "부제 ", ("첫\n문단입니다.", " 둘째  문단.")), TEXT])
def test_white_space_does_not_count(same: tuple[str, str, tuple[str, ...]]) -> None:
    assert content_hash(*same) == content_hash(*TEXT)


@pytest.mark.parametrize(
    "other",
    [
        ("제목 둘", *TEXT[1:]),
        (TEXT[0], None, TEXT[2]),
        (*TEXT[:2], ("첫 문단입니다", "둘째 문단.")),
        (*TEXT[:2], ("첫 문단입니다.",)),
        (*TEXT[:2], ("둘째 문단.", "첫 문단입니다.")),
    ],
)
def test_every_word_and_mark_counts(other: tuple[str, str | None, tuple[str, ...]]) -> None:
    assert content_hash(*other) != content_hash(*TEXT)
