"""Who wrote an article, as the info line or the body says it (SITE.md section 3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from asiatongsin.korean import clean

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.ASCII)
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[^\s\])】>）］》]{0,100}", re.ASCII)  # also half of one: cjw900@

# --- names and titles ---------------------------------------------------------------------------------------------

_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도소석"
    "선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예경봉사부가복태목형두감음빈동온호범좌팽승간상시갈단견당화창"
)
_PERSON = re.compile(rf"(?:[{_SURNAMES}]|남궁|황보|제갈|선우|독고|사공|서문)[가-힣]{{1,3}}")
_REGION = re.compile(
    r"서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|[충전경][북남]|제주|전국|수도권|호남|영남|충청|영동|경인|[동서남북중]부|국회"
)
_NAME = r"[가-힣]{2,4}"
_NAMES = rf"(?P<name>{_NAME}(?:\s?[·,ㆍ&]\s?{_NAME}){{0,3}})"
_KIND = (
    r"(?:(?:수습|인턴|객원|시민|선임|전문|사진|명예|학생|대학생|어린이|취재|책임|수석|편집"
    r"|[가-힣]{2,4}(?:전문|주재|담당))\s?)"
)
_JOURNALIST = (
    rf"{_KIND}{{0,2}}(?:대?기자|특파원|통신원|논설위원|논설실장|편집위원|해설위원|리포터|칼럼니스트|에디터|PD)"
)
_OFFICE = (
    r"(?:본부장|지국장|지사장|총국장|부국장|편집국장|보도국장|국장|편집장|편집인|발행인|취재부장|부장|차장|팀장|주필"
    r"|대표)"
)
_OF_PAPERS = re.compile(r"(?:지국장|지사장|총국장|편집국장|보도국장|취재부장|편집장|편집인|발행인|주필|[가-힣]본부장)$")
"""Titles that only papers give; a 대표 or 팀장 may be anybody that is talked to."""
_OF_OFFICE = rf"\s(?:(?:{_REGION.pattern})\s)?(?:[가-힣]{{1,8}}\s?)?{_OFFICE}"

# What is no name though it stands where one does: 취재 기자, 동료 기자.
_NOT_A_NAME = re.compile(
    r"(?:객원|사진|본지|취재|편집|인턴|수습|시민|전문|선임|명예|대학|학생|관리|동료|담당|출입|소속|외신|현직|전직|일부|해당"
    r"|다른|우리|지역|방송|신문|스포츠|연예|문화|정치|경제|사회|국제|산업|뉴스|특별|공동|합동|영상)+(?:자|팀|단)?"
)
_DESK = re.compile(
    r"^(?:관리자|운영자|admin\S*|웹?마스터|webmaster|데스크|편집자|편집인|본지|편집국장|편집장|발행인|대표|국장|부장|"
    r"(?:편집|보도|취재|정치|사회|경제|산업|금융|증권|유통|과학|환경|교육|여론|외신|탐사|특집|문화|체육|스포츠|국제|사진"
    r"|온라인|디지털|뉴스|전국|지방|지역|수도권|미디어|영상|기획|연예|인터넷)\S*(?:부|국|팀|실|본부|단)|"
    r"\S*(?:팀|취재단|취재본부|뉴스룸|편집국|보도국|편집부|보도부|취재부)|"
    r".*(?:연구소|위원회|교육청|소방서|경찰서|홍보실|공보실|대변인실|편집실|기자단)|"
    r".*\S{2}(?:본부|지사|지국|총국|지부|센터|협회|재단|시청|군청|구청)|"
    r".*(?:뉴스|신문|일보|통신|방송|투데이|타임[즈스]|미디어|TV|닷컴|저널|데일리|프레스|이코노미)(?:사|㈜)?|"
    r".*\S{2}경제|.*㈜.*|.*\(주\).*)$",
    re.IGNORECASE,
)

# --- the info line ------------------------------------------------------------------------------------------------

_LONGEST_INFO_LINE = 500
_AROUND_NAMES = " ()<>[]【】〔〕〈〉《》［］（）|/·,:=-"
_LABEL = re.compile(
    r"(?:기사)?(?:최종|최초)?(?:(?:입력|등록|수정|승인|작성|게재|송고|발행|업데이트|업로드|갱신|배포|출고)(?:일시?|시간|시각|날짜)?)?"
    r"|조회수?|댓글|추천|공유|스크랩|인쇄|프린트|\d[\d,.:]*"
)
"""Words beside dates and figures, each a whole word: `최종` is one, `최종윤` a person."""
_ROLE = re.compile(r"(?:기자|작성자|글쓴이|기자명|등록자|취재|글|정리|by)", re.IGNORECASE)
_BARE_NAME = re.compile(
    rf"(?:(?:[{_SURNAMES}]|남궁|황보|제갈|선우|독고|사공|서문)[가-힣]{{1,2}}(?:[\s·,]+(?!$)|$))+|[A-Z][a-z]+(?:\s[A-Z][a-z.]*)+"
)
"""A name that no title tells from the buttons beside it."""
_TITLE_AT_END = re.compile(rf"(?:\s*{_JOURNALIST}|{_OF_OFFICE})\s*$")

# --- the body -----------------------------------------------------------------------------------------------------

_OPEN, _CLOSE = "[(【〔<〈《［（", "])】〕>〉》］）"
_INSIDE = rf"(?:[^{re.escape(_OPEN + _CLOSE)}]|\([^()]{{0,30}}\)){{2,80}}?"
_BRACKETS = re.compile(rf"[{re.escape(_OPEN)}]\s*(?P<inside>{_INSIDE})\s*[{re.escape(_CLOSE)}]")
_CREDIT = re.compile(
    rf"(?:^|(?P<before>.{{0,50}}?)[=\s/|ㅣ│:]\s?){_NAMES}(?:\s?{_JOURNALIST}|(?P<office>{_OF_OFFICE}))"
    r"(?:\s?[=/]\s?[^=/]{1,15})?"
)
_TITLE_FIRST = re.compile(rf"(?:^|.{{0,40}}?[=\s/|ㅣ│:])(?:{_JOURNALIST}|[가-힣]{{0,6}}{_OFFICE})\s(?P<name>{_NAME})")
_BEFORE_BAR = (
    re.compile(r"(?P<credit>[^|ㅣ│]{2,50}?)\s*[|ㅣ│]"),  # 아시아통신 최지나 기자 | …  (newsasia.kr no=142893)
    re.compile(r"(?P<credit>[^=]{2,40}?)\s*(?:=|\s[-–—/]\s)"),  # [서울=뉴스] 홍길동 기자 = …
    re.compile(r"(?P<credit>.{2,30}?[(\s][\w.+-]{1,64}@[\w.-]{1,63})\)?\s", re.ASCII),  # 홍길동 기자 hong@example.kr …
)
_PHOTO = re.compile(r"(?:사진|영상|촬영|그래픽|일러스트|삽화|자료|제공|디자인|번역)\s*(?:제공|취재)?\s*[=:/·]?\s*$")
_WROTE = re.compile(r"(?:^|[\s·/])(?:글|취재)(?:$|[\s·/=])")
_NO_AUTHOR = re.compile(r"인터뷰|대담|인사|부고|동정")
_SENTENCE_END = re.compile(r".*(?:[.!?。]['\"”’)\]]?\s*/?|[\"”’]\s|/)\s*", re.DOTALL)
_MOST_BLANKS = 3
"""In a closing byline without slash or address: a paper, a desk, the name and its title. Else it is a sentence."""
_CLOSING_PARAGRAPHS = 3
"""Paragraphs at the end in which a closing byline is looked for: an address or a copyright line may follow it."""


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote an article, as far as a line of text says so."""

    name: str | None
    """Person, without the title 기자; None for a desk or an account such as 관리자."""

    email: str | None
    """E-mail address printed beside the name."""


