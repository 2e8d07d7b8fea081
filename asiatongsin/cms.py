"""The CMS whose pages are read, and all that the rest of the program asks of it.

Another CMS is a package beside `asiatongsin/mediaon` that offers the same names; it is chosen by the imports below.
"""

from __future__ import annotations

from asiatongsin.mediaon.fields import FIELDS, field_of, found_on
from asiatongsin.mediaon.front import MenuEntry
from asiatongsin.mediaon.parts import next_part, with_part
from asiatongsin.mediaon.places import own_address, places_of
from asiatongsin.mediaon.reading import (
    Listing,
    PageContent,
    everything_of,
    is_of_cms,
    is_requested_article,
    listing_of,
    menu_of,
    name_of,
    read_page,
    read_weather,
)
from asiatongsin.mediaon.removed import GONE_STATUSES
from asiatongsin.mediaon.section import LIST, Teaser
from asiatongsin.mediaon.urls import (
    ALL,
    article_no,
    article_url,
    is_desktop_article,
    is_front_page,
    list_no,
    list_url,
    page_no,
    part_no,
)

LIST_SELECTORS = LIST.css
"""CSS selectors that find the entries of a list page."""

__all__ = [
    "ALL",
    "FIELDS",
    "GONE_STATUSES",
    "LIST_SELECTORS",
    "Listing",
    "MenuEntry",
    "PageContent",
    "Teaser",
    "article_no",
    "article_url",
    "everything_of",
    "field_of",
    "found_on",
    "is_desktop_article",
    "is_front_page",
    "is_of_cms",
    "is_requested_article",
    "list_no",
    "list_url",
    "listing_of",
    "menu_of",
    "name_of",
    "next_part",
    "own_address",
    "page_no",
    "part_no",
    "places_of",
    "read_page",
    "read_weather",
    "with_part",
]
