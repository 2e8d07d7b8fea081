"""What is read on a page, part by part. `page.once(menu_of)` reads a part once, when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass

from asiatongsin.errors import PageRemoved, PageUnreadable
from asiatongsin.items import Article, Page, RelatedStory, WeatherSnapshot
from asiatongsin.mediaon.article import ArticlePage
from asiatongsin.mediaon.front import FrontPage, MenuEntry
from asiatongsin.mediaon.related_stories import RelatedStories
from asiatongsin.mediaon.removed import is_without_article, removed_form
from asiatongsin.mediaon.section import SectionPage, Teaser
from asiatongsin.mediaon.urls import article_no
from asiatongsin.mediaon.weather import WeatherStrip
from asiatongsin.site import Site

NOTHING_READ = "nothing in the body that can be read, though it is not empty"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """What a list page shows."""

    teasers: tuple[Teaser, ...] = ()
    """The entries in printed order, each article once."""

    last_linked: int = 0
    """The highest page of the same list that it links to; 0 where it links to none."""

    unreadable: PageUnreadable | None = None
    """Why the page holds no list; None where it holds one, be it empty."""


@dataclass(frozen=True, slots=True)
class PageContent:
    """What an article page holds; all parts are empty for other pages."""

    article: Article | None = None
    stories: tuple[RelatedStory, ...] = ()
    fallbacks: tuple[str, ...] = ()


def menu_of(page: Page) -> tuple[MenuEntry, ...]:
    """The lists in the menu of a page; empty where there is no menu."""
    return FrontPage(page.tree, Site(page.base), page.url).menu()


def name_of(page: Page) -> str:
    """What a front page calls its paper; empty where it does not say."""
    return FrontPage(page.tree, Site(page.base), page.url).name()


def is_of_cms(page: Page) -> bool:
    """Whether a front page is one of this CMS: it leads to lists or articles, as it addresses them."""
    return FrontPage(page.tree, Site(page.base), page.url).is_of_cms()


def everything_of(page: Page) -> MenuEntry:
    """The list of all articles, as a page without a menu leads to it."""
    return FrontPage(page.tree, Site(page.base), page.url).everything()


def listing_of(page: Page) -> Listing:
    """The entries of a list page."""
    if page.parsed.excess:
        return Listing(unreadable=PageUnreadable(page.parsed.excess))
    try:
        section = SectionPage(page.tree, page.url)
        return Listing(teasers=tuple(section.teasers()), last_linked=section.last_linked())
    except PageUnreadable as error:
        return Listing(unreadable=error)


def is_requested_article(page: Page) -> bool:
    """Whether the address that answered is that of the requested article."""
    return article_no(page.url) == page.no


def read_page(page: Page) -> PageContent:
    """The article and its related stories; PageRemoved or PageUnreadable where there must be one and is not."""
    if page.kind == "article":
        reader = reader_of(page)
        stories = RelatedStories(page.tree, page.url, reader.bodies).stories()
        return PageContent(reader.article(), stories, reader.fallbacks)
    if page.parsed.excess:
        raise PageUnreadable(page.parsed.excess)
    if page.kind == "list" and (unreadable := page.once(listing_of).unreadable):
        raise unreadable
    return PageContent()


def read_article(page: Page) -> Article:
    """The article of an article page; PageRemoved or PageUnreadable say why there is none."""
    return reader_of(page).article()


def reader_of(page: Page) -> ArticlePage:
    """The reader of an article page. PageRemoved where there is no article, PageUnreadable where it cannot be read."""
    reader = ArticlePage(page)
    if form := removed_form(reader):
        raise PageRemoved(form)
    if not is_requested_article(page):
        raise PageUnreadable(f"asked for article {page.no} and was sent to {page.url}")
    if page.parsed.excess:
        raise PageUnreadable(page.parsed.excess)
    if reader.is_empty:
        raise PageRemoved("empty body") if is_without_article(reader) else PageUnreadable(NOTHING_READ, ("body",))
    return reader


def read_weather(page: Page) -> WeatherSnapshot | None:
    """The weather strip; None where the page shows none."""
    strip = WeatherStrip(page.tree)
    readings = strip.readings()
    if not readings:
        return None
    return WeatherSnapshot(site=page.site, page_date=strip.page_date(), fetched_at=page.fetched_at, readings=readings)
