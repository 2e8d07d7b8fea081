"""The words articles are made of: places and people that do not exist, and what local news is about."""

from __future__ import annotations

from functools import cache

_WITHOUT_FINAL = {"은": "는", "이": "가", "을": "를", "과": "와", "으로": "로"}
_FINAL_RIEUL = 8


class Word(str):
    """A noun that takes its particle by format specification: `{city:은}` is `해온시는` or `솔빛군은`."""

    __slots__ = ()

    def __format__(self, particle: str, /) -> str:
        return _with_particle(self, particle) if particle else str(self)


@cache
def _with_particle(word: str, particle: str) -> str:
    final = (ord(word[-1]) - ord("가")) % 28
    if final == 0 or (particle == "으로" and final == _FINAL_RIEUL):
        return word + _WITHOUT_FINAL[particle]
    return word + particle


def _words(text: str) -> tuple[Word, ...]:
    return tuple(Word(word.strip()) for word in text.split(","))


CITIES = _words(
    "해온시, 솔빛군, 가람누리시, 늘봄구, 윤슬시, 다솜군, 라온시, 여울빛구, 나래군, 미르시, 한들군, 소담시, "
    "도담군, 은결시, 새벌군, 아라빛시, 달무리군, 예솔구, 마루솔시, 온새미군"
)

_CHIEFS = {"시": "시장", "군": "군수", "구": "구청장"}


def chief_of(city: str) -> Word:
    """The office of a city's head: `해온시장`, `솔빛군수`, `늘봄구청장`."""
    return Word(city[:-1] + _CHIEFS[city[-1]])


SURNAMES = tuple("김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허남심")
GIVEN_NAMES = _words(
    "가람, 나린, 다온, 도담, 라온, 마루, 미르, 보람, 빛나, 사랑, 새벽, 서우, 소율, 솔미, 시온, 아람, 여울, 예린, 온유, "
    "우람, 유진, 은솔, 이든, 재하, 지음, 찬솔, 초롱, 태린, 하람, 한결, 해솔, 현서"
)

DEPARTMENTS = _words(
    "기획예산과, 도시재생과, 주민복지과, 문화관광과, 일자리경제과, 안전총괄과, 환경보전과, 농업정책과, "
    "교통행정과, 평생교육과, 건강증진과, 공원녹지과"
)

PROJECTS = _words(
    "골목길 새단장 사업, 청년 보금자리 사업, 노후 수도관 교체 사업, 안심 귀갓길 조명 사업, 마을버스 증편 계획, "
    "작은도서관 늘리기 사업, 빈집 되살리기 사업, 하천 산책로 연결 공사, 공공 놀이터 정비 사업, 돌봄 꾸러미 사업, "
    "전통시장 지붕 공사, 도시 숲 가꾸기 사업, 스마트 횡단보도 사업, 어르신 한 끼 지원 사업, 소상공인 이자 지원, "
    "폐교 문화공간 조성, 빗물 저금통 보급, 자전거길 잇기 사업, 주차장 함께 쓰기 사업, 농촌 빨래방 운영"
)

PLACES = _words(
    "시민회관, 종합운동장, 중앙도서관, 전통시장, 평생학습관, 보건지소, 청소년수련관, 복합문화센터, 수변공원, "
    "문화예술회관, 농업기술센터, 행정복지센터, 물빛광장, 옛 기차역"
)

GROUPS = _words(
    "주민자치회, 상인회, 청년회, 새마을부녀회, 자원봉사센터, 의용소방대, 학부모회, 노인회, 장애인복지관, "
    "문화원, 체육회, 농민회, 환경지킴이단, 마을교육공동체"
)

EVENTS = _words(
    "달빛 산책 축제, 가을 책잔치, 골목 음악회, 햇살 장터, 물길 걷기 대회, 마을 연극제, 어린이 그림 잔치, "
    "전통 공예 전시회, 한마음 체육대회, 별밤 영화제, 들꽃 사진전, 풍물 한마당, 시 낭송의 밤, 손맛 나눔 축제"
)

PRODUCTS = _words("사과, 배, 포도, 고구마, 쌀, 버섯, 꿀, 딸기, 들깨, 고추, 인삼, 도자기, 한지, 차")

TOPICS = _words(
    "지역 상권 살리기, 인구 감소 대응, 기후 위기 대응, 생활 속 안전, 세대 간 소통, 탄소 줄이기, 교통 약자 배려, "
    "공동체 회복, 디지털 격차 줄이기, 물 절약"
)
