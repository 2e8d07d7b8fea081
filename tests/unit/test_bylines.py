"""Bylines as papers print them: in the info line, at the beginning of a body, at its end, and within it."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asiatongsin.bylines import (
    Byline,
    parse_body_byline,
    parse_closing_byline,
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
        ("TV서울 김민규 광주본부장", "김민규", None),
        ("김민규 지국장", "김민규", None),
        ("전남 취재본부 홍길동 기자", "홍길동", None),
        ("홍길동 부산주재기자", "홍길동", None),
        ("홍길동 칼럼니스트", "홍길동", None),
        ("작성자: 홍길동", "홍길동", None),
        ("기자 홍길동", "홍길동", None),
        ("홍길동 기자 승인", "홍길동", None),
        ("최종윤 기자 최종", "최종윤", None),
        ("최종일", "최종일", None),
        ("홍길동 기자 조회수 1,234", "홍길동", None),
        bug("이상훈기자 lsh@", "이상훈", None, reason="half an address becomes part of the name"),
    ],
)
def test_reads_person_and_address_of_an_info_line(line: str, name: str | None, email: str | None) -> None:
    assert parse_info_line(line) == Byline(name, email)


@pytest.mark.parametrize(
    "line",
    [
        *("관리자", "관리자 기자", "운영자", "admin", "편집국", "정치부", "온라인뉴스팀", "디지털뉴스부"),
        *(
            "아시아통신",
            "청년일보",
            "FETV",
            "돼지와사람신문",
            "용인신문",
            "용인신문사",
            "(주)용인신문",
            "용인신문 기자",
        ),
        *("경기취재본부", "경기 취재본부", "광주본부", "호남지사", "편집부 기자", "경기 본부장", "해온시청 홍보실"),
        *("최종", "기사입력 최종수정", "승인", "작성", "최초 작성", "승인시간", "등록일", "송고시각", "조회수", "댓글"),
        *("글자크기", "좋아요", "newsasia"),
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
        ("아시아통신 최지나 기자 jina@example.kr | 해온시가", "최지나", "jina@example.kr"),
        ("[TV서울=김민규 광주본부장] 임택 구청장은", "김민규", None),
        ("[TV서울=김민규 광주 본부장] 임택 구청장은", "김민규", None),
        ("[경남=홍길동 지국장] 해온시가", "홍길동", None),
        ("[홍길동 지국장] 해온시가", "홍길동", None),
        ("[매체=경기본부장 홍길동] 해온시가", "홍길동", None),
        ("[M이코노미 최종윤 기자] 해온시가", "최종윤", None),
        ("[매체/홍길동 기자] 해온시가", "홍길동", None),
        ("[경기일보=경기취재본부 홍길동 기자] 해온시가", "홍길동", None),
        ("[매체=김철수·이영희 기자] 해온시가", "김철수·이영희", None),
        ("[아시아통신] 홍길동 기자 = 해온시가", "홍길동", None),
        ("(서울=연합뉴스) 홍길동 특파원 = 해온시가", "홍길동", None),
        ("한지혜 수습기자 | 해온시가", "한지혜", None),
        ("[글·사진=홍길동 기자] 해온시가", "홍길동", None),
        ("［매체=홍길동 기자］ 해온시가", "홍길동", None),
        ("[홍길동 기자 = 매체] 해온시가", "홍길동", None),
        ("매체=홍길동 기자 | 해온시가", "홍길동", None),
        ("홍길동 기자 hong@example.kr 해온시가", "홍길동", "hong@example.kr"),
        ("[전남=매체] 홍길동 본부장 = 해온시가", "홍길동", None),
        ("[매체=홍길동 전북 취재본부장] 해온시가", "홍길동", None),
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
        ("jina@example.kr 최지나 기자", "최지나", "jina@example.kr"),
        ("한지혜 수습기자", "한지혜", None),
        ("/남원=홍길동 지국장", "홍길동", None),
        ("다짐한다./남이섬 메타세콰이어 길에서 오승현기자 osh@", "오승현", None),
        *(
            (f"{'해온시가 문을 연다. ' * 9}{closing}", "최지나", email)
            for closing, email in (
                ("최지나 기자", None),
                ("/최지나 기자", None),
                ("최지나 기자 jina@example.kr", "jina@example.kr"),
                ("[아시아통신 최지나 기자]", None),
                ("/둘레길 첫 굽이에서 최지나기자 jina@", None),
            )
        ),
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
        f"{'해온시가 문을 연다. ' * 9}문의는 김철수 팀장",
        f"{'해온시가 문을 연다. ' * 9}라고 물은 사람은 김철수 기자",
        *(
            "그는 최지나 기자라고 말했다.",
            "문의 031-123-4567 담당 김철수 팀장",
            "/경기취재본부",
            "[용인신문 편집국장] 글",
        ),
        *(
            "[매체=경기취재본부] 글",
            "[매체=광주본부] 글",
            "[인터뷰 김철수 광주본부장] 글",
            "[아시아통신 경기 본부장] 글",
        ),
        *("[홍길동 대표] 글", "[광주 동구청장] 글", "동료 기자 | 글", "저작권자 ⓒ 용인신문, 무단전재 및 재배포 금지"),
        *("[사진 홍길동 기자] 글", "[사진제공=홍길동 기자] 글", "영상취재=홍길동 기자", "(사진=김철수 기자)"),
        bug("[사진=홍길동 기자] 해온시가 문을 연다.", reason="who took a photo did not write the article"),
        bug("사진=김가람 기자", reason="who took a photo did not write the article"),
    ],
)
def test_finds_no_person_where_the_body_names_none(paragraph: str) -> None:
    assert (parse_opening_byline(paragraph), parse_closing_byline(paragraph)) == (None, None)


NEWS = "해온시가 문을 연다."


@pytest.mark.parametrize(
    ("paragraphs", "name"),
    [
        ((NEWS, f"{NEWS} [M이코노미 최종윤 기자] {NEWS}", NEWS), "최종윤"),
        ((NEWS, f"{NEWS} (해온=최종윤 기자) {NEWS}", NEWS), "최종윤"),
        (("사진 설명", f"아시아통신 최지나 기자 | {NEWS}", NEWS), "최지나"),
        ((f"[시사뉴스 한지혜 기자] {NEWS}", "최지나 기자"), "한지혜"),
        ((NEWS, "최지나 기자", "jina@example.kr"), "최지나"),
        ((NEWS, f"{NEWS}/최지나기자", "저작권자 ⓒ 용인신문, 무단전재 및 재배포 금지"), "최지나"),
        ((f"{NEWS} [사진=홍길동 기자] {NEWS}", NEWS), None),
        ((f"{NEWS} (홍길동 기자) {NEWS}", NEWS), None),
        ((NEWS, "[김철수 대표] 그렇습니다.", "[이영희 국장] 그렇군요.", NEWS), None),
        (("최지나 기자", NEWS, NEWS, NEWS), None),
        ((), None),
    ],
)
def test_reads_the_byline_of_a_body(paragraphs: tuple[str, ...], name: str | None) -> None:
    byline = parse_body_byline(paragraphs)
    assert (byline and byline.name) == name


def test_leaves_a_closing_byline_where_it_may_not_count() -> None:
    assert parse_body_byline((NEWS, "최지나 기자"), may_close=False) is None


@pytest.mark.parametrize("piece", ["a", "[", "[가", "(가", "가 ", "/", "가나다 기자 ", "·가나"])
def test_does_not_ponder_over_a_line_without_end(piece: str) -> None:
    line = piece * (12_000 // len(piece))
    started = process_time()
    parse_info_line(line)
    parse_body_byline((line, line))
    assert process_time() - started < 0.5


@any_text
@given(st.text(), st.sampled_from(["", "최지나 기자", "[=기자]", "2022.04.10 10:20", "a@b.c", "/", "| "]))
def test_any_text_gives_a_name_or_none(text: str, piece: str) -> None:
    for line in (text + piece, piece + text):
        name = parse_info_line(line).name
        assert name is None or name.strip() == name != ""
        for byline in (parse_opening_byline(line), parse_closing_byline(line), parse_body_byline((line,))):
            assert byline is None or byline.name
