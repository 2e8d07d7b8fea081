"""What the site answers: one function decides, from the address and the headers of a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import parse_qsl

from . import article_page, front_page, list_page
from .fates import BROKEN, REMOVED_FORMS, RemovedForm
from .replica_site import ReplicaSite
from .sections import find_section, section_of
from .small_pages import mobile_page, print_page
from .teasers import popular_block
from .widgets import widget

HTML = "text/html"
"""Without a charset, as crawlers of the real site found it."""

ROBOTS = b"""User-agent: *
Allow: /news/
Disallow: /member/
Disallow: /bbs/
Disallow: /shop/
Disallow: /news/banner_click.php
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One response, whole."""

    status: int = 200
    """HTTP status."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers beside Content-Type and those every answer has."""

    content_type: str = HTML
    """Content-Type."""

    body: bytes = b""
    """Bytes of the page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One request, as far as the answer depends on it."""

    path: str
    """Path of the address."""

    query: str
    """Query string, undecoded."""

    headers: Mapping[str, str]
    """Headers, names in Title-Case."""

    def number(self, name: str) -> int | None:
        """A parameter, the last one where it stands twice, as in PHP; None where it is not a number."""
        value = dict(parse_qsl(self.query, keep_blank_values=True)).get(name, "")
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


def answer(site: ReplicaSite, ask: Ask) -> Answer:
    """The answer to any request."""
    if ask.path in ARTICLE_PATHS:
        return _article(site, ask)
    if ask.path in LIST_PATHS:
        return _list(site, ask)
    if ask.path == "/":
        return _front(site)
    if ask.path == "/robots.txt":
        return Answer(content_type="text/plain", body=ROBOTS)
    return _removed("404")


def _article(site: ReplicaSite, ask: Ask) -> Answer:
    no = ask.number("no")
    if no is None or no not in site.numbers():
        return _removed("alert")
    fate = site.fate(no)
    if fate == "empty":
        return Answer(body=_empty(site, no))
    if fate in REMOVED_FORMS:
        return _removed(fate)
    headers = _validators(site, no, ask.path) if site.validators else {}
    if headers and _is_known(headers, ask.headers):
        return Answer(status=304, headers=headers)
    return Answer(headers=headers, body=ARTICLE_PATHS[ask.path](site, no))


def _desktop(site: ReplicaSite, no: int) -> bytes:
    story = site.story(no)
    related, *side = site.blocks(no)
    main = article_page.main_column(story, related)
    return site.chrome.page(
        site.moment(),
        title=story.draft.headline,
        path=f"/news/article.html?no={no}",
        main=article_page.broken(main) if site.fate(no) == BROKEN else main,
        side="\n".join(map(widget, side)),
    )


def _mobile(site: ReplicaSite, no: int) -> bytes:
    page = mobile_page(site.story(no))
    return (article_page.broken(page) if site.fate(no) == BROKEN else page).encode()


def _print(site: ReplicaSite, no: int) -> bytes:
    page = print_page(site.story(no))
    return (article_page.broken(page) if site.fate(no) == BROKEN else page).encode()


def _empty(site: ReplicaSite, no: int) -> bytes:
    return site.chrome.page(
        site.moment(),
        title="",
        path=f"/news/article.html?no={no}",
        main=article_page.empty_column(section_of(no).name),
        side=_ranking(site, no),
    )


def _list(site: ReplicaSite, ask: Ask) -> Answer:
    section = find_section(None if ask.path == ALL_ARTICLES else ask.number("sec_no"))
    pages = site.pages(section.no)
    page = min(max(ask.number("page") or 1, 1), pages)
    numbers = site.listing(section.no, page)
    main = list_page.main_column(section, map(site.story, numbers), ask.path, page, pages)
    anchor = numbers[-1] if numbers else site.first_no
    return Answer(
        body=site.chrome.page(
            site.moment(), title="", path=f"{ask.path}?{ask.query}", main=main, side=_ranking(site, anchor)
        )
    )


def _front(site: ReplicaSite) -> Answer:
    main = front_page.main_column(lambda sec_no: map(site.story, site.listing(sec_no)[:4]))
    side = _ranking(site, site.last_no)
    return Answer(body=site.chrome.page(site.moment(), title="", path="/", main=main, side=side))


def _ranking(site: ReplicaSite, no: int) -> str:
    return widget(popular_block(site.story, site.seed, no, site.first_no))


ALL_ARTICLES = "/news/article_list_all.html"

LIST_PATHS = frozenset({ALL_ARTICLES, "/news/section_list_all.html", "/news/section.html", "/news/section_type2.html"})

ARTICLE_PATHS: dict[str, Callable[[ReplicaSite, int], bytes]] = {
    "/news/article.html": _desktop,
    "/mobile/article.html": _mobile,
    "/news/article_print.html": _print,
}

_REMOVED: dict[RemovedForm, Answer] = {
    "404": Answer(status=404, body="<html><body><h1>404</h1>페이지를 찾을 수 없습니다.</body></html>".encode()),
    "410": Answer(status=410, body="<html><body><h1>410</h1>삭제된 페이지입니다.</body></html>".encode()),
    "alert": Answer(body="<script>alert('삭제되었거나 존재하지 않는 기사입니다.'); history.back();</script>".encode()),
    "redirect": Answer(status=302, headers={"Location": "/"}),
    "location": Answer(body=b"<script>location.href='/'</script>"),
    "meta": Answer(body=b'<html><head><meta http-equiv="refresh" content="0;url=/"></head><body></body></html>'),
}


def _removed(form: RemovedForm) -> Answer:
    return _REMOVED[form]


def _validators(site: ReplicaSite, no: int, path: str) -> dict[str, str]:
    """Of the article, not of the page around it: the strip and the teasers change without them."""
    version, since = site.version(no)
    view = path.strip("/").removesuffix(".html").replace("/", ".")
    return {
        "ETag": f'"{version}-{view}"',
        "Last-Modified": format_datetime(since.astimezone(UTC), usegmt=True),
    }


def _is_known(current: Mapping[str, str], sent: Mapping[str, str]) -> bool:
    """Whether the client has it already; If-None-Match counts alone where both are sent (RFC 9110, 13.2.2)."""
    if tags := sent.get("If-None-Match"):
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in known or current["ETag"] in known
    since = _date(sent.get("If-Modified-Since", ""))
    changed = _date(current["Last-Modified"])
    return since is not None and changed is not None and changed <= since


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)  # an HTTP date is in GMT even where it says nothing
