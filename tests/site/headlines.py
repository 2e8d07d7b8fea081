"""Headlines and sub-headlines: brackets, dots, quotes and characters that a page has to escape."""

from __future__ import annotations

HEADLINES: dict[str, tuple[str, ...]] = {
    "정치": (
        "{city}의회, {project} 놓고 열띤 토론",
        '{mayor} {chief} "{topic} 끝까지 챙길 것"',
        "{city}, 내년 예산에 {project} {won} 반영",
        "[의회소식] {city}의회 {official} 의원, {project} 5분 발언",
        "{city}·이웃 지자체, '{topic}' 손잡다",
        "{city}의회 조례 {sites}건 처리…{topic} 속도",
    ),
    "사회": (
        "{city}, {project} 본격 추진",
        "{city} {group}, 이웃 {sites}가구에 온기 전해",
        "[단신] {city} {place} 안전 점검 실시",
        "{city} 시설 {sites}곳 점검해보니…‘{percent}% 손봐야’",
        "{city} {dept}, 배수로․맨홀 정비 ‘구슬땀’",
        "{city} <{topic}> 주민 {people:,}명 한자리에",
    ),
    "문화": (
        "{city} ‘{event}’ {later}일 개막",
        "{event}, {people:,}명 발길…{city} 들썩",
        "<전시> {city} {place}, {topic} 특별전",
        "[포토] {city} {place}에 번진 웃음",
        "{city}, 책 & 음악이 있는 {event}",
        "{city} {group}, “우리 동네 이야기 들려드려요”",
    ),
    "경제": (
        "{city} {product}, 직거래로 {percent}%↓ “손님 북적”",
        "{city}, 작은 기업 {sites}곳에 {won} 지원",
        "{city}형 R&D 창업공간 문 연다",
        "[경제돋보기] {city} 지역화폐 가맹점 {people:,}곳 돌파",
        "{city} 물가 {percent}% 올라…장바구니 '무겁다'",
        "{city} 일자리 박람회, 구직자 {people:,}명 몰려",
    ),
}

SUBHEADLINES = (
    "{place} 일대 {sites}곳부터 차례로",
    "{dept} “{later}일까지 신청 받아”",
    "{group} 등 {people:,}명 참여",
    "사업비 {won}…{goal}년 마무리 목표",
    "{topic}․{project} 두 마리 토끼 잡는다",
    '"주민 {percent}% 찬성" 조사 결과도 공개',
    "{product} & 먹거리 {sites}가지 한자리에",
    "{mayor} {chief} ‘현장에 답이 있다’",
)

APPOINTMENT_HEADLINE = "[인사] {city}"
PHOTO_HEADLINE = "[한 컷] {city} {place}의 오후"

KICKERS = ("단독", "종합", "포토", "기획", "현장")
"""What a list prints as `<i>분류</i>` before some headlines."""
