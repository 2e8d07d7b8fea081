"""Dates, bylines and white space as the site writes them (SITE.md sections 2 to 4)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

KST = ZoneInfo("Asia/Seoul")

# Never printed, and PostgreSQL refuses U+0000. Tab and line ends are white space and folded instead.
# U+200B, U+2060 and U+FEFF are blanks of no width, which editors leave in blank paragraphs.
_NEVER_SEEN = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\ud800-\udfff"
_UNSEEN = re.compile(f"[{_NEVER_SEEN}]+")

_DATE_TIME = re.compile(r"(\d{4})[.\-/]\s?(\d{1,2})[.\-/]\s?(\d{1,2})\.?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.ASCII)
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@\S{0,100}", re.ASCII)  # also half of one: cjw900@
_TITLE = r"(?:(?:수습|인턴|객원|시민|선임|전문|사진|명예|학생)\s?)?(?:기자|특파원|통신원|논설위원|편집위원|리포터)"
_TITLE_AT_END = re.compile(
    rf"(?:\s*{_TITLE}|\s(?:대기자|편집국장|편집장|편집인|발행인|본부장|국장|부장|차장|팀장|주필|대표))\s*$"
)
_DESK = re.compile(
    r"^(?:관리자|운영자|admin|데스크|편집자|편집인|본지|편집국장|편집장|발행인|국장|부장|"
    r"(?:편집|보도|취재|정치|사회|경제|산업|금융|증권|유통|과학|환경|교육|여론|외신|탐사|특집|문화|체육|스포츠|국제|사진"
    r"|온라인|디지털|뉴스|전국|지방|지역|수도권|미디어|영상|기획|연예|인터넷)\S*(?:부|국|팀|실|본부|단)|"
    r"\S*(?:팀|취재단|취재본부|뉴스룸)|"
    r".*(?:뉴스|신문|일보|통신|방송|투데이|타임[즈스]|미디어|TV|닷컴))$",
    re.IGNORECASE,
)
_NAME = r"(?P<name>[가-힣]{2,4})"
_LONGEST_INFO_LINE = 500
_AROUND_NAMES = " ()<>[]|/·,"
_PHOTO_CREDIT = re.compile(r"사진\s*[=:/]")
_NOT_A_NAME = re.compile(r"객원|사진|본지|취재|편집|인턴|수습|시민|전문|선임|명예|학생|관리")
_OPENING_BYLINE = (
    # 아시아통신 최지나 기자 | …  (newsasia.kr no=142893)
    re.compile(rf"^(?:[^|ㅣ│\[\](){{}}]{{0,30}}?\s)?{_NAME}\s?{_TITLE}\s*(?P<email>\S+@\S+)?\s*[|ㅣ│]"),
    # [시사뉴스 한지혜 기자] … · (조세금융신문=진민경 기자) … · [FETV(푸드경제TV)=황현산 기자] …
    re.compile(
        rf"^[\[(【<]\s*[^\]】>]{{0,40}}?[=\s]\s*{_NAME}\s?{_TITLE}\s*(?P<email>[^\s\])】>]+@[^\s\])】>]+)?\s*[\])】>]"
    ),
    re.compile(rf"^[\[(【<]\s*{_NAME}\s?{_TITLE}\s*[\])】>]"),
)
_CLOSING_BYLINE = re.compile(
    rf"^[\[(【</]?\s*(?:[^=\]】>]{{0,30}}[=\s]\s*)?{_NAME}\s?{_TITLE}\s*[(/]?\s*(?P<email>\S+@[^\s\])】>]*)?\s*[\])】>]?\.?$"
)

# What the CMS writes for characters it escapes; a lead is cut in the source and may end within one.
_ENTITIES = (
    *("nbsp", "amp", "lt", "gt", "quot", "apos", "#039", "lsquo", "rsquo", "ldquo", "rdquo", "middot", "hellip"),
    *("mdash", "ndash", "larr", "rarr", "uarr", "darr", "times", "deg", "bull"),
)
_LONGEST_ENTITY = 10  # a blank, an ampersand and seven letters
_ENTITY_AT_END = re.compile(r"\s*(?:&(#\d{0,5}|[a-z]{0,6})|\ufffd)$")


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote an article, as far as a line of text says so."""

    name: str | None
    """Person, without the title 기자; None for a desk or an account such as 관리자."""

    email: str | None
    """E-mail address printed beside the name."""


def clean(text: str) -> str:
    """Text in one line: NFC, every run of white space (no-break, ideographic, line ends) one blank.

    Control characters and blanks of no width, which nobody sees, are dropped; nothing else is.
    """
    folded = " ".join(text.split())
    if not folded.isprintable():  # what Python calls printable holds nothing unseen (12 µs saved a text, 2026-11-30)
        folded = " ".join(_UNSEEN.sub("", folded).split())
    return folded if unicodedata.is_normalized("NFC", folded) else unicodedata.normalize("NFC", folded)


def parse_date_time(text: str) -> datetime | None:
    """The first time in `등록 2022.04.10 10:20:33` or `2025-10-04 18:20`, in Korean time; None without one."""
    found = _DATE_TIME.search(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=KST)
    except ValueError:  # 2022.02.30
        return None


def parse_info_line(text: str) -> Byline:
    """Reporter and e-mail of the info line: `홍길순 기자  desk2@example.kr`, `관리자`, `최지나 기자`."""
    found = _EMAIL.search(text[:_LONGEST_INFO_LINE])
    name = clean(_ADDRESS.sub(" ", text[:_LONGEST_INFO_LINE])).strip(_AROUND_NAMES)
    name = _TITLE_AT_END.sub("", name).strip(_AROUND_NAMES)
    department, _, person = name.partition(" ")
    name = person.strip() if person and _DESK.match(department) else name
    is_person = bool(name) and not _DESK.match(name) and not any(character.isdigit() for character in name)
    return Byline(name if is_person else None, found[0] if found else None)


def parse_opening_byline(paragraph: str) -> Byline | None:
    """The byline a body begins with, such as `아시아통신 최지나 기자 | …` or `[시사뉴스 한지혜 기자] …`."""
    opening = paragraph[:120]
    return next((byline for form in _OPENING_BYLINE if (byline := _byline(form.match(opening)))), None)


def parse_closing_byline(paragraph: str) -> Byline | None:
    """The byline a body ends with, a paragraph of its own: `/이상훈기자 lsh@`, `【 청년일보=조성현 기자 】`."""
    return _byline(_CLOSING_BYLINE.match(paragraph)) if len(paragraph) <= 80 else None


def _byline(found: re.Match[str] | None) -> Byline | None:
    if found is None or _NOT_A_NAME.search(found["name"]) or _PHOTO_CREDIT.search(found[0]):
        return None
    email = _EMAIL.search(found.groupdict().get("email") or "")
    return Byline(found["name"], email[0] if email else None)


def drop_broken_entity(lead: str) -> str:
    """A lead, in one line, without the piece of an entity that its cut left at the end (`… &n`); `R&D` stays."""
    found = _ENTITY_AT_END.search(lead, max(len(lead) - _LONGEST_ENTITY, 0))
    if found and any(entity.startswith(found[1] or "") for entity in _ENTITIES):
        return lead[: found.start()]
    return lead
