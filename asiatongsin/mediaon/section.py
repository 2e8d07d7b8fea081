"""A page of a section, or of the list of all articles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from asiatongsin.errors import PageUnreadable
from asiatongsin.html.addresses import join
from asiatongsin.html.element import Element, attribute, children, is_same, text_of
from asiatongsin.html.selectors import Selectors
from asiatongsin.korean import drop_broken_entity, parse_date_time
from asiatongsin.mediaon.urls import article_no, list_no, page_no

LIST = Selectors("ul.art_list_all", "div.arl_008 > ul", "ul:has(> li.on_thumb)")
LINK = Selectors("a")
TITLE = Selectors("h2", "h3", "p.title")
LEAD = Selectors("p.ffd", "p:not(.title)")
DATE = Selectors(".art_info .date", ".date", ".art_info li", "ul > li")

PAGER_LINK = Selectors("div.btn_pagenum a[href]")

MOST_LISTS = 20
"""How many matches are read; a page has one or two. Where lists nest, each is read with all lists in it."""

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
    def lead(self) -> str | None:
        """Start of the body, cut by the site at 600 characters of its source."""
        lead = LEAD.text(self.entry)
        return drop_broken_entity(lead) if lead else None


class SectionPage:
    """The teasers of a list page. Links of widgets and rankings beside the list do not count."""

    def __init__(self, tree: Element, url: str) -> None:
        self.tree = tree
        self.url = url

    def lists(self) -> list[Element]:
        """The elements that hold the entries; PageUnreadable where the page holds none.

        A list without entries is an empty section, not an error.
        """
        lists = LIST.best(self.tree)[:MOST_LISTS]
        if not lists:
            raise PageUnreadable("no list of articles on the page", ("list",))
        return lists

    def teasers(self) -> list[Teaser]:
        """The entries in printed order, each article once; PageUnreadable where the page holds no list."""
        entries = (entry for one in self.lists() for entry in children(one) if entry.tag == "li")
        found = (teaser for entry in entries if (teaser := self._teaser(entry)))
        return list({teaser.no: teaser for teaser in found}.values())

    def last_linked(self) -> int:
        """The highest page of the same list that the pager links to; 0 where there is no pager."""
        addresses = (join(self.url, attribute(link, "href")) for link in PAGER_LINK.all(self.tree))
        return max((page_no(address) for address in addresses if list_no(address) == list_no(self.url)), default=0)

    def _teaser(self, entry: Element) -> Teaser | None:
        # A story can have two anchors, one around the thumbnail and one around the text.
        addresses = (join(self.url, attribute(link, "href")) for link in LINK.all(entry))
        no = next((number for address in addresses if (number := article_no(address))), None)
        if no is None:
            return None
        return Teaser(no=no, published_at=self._published_at(entry), entry=entry)

    def _published_at(self, entry: Element) -> datetime | None:
        inner = islice((element for element in DATE.all(entry) if not is_same(element, entry)), MOST_DATES)
        texts = (text for element in inner if (text := text_of(element)))
        return next((time for text in texts if (time := parse_date_time(text))), None)
