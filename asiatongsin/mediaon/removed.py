"""Pages that say there is no such article. Their real form is unknown (SITE.md section 6): likely ones count."""

from __future__ import annotations

import re
from http import HTTPStatus
from itertools import accumulate

from asiatongsin.html.addresses import join
from asiatongsin.html.element import CODE, Element, attribute, texts
from asiatongsin.html.selectors import Selectors
from asiatongsin.korean import clean
from asiatongsin.mediaon.article import ArticlePage
from asiatongsin.mediaon.blank import is_blank
from asiatongsin.mediaon.urls import is_front_page

SCRIPTS = Selectors("script")
REFRESH = Selectors("meta[http-equiv=refresh i]")

GONE_STATUSES = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
"""Statuses with which a site says that there is no such article."""

_LOCATION = re.compile(r"location(?:\.href)?\s*=\s*['\"]([^'\"]*)['\"]|location\.replace\(\s*['\"]([^'\"]*)['\"]")
_REFRESH_TO = re.compile(r"url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_ALERT = re.compile(r"\b(?:alert|confirm)\s*\(|history\.(?:back|go)\s*\(")
_LONGEST_MESSAGE = 300  # characters; a page around an article has many more

_SAID = re.compile(r"\b(?:alert|confirm)\s*\(\s*(?P<quote>['\"`])(?P<text>.{0,500}?)(?P=quote)", re.DOTALL)
_LITERAL = re.compile(r"(?P<quote>['\"`])(?P<text>[^'\"`가-힣\s]*+[가-힣\s][^'\"`]*+)(?P=quote)")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_BLOCK = re.compile(r"\{[^{}]*+\}")
_NAMED_FUNCTION = re.compile(r"\bfunction\s+\w+\s*\([^()]*+\)\s*\{(?:[^{}]++|\{[^{}]*+\})*+\}")
_MOST_BLOCKS_IN_BLOCKS = 20

_THING = r"(?:기사|게시물|게시글|글|페이지|뉴스|자료|정보|데이터|내용|번호)"
_GONE = re.compile(
    r"삭제\s?(?:된|되|됐|한|하였|했|처리)|지워[진졌]|존재하지\s?않|찾을\s?수\s?(?:가\s?)?없|(?<!수\s)(?<!수)없는\s?"
    + _THING
    + "|"
    rf"{_THING}[가이은는]?\s?없|비공개|등록되지\s?않|(?:유효하지\s?않은|잘못된)\s?(?:기사|글)\s?번호|(?:게재|게시|노출|서비스)\S*\s?(?:중단|중지|종료)"
    r"|not found|(?:does not|doesn't) exist|no (?:such|longer)|(?:been|was|is) (?:deleted|removed)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"로그인|회원|구독|유료|결제|인증|비밀번호|권한|점검|차단|접속|log\s?in|sign\s?in|member|subscri|password|permission|denied",
    re.IGNORECASE,
)


def removed_form(article: ArticlePage) -> str | None:
    """How a page says that the article is gone: `404`, `410`, `front page`, `alert`; None where it does not.

    The fifth form is an empty body, see `is_without_article`. A page that says something else, such as that its reader
    must log in, says nothing of the article.
    """
    page = article.page
    if page.status in GONE_STATUSES:
        return str(page.status)
    if is_front_page(page.url):
        return "front page"
    if (article.bodies and not article.is_empty) or _is_longer_than_message(page.tree):
        return None
    script = _NAMED_FUNCTION.sub("", _script(page.tree))  # is run only where something calls it
    messages = _messages(script)
    lines = map(clean, texts(page.tree, but=CODE))
    is_said = any(map(_says_gone, [*messages, *lines]))
    if any(map(_ASKS.search, messages)) or (messages and not is_said):
        return None
    if any(is_front_page(join(page.url, address)) for address in _automatic_targets(page.tree, script)):
        return "front page"
    return "alert" if is_said and _ALERT.search(script) else None


def is_without_article(article: ArticlePage) -> bool:
    """Whether a page in which nothing was read is that of a removed article: its body is truly empty.

    A page that asks its reader for something, as it opens, may have more for others.
    """
    if not all(map(is_blank, article.bodies)):
        return False
    script = _script(article.page.tree)
    for _ in range(_MOST_BLOCKS_IN_BLOCKS):
        script, inner = _BLOCK.subn("", script)
        if not inner:
            break
    return not any(_ASKS.search(said["text"]) for said in _SAID.finditer(script))


def _script(tree: Element) -> str:
    code = " ".join(text for script in SCRIPTS.all(tree) for text in texts(script))
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), code)


def _messages(script: str) -> list[str]:
    """What a script says to the reader; where it says what a variable holds, all texts in it."""
    said = [found["text"] for found in _SAID.finditer(script)]
    return said or ([found["text"] for found in _LITERAL.finditer(script)] if _ALERT.search(script) else [])


def _says_gone(text: str) -> bool:
    return _GONE.search(text) is not None and not _ASKS.search(text)


def _is_longer_than_message(tree: Element) -> bool:
    seen = accumulate(len(clean(text)) for text in texts(tree, but=CODE | {"title"}))
    return any(length > _LONGEST_MESSAGE for length in seen)


def _automatic_targets(tree: Element, script: str) -> list[str]:
    """Addresses to which the page sends its reader by script or refresh."""
    by_script = [first or second for first, second in _LOCATION.findall(script)]
    refresh = (_REFRESH_TO.search(attribute(meta, "content")) for meta in REFRESH.all(tree))
    return by_script + [found[1] for found in refresh if found]
