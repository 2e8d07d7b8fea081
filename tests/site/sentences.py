"""Sentences of invented local news, by their place in an article. `{city:은}` adds the right particle."""

from __future__ import annotations

OPENINGS: dict[str, tuple[str, ...]] = {
    "정치": (
        "{city}의회 {official} 의원은 {day}일 열린 본회의에서 {project:을} 서둘러 달라고 집행부에 요청했다.",
        "{city:이} 내년 살림에 {project} 몫으로 {won:을} 담아 의회에 심사를 맡겼다.",
        "{mayor} {chief:은} {day}일 {place}에서 주민 {people:,}명과 만나 {topic:을} 주제로 이야기를 나눴다.",
        "{city}의회가 {day}일 임시회를 열고 {project:을} 뒷받침할 조례 {sites}건을 다루기로 했다.",
        "{city} 주민 {people:,}명이 서명한 {project} 청원이 {day}일 의회에 접수됐다.",
        "{city}의회 예산결산특별위원회가 {project} 예산 {won} 가운데 {percent}%를 깎은 수정안을 내놓았다.",
        "{chief:과} 이웃한 지방자치단체 {sites}곳의 대표가 {topic} 협약서에 이름을 적었다.",
        "{city:은} {topic:을} 위한 위원회를 새로 꾸리고 위원 {sites}명에게 위촉장을 건넸다.",
    ),
    "사회": (
        "{city:은} {day}일부터 {place} 일대에서 {project:을} 시작한다고 밝혔다.",
        "{city} {group:이} {day}일 {place}에서 홀로 사는 이웃 {sites}가구에 반찬과 생필품을 전했다.",
        "{city:이} {project:으로} 올해 {people:,}명의 주민이 도움을 받았다고 집계했다.",
        "{city} 안전 점검반이 {place:을} 비롯한 시설 {sites}곳을 살펴보니 {percent}%에서 고칠 곳이 나왔다.",
        "{city} {dept:은} 장마에 앞서 배수로 {sites}곳의 흙과 낙엽을 치웠다고 전했다.",
        "{month}월 {day}일 아침 {city} {place} 앞에서 열린 교통안전 행사에 학생과 주민 {people:,}명이 함께했다.",
        "{city} {group:과} 소방서가 {place}에서 불이 난 상황을 가정한 합동 훈련을 치렀다.",
        "{city:이} 겨울을 앞두고 연탄과 난방유를 {sites}개 마을에 나누는 {project:을} 이어간다.",
    ),
    "문화": (
        "{city:은} 오는 {later}일 {place}에서 ‘{event}’를 연다고 밝혔다.",
        "{city} {group:이} 마련한 ‘{event}’가 {people:,}명의 관람객을 맞으며 막을 내렸다.",
        "{city} {place:이} {month}월 한 달 동안 {topic:을} 주제로 한 특별전을 선보인다.",
        "{past}년 처음 열린 {city} ‘{event}’가 올해로 새 단장을 마치고 주민 곁으로 돌아온다.",
        "동네 작가 {sites}명이 {city} {place} 벽면에 마을 이야기를 그려 넣었다.",
        "{city} 어린이 합창단이 {day}일 {place}에서 주민 {people:,}명 앞에 섰다.",
        "{city:이} 오래된 사진 {people:,}장을 모아 마을 기록관을 꾸민다.",
        "{city} {group:은} {later}일까지 ‘{event}’에 참가할 팀을 찾는다.",
    ),
    "경제": (
        "{city:이} 지역 {product:을} 알리는 직거래 장터를 {day}일 {place}에 차렸다.",
        "{city} {group:은} {project} 덕분에 손님이 {percent}% 늘었다고 설명했다.",
        "{city:은} 작은 기업 {sites}곳에 모두 {won:을} 빌려주는 {project:을} 편다.",
        "{city} {product} 농가 {sites}곳이 공동 상표를 달고 처음으로 바다 건너 손님을 만난다.",
        "{city} 일자리 박람회가 {day}일 {place}에서 열려 구직자 {people:,}명이 발걸음을 했다.",
        "{city:이} {won:을} 들여 {place} 옆에 창업 공간 {sites}칸을 마련한다.",
        "{month}월 {city} 소비자 물가가 지난해 같은 달보다 {percent}% 올랐다.",
        "{city} 지역화폐 가맹점이 {people:,}곳을 넘어서며 골목 가게가 숨을 돌리고 있다.",
    ),
}