def parse_info_line(text: str) -> Byline:
    """Reporter and e-mail of the info line: `홍길순 기자  desk2@example.kr`, `관리자`, `최지나 기자`."""
    found = _EMAIL.search(text[:_LONGEST_INFO_LINE])
    line = drop_labels(_ADDRESS.sub(" ", text[:_LONGEST_INFO_LINE])).strip(_AROUND_NAMES)
    words = _TITLE_AT_END.sub("", line).strip(_AROUND_NAMES).split()
    has_title = " ".join(words) != line
    while len(words) > 1 and _is_around_names(words[0].strip(_AROUND_NAMES)):
        has_title |= bool(_ROLE.fullmatch(words[0].strip(_AROUND_NAMES)))
        del words[0]
    name = " ".join(words).strip(_AROUND_NAMES)
    is_person = not _DESK.match(line) and _is_person(name) and (has_title or _BARE_NAME.fullmatch(name))
    return Byline(name if is_person else None, found[0] if found else None)


def drop_labels(line: str) -> str:
    """A line without the words and figures that are no name: `최종`, `승인`, `조회수 123`."""
    return " ".join(word for word in clean(line).split() if not _LABEL.fullmatch(word.strip(_AROUND_NAMES)))


def parse_body_byline(paragraphs: Sequence[str], *, may_close: bool = True) -> Byline | None:
    """The byline printed in a body: at its beginning, else at its end where it may, else anywhere in brackets."""
    if paragraphs and (opening := parse_opening_byline(paragraphs[0])):
        return opening
    closing = map(parse_closing_byline, reversed(paragraphs[-_CLOSING_PARAGRAPHS:]))
    if may_close and (byline := next(filter(None, closing), None)):
        return byline
    inner = (paragraph for paragraph in paragraphs if may_close or not parse_closing_byline(paragraph))
    return next(filter(None, map(_parse_inner_byline, inner)), None)


