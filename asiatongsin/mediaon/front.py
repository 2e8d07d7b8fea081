"""The front page: its menu says which sections the site has."""

from __future__ import annotations

from asiatongsin.html.addresses import join
from asiatongsin.html.element import Element, attribute
from asiatongsin.html.selectors import Selectors
from asiatongsin.mediaon.urls import list_no
from asiatongsin.site import Site

MENU_LINKS = Selectors("ul#gnb a[href]", "#gnb a[href]")


class FrontPage:
    """What the front page (or any page with the menu) says about the site."""

    def __init__(self, tree: Element, site: Site) -> None:
        self.tree = tree
        self.site = site

    def sections(self) -> list[int]:
        """Numbers of the lists in the menu, in its order, each once; ALL for the list of all articles.

        Links to other sites, to fixed pages and to special lists are left out. Empty where there is no menu.
        """
        addresses = (join(self.site.base, attribute(link, "href")) for link in MENU_LINKS.best(self.tree))
        numbers = (list_no(address) for address in addresses if self.site.owns(address))
        return list(dict.fromkeys(number for number in numbers if number is not None))