DETAILS = (
    "사업비는 모두 {won:으로} 국비와 지방비가 절반씩 들어간다.",
    "대상은 {city}에 {sites}개월 넘게 살고 있는 주민 {people:,}명이다.",
    "신청은 {later}일까지 {dept:으로} 찾아가거나 전자우편으로 하면 된다.",
    "{dept:은} 지난 {month}월부터 현장을 {sites}차례 살피며 주민의 뜻을 모았다.",
    "지난해 같은 사업에는 {people:,}명이 참여해 {percent}%가 만족한다고 답했다.",
    "{group:은} 준비 단계부터 함께하며 프로그램 {sites}가지를 직접 짰다.",
    "공사가 끝나면 {place}까지 걷는 시간이 {sites}분가량 줄어든다.",
    "면적 {people:,}㎡에 쉼터와 화장실, 자전거 거치대가 들어선다.",
    "{city:은} {past}년부터 {topic:을} 행정의 첫머리에 두어 왔다.",
    "참가비는 없으며 {place}에서 출발하는 순환버스가 {sites}분 간격으로 다닌다.",
    "전문가 {sites}명으로 꾸린 자문단이 설계와 시공을 함께 살핀다.",
    "올해 목표는 {sites}곳이며 지금까지 {percent}%를 마쳤다.",
    "{product:을} 비롯한 지역 농산물을 시중보다 {percent}% 싸게 살 수 있다.",
    "어린이․청소년․어르신이 함께 즐길 수 있는 마당도 {sites}곳 마련된다.",
    "비가 오면 행사는 {place} 안으로 자리를 옮긴다.",
    "주변 상가 {sites}곳도 같은 기간 값을 내리는 행사에 동참한다.",
    "{group:과} {dept:이} 힘을 합쳐 자원봉사자 {people:,}명을 모았다.",
    "현장 접수대는 오전 9시에 문을 열고 오후 6시에 닫는다.",
    "조사는 {month}월 한 달 동안 주민 {people:,}명에게 전화로 물어 이뤄졌다.",
    "{city:은} 안내 책자를 {sites}개 언어로 펴내 외국인 주민에게도 나눠 준다.",
    "낡은 시설을 고치는 데 드는 {won:은} 추가경정예산에서 마련했다.",
    "결과는 {later}일 누리집에 올라가며 뽑힌 사람에게는 문자로 알린다.",
)

ASIDES = (
    "이번 행사는 <함께 걷는 {city}>라는 이름 아래 {topic:을} 앞세운다.",
    "설계와 시험은 R&D 전문 기관 {sites}곳이 나눠 맡는다.",
    '‘{topic}’·‘{project}’ 등 두 갈래로 나뉘며, 한 갈래에 "{place}" 이름이 붙는다.',
    "기준은 간단하다. 한 해 이용자 < {people:,}명인 시설을 먼저 고친다는 것이다.",
)

QUOTES = (
    "{mayor} {chief:은} “{project:이} 주민의 하루를 바꾸는 첫걸음이 되길 바란다”고 말했다.",
    "{official} {dept}장은 “작은 불편도 놓치지 않고 살피겠다”며 “{later}일까지 의견을 보내 달라”고 당부했다.",
    "{group} {citizen} 대표는 “이웃이 함께해 가능한 일이었다”고 소감을 전했다.",
    "주민 {citizen} 씨는 “{place:이} 가까워져 아이들과 자주 나오게 된다”고 반겼다.",
    "{official} 담당자는 “{topic:은} 한 해에 끝날 일이 아니다”라며 “꾸준히 챙기겠다”고 했다.",
    "행사에 온 {citizen} 씨는 “{product:을} 이렇게 싸게 살 줄 몰랐다”며 웃었다.",
    "{mayor} {chief:은} '{topic}'에 필요한 일을 먼저 찾아 나서겠다고 강조했다.",
    "{citizen} 씨는 “걱정도 있지만 한번 지켜보겠다”며 조심스러운 기대를 드러냈다.",
)

CLOSINGS = (
    "자세한 내용은 {city} 누리집에서 보거나 {dept:으로} 물으면 된다.",
    "한편 {city:은} 다음 달에도 {place}에서 비슷한 자리를 마련할 계획이다.",
    "{city:은} 성과를 살펴 {goal}년부터 모든 읍면동으로 넓혀 갈 방침이다.",
    "이에 앞서 {group:은} {month}월에도 {place}에서 같은 뜻의 모임을 가진 바 있다.",
    "{dept:은} 올해 안에 남은 {sites}곳의 정비를 마무리하기로 했다.",
    "다음 회의는 {later}일 오후 {place}에서 열린다.",
)

APPOINTMENTS = (
    "◇ {dept}장 {official} ◇ 행정팀장 {citizen}",
    "◇ 승진 {official} {dept}장 ◇ 전보 {citizen} {place}장",
    "◇ {city} 부단체장 {official}",
)
"""The only line of a 인사 article."""

PHOTO_LINES = (
    "{month}월 {day}일 {city} {place:을} 찾은 주민들이 볕을 쬐며 쉬고 있다.",
    "{city} {group} 회원들이 {place} 앞 화단에 꽃을 심고 있다.",
    "비가 갠 {day}일 오후 {city} {place} 너머로 무지개가 떠 있다.",
)
"""The only line of an article that is a photo."""

UPDATES = (
    "{city:은} 보도가 나간 뒤 {dept:을} 통해 참여 인원이 {people:,}명으로 늘었다고 알려 왔다.",
    "{dept:은} 이후 일정을 {later}일로 미룬다고 덧붙였다.",
    "사업비는 심사를 거쳐 {won:으로} 다시 정해졌다.",
)
"""What an edit adds to a paragraph."""

CAPTIONS = (
    "{city} {place}에서 열린 행사 모습",
    "{mayor} {chief:이} {place}에서 주민과 이야기를 나누고 있다",
    "{city} {project} 현장 <사진={city}>",
    '{group} 회원들이 기념 촬영을 하고 있다. (사진제공="{city}")',
)