def parse_opening_byline(paragraph: str) -> Byline | None:
    """The byline a body begins with, such as `아시아통신 최지나 기자 | …` or `[시사뉴스 한지혜 기자] …`."""
    opening = paragraph[:120].lstrip()
    in_brackets = _BRACKETS.match(opening)
    if in_brackets and (byline := _credit(in_brackets["inside"])):
        return byline
    opening = opening[in_brackets.end() :].lstrip() if in_brackets else opening
    found = (form.match(opening) for form in _BEFORE_BAR)
    named = (_credit(one["credit"], is_set_off=True) for one in found if one)
    return next(filter(None, named), None)


def parse_closing_byline(paragraph: str) -> Byline | None:
    """The byline a body ends with: `/이상훈기자 lsh@`, `【 청년일보=조성현 기자 】`, `…다짐한다./오승현기자 osh@`."""
    tail = paragraph[-120:].rstrip(" .")
    address = _ADDRESS.search(tail, max(len(tail) - 70, 0))
    words = clean(_ADDRESS.sub(" ", tail))
    sentence = _SENTENCE_END.match(words.rstrip(_AROUND_NAMES))
    is_own = len(paragraph) <= 80 and (sentence is None or sentence[0].strip() == "/")
    credit = words[sentence.end() :] if sentence and not is_own else words
    credit = credit.strip(_AROUND_NAMES)
    is_marked = bool(address or "=" in credit or (sentence and sentence[0].rstrip().endswith("/")))
    is_short = credit.count(" ") <= _MOST_BLANKS and not _TITLE_FIRST.fullmatch(credit)
    return _credit(credit, _email_of(tail), may_be_office=is_marked) if is_marked or is_short else None


def _parse_inner_byline(paragraph: str) -> Byline | None:
    """A byline in brackets within a text: `… [M이코노미 최종윤 기자] …`; or one that begins a later paragraph."""
    inside = (found["inside"] for found in _BRACKETS.finditer(paragraph) if found[0][0] in "[【〔［" or "=" in found[0])
    named = (_credit(text, may_be_office="=" in text) for text in inside)
    return next(filter(None, named), None) or parse_opening_byline(paragraph)


def _credit(
    text: str, email: str | None = None, *, may_be_office: bool = True, is_set_off: bool = False
) -> Byline | None:
    """Who a short text names as its author: `TV서울=김민규 광주본부장`, `최종윤 기자`, `경기본부장 홍길동`."""
    email = email or _email_of(text)
    words = clean(_ADDRESS.sub(" ", text)).strip(_AROUND_NAMES)
    found = _CREDIT.fullmatch(words) or _TITLE_FIRST.fullmatch(words)
    if found is None:
        return None
    before, office = found.groupdict().get("before") or "", found.groupdict().get("office")
    if _PHOTO.search(words[: found.start("name")]) and not _WROTE.search(before):
        return None
    is_journalist = office is None and "before" in found.groupdict()
    if not is_journalist and not (may_be_office and _is_of_a_paper(before, office, found["name"], is_set_off)):
        return None
    return Byline(found["name"], email) if _is_person(found["name"]) else None


def _is_of_a_paper(before: str, office: str | None, name: str, is_set_off: bool) -> bool:
    """Whether a title such as 광주본부장 is that of an author, and not of somebody the article is about."""
    is_named = bool(before) or is_set_off or office is None or bool(_OF_PAPERS.search(office))
    return is_named and not _NO_AUTHOR.search(before) and _PERSON.match(name) is not None


def _email_of(text: str) -> str | None:
    found = _EMAIL.search(text)
    return found[0] if found else None


def _is_person(name: str) -> bool:
    """Whether a name is that of a person, and not of a desk, a paper or a place."""
    is_other = _DESK.match(name) or _NOT_A_NAME.fullmatch(name) or _REGION.fullmatch(name) or _LABEL.fullmatch(name)
    return bool(name) and not is_other and not any(character.isdigit() for character in name)


def _is_around_names(word: str) -> bool:
    """Whether a word before a name is no part of it: a desk, a place, a role, or a paper such as `TV서울`."""
    is_mixed = re.search(r"[A-Za-z]", word) and re.search(r"[가-힣]", word)
    return not word or bool(_DESK.match(word) or _REGION.fullmatch(word) or _ROLE.fullmatch(word) or is_mixed)
