"""The front page: its menu says which sections the site has, and where each is listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from asiatongsin.html.addresses import join
from asiatongsin.html.element import Element, attribute, text_of
from asiatongsin.html.selectors import Selectors
from asiatongsin.korean import clean
from asiatongsin.mediaon.urls import ALL, ALL_SCRIPT, SECTION_FRONT, SECTION_SCRIPT, article_no, list_no, list_script
from asiatongsin.site import Site

PRESENT_MENU = ("ul#gnb a[href]", "#gnb a[href]")
MENU_LINKS = Selectors(
    *PRESENT_MENU,
    "[class^=gnb] a[href]",  # gnb01 and gnb02: cnbnews.com in 2018
    ".top_menu a[href], #submenu_inline a[href]",  # pressian.com in 2018
)
LINKS = Selectors("a[href]")
IMAGES = Selectors("img[alt]")
NAME = Selectors("title", "h1")


@dataclass(frozen=True, kw_only=True, slots=True)
class MenuEntry:
    """A list that the menu leads to."""

    no: int
    """Number of the section; ALL for the list of all articles."""

    names: tuple[str, ...] = ()
    """The names the menu gives it, mostly one."""

    script: str = ""
    """Path it is listed under; empty: that of present layouts."""


class FrontPage:
    """What the front page (or any page with the menu) says about the site."""

    def __init__(self, tree: Element, site: Site, url: str = "") -> None:
        self.tree = tree
        self.site = site
        self.url = url or f"{site.base}/"

    def menu(self) -> tuple[MenuEntry, ...]:
        """The lists in the menu, in its order, each once. Empty where there is no menu.

        Links to other sites, to fixed pages and to special lists are left out.
        """
        menus = (_merged(self._entries(css)) for css in MENU_LINKS.css)
        return next((menu for menu in menus if menu), ())

    def name(self) -> str:
        """What the paper calls itself; empty where the page does not say."""
        return next(filter(None, map(text_of, NAME.all(self.tree))), "")

    def is_of_cms(self) -> bool:
        """Whether it leads to lists or articles of this site, as this CMS addresses them."""
        addresses = (join(self.url, attribute(link, "href")) for link in LINKS.all(self.tree))
        ours = (address for address in addresses if list_no(address) is not None or article_no(address) is not None)
        return any(map(self.site.owns, ours))

    def everything(self) -> MenuEntry:
        """The list of all articles as any link of the page leads to it; else as the layout of the menu has it."""
        links = _merged(self._entries(*LINKS.css))
        menu = self.menu()
        is_older = menu and all(entry.script for entry in menu)
        usual = MenuEntry(no=ALL, script=SECTION_SCRIPT if is_older else "")  # of older layouts with sec_no=0
        return next((entry for entry in links if entry.no == ALL), usual)

    def _entries(self, css: str) -> Iterator[MenuEntry]:
        for link in self.tree.css(css):
            address = join(self.url, attribute(link, "href"))
            no = list_no(address)
            if no is not None and self.site.owns(address):
                script = list_script(address)
                # On present layouts, section.html is a page of widgets about the section; older ones list under it.
                usual = {ALL_SCRIPT} if no == ALL else {SECTION_SCRIPT, SECTION_FRONT}
                is_usual = css in PRESENT_MENU and script in usual
                yield MenuEntry(no=no, names=_names(link), script="" if is_usual else script)


def _merged(entries: Iterable[MenuEntry]) -> tuple[MenuEntry, ...]:
    """Each list once: under the first of its addresses, with all of its names."""
    merged: dict[int, MenuEntry] = {}
    for entry in entries:
        first = merged.get(entry.no, entry)
        merged[entry.no] = replace(first, names=tuple(dict.fromkeys([*first.names, *entry.names])))
    return tuple(merged.values())


def _names(link: Element) -> tuple[str, ...]:
    """What a link of the menu says: its text, else that of its picture."""
    pictured = (clean(attribute(image, "alt")) for image in IMAGES.all(link))
    name = text_of(link) or next(filter(None, pictured), None) or clean(attribute(link, "title"))
    return (name,) if name else ()
