"""Dates, white space and leads as the site writes them."""

from __future__ import annotations

import unicodedata
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asiatongsin.korean import (
    KST,
    clean,
    drop_broken_entity,
    parse_date_time,
)
from tests.cases import bug

any_text = settings(max_examples=200, deadline=None, derandomize=True)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("등록 2022.04.10 10:20:33", datetime(2022, 4, 10, 10, 20, 33, tzinfo=KST)),
        ("수정 2022.04.10 10:20", datetime(2022, 4, 10, 10, 20, tzinfo=KST)),
        ("2025-10-04 18:20", datetime(2025, 10, 4, 18, 20, tzinfo=KST)),
        ("2012. 5. 3. 9:05", datetime(2012, 5, 3, 9, 5, tzinfo=KST)),
        ("2024.02.29 23:59:59 까지, 2024.03.01 00:00:00 부터", datetime(2024, 2, 29, 23, 59, 59, tzinfo=KST)),
        *((text, None) for text in ("", "등록", "2022.02.30 10:00:00", "2022.04.10 25:00:00", "2025.10.05 (일)")),
    ],
)
def test_reads_the_first_time_in_korean_time(text: str, time: datetime | None) -> None:
    assert parse_date_time(text) == time
    assert time is None or str(parse_date_time(text)).endswith("+09:00")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\u00a0아시아통신\u3000 최지나\r\n\t기자 ", "아시아통신 최지나 기자"),
        (unicodedata.normalize("NFD", "풀어 쓴 글"), "풀어 쓴 글"),
        ("보이지\x00 않\x08는\x7f 글\x86자\ud800", "보이지 않는 글자"),
        ("․‧·•", "․‧·•"),
        ("R&D &nbsp; <b>", "R&D &nbsp; <b>"),
        ("\u00a0\u2003\u2028", ""),
        bug("\u200b\ufeff", "", reason="zero-width blanks that editors leave in blank paragraphs stay as text"),
    ],
)
def test_cleans_what_nobody_sees_and_nothing_else(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("lead", "kept"),
    [
        *(
            (f"참여하게 됐다.{cut}", "참여하게 됐다.")
            for cut in (" &n", "&nbs", " &nbsp", "&", "&am", " &#0", "&ldq", "&h")
        ),
        *((lead, lead) for lead in ("연구 R&D", "S&P", "쉼터 & 샘터", "말했다.”", "", "&nbsp;")),
    ],
)
def test_drops_the_piece_of_an_entity_that_a_cut_left(lead: str, kept: str) -> None:
    assert drop_broken_entity(lead) == kept


@any_text
@given(st.text(st.characters(exclude_categories=())))
def test_cleans_any_text_for_storage_once_and_for_all(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(character) == "Cc" for character in cleaned)


@any_text
@given(st.text(), st.sampled_from(["", "2022.04.10 10:20", "&n"]))
def test_any_text_gives_a_value_or_none(text: str, piece: str) -> None:
    for line in (text + piece, piece + text):
        parse_date_time(line)
        assert line.startswith(drop_broken_entity(line))
