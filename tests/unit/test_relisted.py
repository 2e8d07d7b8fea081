"""Whether a list shows another article than the stored one under its number."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from asiatongsin.korean import KST
from asiatongsin.relisted import is_another, listed_as

AT = datetime(2025, 10, 4, 18, 20, 33, tzinfo=KST)
LISTED = AT.replace(second=0)
HEADLINE = "김해시, 봄철 산불 예방에 온 힘"


@pytest.mark.parametrize(
    ("title", "published_at", "another"),
    [
        (HEADLINE, LISTED, False),
        ("사회 " + HEADLINE, LISTED, False),
        ("김해시, 봄철 산불 예방에", LISTED, False),
        ("[속보] 김해시 봄철 산불 예방에 온 힘…", LISTED + timedelta(days=2), False),
        ("아주 다른 짧은 제목", LISTED, False),  # an editor changed it
        ("울산 고래축제 열려", LISTED + timedelta(days=400), True),
        ("울산 고래축제 열려", LISTED + timedelta(minutes=1), True),
        ("울산 고래축제 열려", None, True),
        (HEADLINE, None, False),
        (None, LISTED, False),
        (HEADLINE, LISTED + timedelta(days=400), True),
        (HEADLINE, LISTED - timedelta(days=400), True),
    ],
)
def test_tells_another_article_by_its_title_and_time(
    title: str | None, published_at: datetime | None, another: bool
) -> None:
    assert is_another(title, published_at, HEADLINE, [AT.replace(second=0)]) is another


def test_takes_the_time_of_the_last_change_for_a_time_of_the_article() -> None:
    modified = LISTED + timedelta(days=90)
    assert not is_another("울산 고래축제 열려", modified, HEADLINE, [LISTED, modified])


def test_compares_minutes_whatever_the_seconds() -> None:
    assert not is_another("울산 고래축제 열려", LISTED, HEADLINE, [AT])


def test_remembers_what_a_list_says() -> None:
    assert listed_as("제목", LISTED) == listed_as("제목", LISTED)
    assert len({listed_as("제목", LISTED), listed_as("제목", None), listed_as("다른 제목", LISTED)}) == 3
