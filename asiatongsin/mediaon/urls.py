"""Addresses of lists and articles: which one is which, and the one form in which each is fetched and stored.

Address forms: SITE.md section 1, gathered from public crawlers and links of sites on this CMS.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

_ARTICLE_PATH = re.compile(r"^/(?:news/|mobile/)?article(?:_print)?\.html$")
_USUAL_ARTICLE = re.compile(r"https?://[\w.\-]+(?::[0-9]+)?/news/article\.html\?no=([1-9][0-9]{0,17})", re.ASCII)
# section.html, section_list_all.html; papers on older layouts: section_type2.html, section_local.html, section1.html
_SECTION_PATH = re.compile(r"^/(?:news/|mobile/)?section(?:\d+|_(?!month)\w+)?\.html$", re.ASCII)
_ALL_PATH = re.compile(r"^/(?:news/|mobile/)?article_list_all\.html$")
_LIST_PATH = re.compile(f"{_SECTION_PATH.pattern}|{_ALL_PATH.pattern}")
_MAX_NO = 2**63 - 1  # a PostgreSQL bigint

ALL = 0
"""Stands for the list of all articles where a section number is expected; real sections are positive."""

ALL_SCRIPT = "/news/article_list_all.html"
SECTION_SCRIPT = "/news/section_list_all.html"
SECTION_FRONT = "/news/section.html"
"""Paths that present layouts list under: of all articles, of a section; and the page of widgets about a section."""


def article_no(url: str) -> int | None:
    """The number that identifies an article, from any of its addresses; None where `url` is something else.

    `http`/`https`, `www.`/`m.` hosts, the mobile and the print form and extra parameters do not matter.
    """
    if found := _USUAL_ARTICLE.fullmatch(url):
        return int(found[1])
    return _parameter(url, _ARTICLE_PATH, "no")


def part_no(url: str) -> int:
    """Which page of an article an address is; the first where it does not say."""
    return _parameter(url, _ARTICLE_PATH, "page") or 1


def is_desktop_article(url: str) -> bool:
    """Whether an address is an article in the form for desktops, not the shorter one for phones or printers."""
    return _path(url) in {"/news/article.html", "/article.html"} and article_no(url) is not None


def article_url(base: str, no: int) -> str:
    """The form an article is fetched and stored under; `base` has no slash at its end."""
    return f"{base}/news/article.html?no={no}"


def list_no(url: str) -> int | None:
    """The section an address lists, ALL for the list of all articles (also `sec_no=0`), None where `url` is no list.

    Special lists (`sec_no=-2`, the main stories of the day) are not sections: None.
    """
    if _ALL_PATH.match(_path(url)):
        return ALL
    return _parameter(url, _SECTION_PATH, "sec_no", least=ALL)


def list_script(url: str) -> str:
    """The path of the desktop page that lists what the list at `url` lists."""
    path = _path(url)
    if path.startswith("/mobile/"):
        return ALL_SCRIPT if _ALL_PATH.match(path) else SECTION_SCRIPT
    return path


def page_no(url: str) -> int:
    """Which page of a list an address is; the first where it does not say."""
    return _parameter(url, _LIST_PATH, "page") or 1


def list_url(base: str, section: int, page: int, script: str = "") -> str:
    """Page `page` (from 1) of a section, or of all articles for ALL; parameters in the site's own order.

    `script` is the path it is listed under; empty: that of present layouts.
    """
    script = script or (ALL_SCRIPT if section == ALL else SECTION_SCRIPT)
    parameters = f"page={page}" if _ALL_PATH.match(script) else f"page={page}&sec_no={section}"
    return f"{base}{script}?{parameters}"


def is_front_page(url: str) -> bool:
    """Whether `url` leads to the front page, where sites of this CMS send readers of removed articles."""
    if _USUAL_ARTICLE.fullmatch(url):  # spares most pages the splitting of their address
        return False
    return _path(url) in {"", "/", "/index.html", "/index.php", "/main.html"}


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return "?"


def _parameter(url: str, path: re.Pattern[str], name: str, least: int = 1) -> int | None:
    if not path.match(_path(url)):
        return None
    values = parse_qs(urlsplit(url).query).get(name, [])
    value = values[0].strip() if values else ""
    # isdecimal() alone lets other scripts' digits through, which int() would read as well.
    if not (value.isascii() and value.isdecimal() and len(value) <= 19):
        return None
    number = int(value)
    return number if least <= number <= _MAX_NO else None
