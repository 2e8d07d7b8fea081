"""A page of a section, or of the list of all articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice

from asiatongsin.errors import PageUnreadable
from asiatongsin.html.addresses import join
from asiatongsin.html.element import Element, ancestors, attribute, children, classes, is_same, key, text_of
from asiatongsin.html.selectors import Selectors
from asiatongsin.korean import drop_broken_entity, parse_date_time
from asiatongsin.mediaon.urls import article_no, list_no, page_no
from asiatongsin.relisted import listed_as

PRESENT_LIST = Selectors("ul.art_list_all", "div.arl_008 > ul", "ul:has(> li.on_thumb)")
OLDER_LIST = Selectors(
    "[class*=_arl], [class*=_hdl]",  # m01_arl40, m01_hdl10
    "div:has(> dl > dd > strong > a[href*='article.html?'])",
    "ul:has(> li > dl > dd > strong > a[href*='article.html?'])",
)
LIST = Selectors(*PRESENT_LIST.css, *OLDER_LIST.css)
LINK = Selectors("a")
ARTICLE_LINKS = Selectors("a[href*='article.html?']")
TITLE = Selectors("h1", "h2", "h3", "p.title")
LEAD = Selectors("p.ffd", "p:not(.title)", "dd > span")
DATE = Selectors(".art_info .date", ".date", ".art_info li", "ul > li")

PAGER_LINK = Selectors("div.btn_pagenum a[href]")

MOST_LISTS = 20
"""How many matches are read; a page has one or two. Where lists nest, each is read with all lists in it."""

MOST_LEVELS = 8
"""Elements around a link of an older layout in which its entry is looked for."""

MOST_DATES = 20
"""Places of an entry that are looked at for its date; an entry has three or four."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Teaser:
    """One entry of a list."""

    no: int
    """Number of the article."""

    published_at: datetime | None
    """Printed publication time, to the minute, Korean time."""

    entry: Element = field(repr=False)
    """Its element. Title and lead are read from it only when they are asked for."""

    @property
    def title(self) -> str | None:
        """Headline as the list prints it, with the kicker (`<i>`) before it where there is one."""
        return TITLE.text(self.entry) or LINK.text(self.entry)

    @property
    def says(self) -> str:
        """What the list says of the article, as 16 hexadecimal digits."""
        return listed_as(self.title, self.published_at)

    @property
    def lead(self) -> str | None:
        """Start of the body, cut by the site at 600 characters of its source."""
        lead = LEAD.text(self.entry)
        return drop_broken_entity(lead) if lead else None


class SectionPage:
    """The teasers of a list page. On present layouts, links of widgets and rankings beside the list do not count."""

    def __init__(self, tree: Element, url: str) -> None:
        self.tree = tree
        self.url = url

    def teasers(self) -> list[Teaser]:
        """The entries in printed order, each article once; PageUnreadable where the page holds no list.

        A list without entries is an empty section, not an error.
        """
        if lists := PRESENT_LIST.best(self.tree)[:MOST_LISTS]:
            found: Iterable[Teaser] = chain.from_iterable(map(self._teasers_in, lists))
        elif OLDER_LIST.first(self.tree) is not None:
            found = self._older_teasers()
        else:
            raise PageUnreadable("no list of articles on the page", ("list",))
        return list({teaser.no: teaser for teaser in found}.values())

    def last_linked(self) -> int:
        """The highest page of the same list that the pager links to; 0 where there is no pager."""
        addresses = (join(self.url, attribute(link, "href")) for link in PAGER_LINK.all(self.tree))
        return max((page_no(address) for address in addresses if list_no(address) == list_no(self.url)), default=0)

    def _teasers_in(self, one: Element) -> Iterator[Teaser]:
        for entry in children(one):
            # A story can have two anchors, one around the thumbnail and one around the text.
            numbers = (no for link in LINK.all(entry) if (no := self._no(link)))
            if entry.tag == "li" and (no := next(numbers, None)):
                yield Teaser(no=no, published_at=self._published_at(entry), entry=entry)

    def _older_teasers(self) -> Iterator[Teaser]:
        """Each article that a page of an older layout links to, in `dl`, `li` or anything.

        Where its list begins and ends is not known of every paper. So a widget beside it is read as well: an article
        that is asked for too early is no harm, one that is never asked for is lost.
        """
        links: dict[int, Element] = {}
        entries: dict[int, set[int]] = {}
        for link in ARTICLE_LINKS.all(self.tree):
            if no := self._no(link):
                if no not in links or (not _says_title(links[no]) and _says_title(link)):
                    links[no] = link
                entries.setdefault(key(_around(link)), set()).add(no)
        for no, link in links.items():
            around = _around(link)
            entry = around if entries[key(around)] == {no} else link
            printed = self._published_at(entry) or parse_date_time(text_of(entry) or "")
            yield Teaser(no=no, published_at=printed, entry=entry)

    def _no(self, link: Element) -> int | None:
        return article_no(join(self.url, attribute(link, "href")))

    def _published_at(self, entry: Element) -> datetime | None:
        inner = islice((element for element in DATE.all(entry) if not is_same(element, entry)), MOST_DATES)
        texts = (text for element in inner if (text := text_of(element)))
        return next((time for text in texts if (time := parse_date_time(text))), None)


def _around(link: Element) -> Element:
    """The entry of a link on an older layout; the link itself where nothing tells the entries apart."""
    around = islice(ancestors(link), MOST_LEVELS)
    return next((element for element in around if element.tag in {"dl", "li", "tr"}), link)


def _says_title(link: Element) -> bool:
    """Whether a link of an entry shows its title, and not its photo or who wrote it (pressian.com in 2018)."""
    return text_of(link) is not None and not (link.parent and "writer" in classes(link.parent))
