"""Dates, bylines, white space and leads as the site writes them."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asiatongsin.korean import (
    KST,
    Byline,
    clean,
    drop_broken_entity,
    parse_closing_byline,
    parse_date_time,
    parse_info_line,
    parse_opening_byline,
)
from tests.cases import bug

any_text = settings(max_examples=200, deadline=None, derandomize=True)


@pytest.mark.parametrize(
    ("line", "name", "email"),
    [
        ("홍길순 기자  desk2@example.kr", "홍길순", "desk2@example.kr"),
        ("최지나 기자", "최지나", None),
        ("이상훈기자", "이상훈", None),
        ("이은실", "이은실", None),
        ("김종국 기자", "김종국", None),
        ("전국진 기자", "전국진", None),
        ("조경제 기자", "조경제", None),
        ("정국 기자", "정국", None),
        ("한지혜 수습기자", "한지혜", None),
        ("박소담 시민기자  sodam@example.co.kr", "박소담", "sodam@example.co.kr"),
        ("홍길동 논설위원", "홍길동", None),
        ("최지나 특파원 (jina.choi+news@example.kr)", "최지나", "jina.choi+news@example.kr"),
        ("[김가람 기자]", "김가람", None),
        ("남궁민수, 한결 기자", "남궁민수, 한결", None),
        ("사회부 최지나 기자", "최지나", None),
        bug("김종국 이은실 기자", "김종국 이은실", None, reason="a name that ends in 국 is taken for a department"),
        ("John Smith 기자", "John Smith", None),
        ("news@example.kr", None, "news@example.kr"),
        ("", None, None),
        bug("최재우 기자  cjw900@", "최재우", None, reason="digits of half an address make the name no person"),
        bug("이상훈기자 lsh@", "이상훈", None, reason="half an address becomes part of the name"),
    ],
)
def test_reads_person_and_address_of_an_info_line(line: str, name: str | None, email: str | None) -> None:
    assert parse_info_line(line) == Byline(name, email)


@pytest.mark.parametrize(
    "line",
    [
        *("관리자", "관리자 기자", "운영자", "admin", "편집국", "정치부", "온라인뉴스팀", "디지털뉴스부"),
        *("아시아통신", "청년일보", "FETV", "돼지와사람신문"),
        bug("인터넷뉴스팀", reason="a desk that begins with a word the list of desks does not have"),
        bug("특별취재팀", reason="a desk that begins with a word the list of desks does not have"),
        bug("편집국장", reason="a title alone is no name"),
        bug("산업부", reason="a desk that begins with a word the list of desks does not have"),
    ],
)
def test_takes_no_desk_for_a_person(line: str) -> None:
    assert parse_info_line(f"{line}  desk0@example.kr") == Byline(None, "desk0@example.kr")


@pytest.mark.parametrize(
    ("paragraph", "name", "email"),
    [
        ("아시아통신 최지나 기자 | 김해시가 100년을 준비한다.", "최지나", None),
        ("지이코노미 박준영 기자 | 해온시가 문을 연다.", "박준영", None),
        ("[시사뉴스 한지혜 기자] 해온시가 문을 연다.", "한지혜", None),
        ("[ 시사뉴스 황수분 기자 ] 해온시가 문을 연다.", "황수분", None),
        ("(조세금융신문=진민경 기자) 해온시가 문을 연다.", "진민경", None),
        ("(대한뉴스 한원석 기자)=해온시가 문을 연다.", "한원석", None),
        ("[FETV(푸드경제TV)=황현산 기자] 해온시가 문을 연다.", "황현산", None),
        ("[아시아통신 최지나 기자 jina@example.kr] 해온시가 문을 연다.", "최지나", "jina@example.kr"),
    ],
)
def test_reads_the_byline_a_body_begins_with(paragraph: str, name: str, email: str | None) -> None:
    assert parse_opening_byline(paragraph) == Byline(name, email)


@pytest.mark.parametrize(
    ("paragraph", "name", "email"),
    [
        ("/이상훈기자 lsh@", "이상훈", None),
        ("/최재우기자 cjw900@", "최재우", None),
        ("【 청년일보=조성현 기자 】", "조성현", None),
        ("최지나 기자 jina@example.kr", "최지나", "jina@example.kr"),
        ("최지나 기자(jina@example.kr)", "최지나", "jina@example.kr"),
    ],
)
def test_reads_the_byline_a_body_ends_with(paragraph: str, name: str, email: str | None) -> None:
    assert parse_closing_byline(paragraph) == Byline(name, email)


@pytest.mark.parametrize(
    "paragraph",
    [
        *("[아시아통신] 해온시가 문을 연다.", "[용인신문] 해온시가 문을 연다.", "【 청년일보 】 해온시가 문을 연다."),
        *("해온시가 | 문을 연다.", "취재 기자 | 해온시가 문을 연다.", "(본지 객원사진기자) 해온시가 문을 연다.", ""),
        *("돼지와사람(pigpeople100@gmail.com)", "<본지 객원사진기자>", "(끝)", "시는 다음 달에 결과를 알린다."),
        f"{'해온시가 문을 연다. ' * 9}최지나 기자",
        bug("[사진=홍길동 기자] 해온시가 문을 연다.", reason="who took a photo did not write the article"),
        bug("사진=김가람 기자", reason="who took a photo did not write the article"),
    ],
)
def test_finds_no_person_where_the_body_names_none(paragraph: str) -> None:
    assert (parse_opening_byline(paragraph), parse_closing_byline(paragraph)) == (None, None)


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


def test_does_not_ponder_over_a_line_without_end() -> None:
    started = process_time()
    parse_info_line("a" * 12_000)
    assert process_time() - started < 0.2


@any_text
@given(st.text(st.characters(exclude_categories=())))
def test_cleans_any_text_for_storage_once_and_for_all(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(character) == "Cc" for character in cleaned)


@any_text
@given(st.text(), st.sampled_from(["", "최지나 기자", "[=기자]", "2022.04.10 10:20", "a@b.c", "/", "| ", "&n"]))
def test_any_text_gives_a_value_or_none(text: str, piece: str) -> None:
    for line in (text + piece, piece + text):
        parse_date_time(line)
        name = parse_info_line(line).name
        assert name is None or name.strip() == name != ""
        assert line.startswith(drop_broken_entity(line))
        for byline in (parse_opening_byline(line), parse_closing_byline(line)):
            assert byline is None or byline.name
