"""How much of what pages usually hold was found on those of a crawl, part by part, field by field.

A layout that changed shows here first: `og:title` stands in for a headline whose class was renamed, and the article is
stored all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from asiatongsin.errors import PageUnreadable
from asiatongsin.items import Page, PageItems, Rejection, WeatherSnapshot
from asiatongsin.mediaon import article, body, front, related_stories, section, weather
from asiatongsin.mediaon.front import FrontPage
from asiatongsin.mediaon.section import SectionPage
from asiatongsin.site import Site
from pipelines.crawl_record import FieldCoverage, Key


@dataclass(frozen=True, kw_only=True)
class Field:
    """Something that pages of a kind hold."""

    part: str
    """Part of a page: `article`, `strip`, `list`."""

    name: str
    """What is looked for."""

    selectors: tuple[str, ...]
    """Where."""

    least: float = 0.0
    """Share of the pages on which the first crawls of a site must find it."""

    unit: str = ""
    """What is counted of it; empty where it is only there or not."""

    pages_enough: int = 1
    """Pages from which on the mean of what is counted says something."""

    is_always_there: bool = False
    """It is missed on a single page, and after a single crawl that found it: no chance takes it away."""

    in_a_row: int = 0
    """Crawls in a row that must miss it entirely; 0: what earlier crawls found says how much is missed."""

    has_own_bounds: bool = False
    """Whether it fell is decided by itself, with the outcome of the crawl."""


FIELDS = (
    Field(part="article", name="served", selectors=(), has_own_bounds=True),
    Field(part="article", name="readable", selectors=()),
    Field(part="article", name="headline", selectors=article.HEADLINE.css, least=0.8),
    Field(part="article", name="subheadline", selectors=article.SUBHEADLINE.css),
    Field(part="article", name="section", selectors=article.SECTION.css),
    Field(part="article", name="reporter", selectors=article.INFO.css),
    Field(part="article", name="published_at", selectors=article.INFO.css, least=0.5),
    # Short notices and long reports: the mean length of a few articles says little.
    Field(part="article", name="body", selectors=body.BODY.css, least=0.5, unit="characters", pages_enough=20),
    Field(part="article", name="images", selectors=body.IMAGES.css),
    Field(part="article", name="related_stories", selectors=related_stories.LINKS.css, unit="blocks", pages_enough=5),
    Field(part="strip", name="cities", selectors=weather.CITIES.css, unit="cities", pages_enough=2),
    Field(part="strip", name="conditions", selectors=weather.CITIES.css),
    Field(part="strip", name="temperatures", selectors=weather.CITIES.css),
    Field(part="front", name="answer", selectors=(), in_a_row=2),
    Field(part="front", name="sections", selectors=front.MENU_LINKS.css, unit="sections", is_always_there=True),
    # A list that does not come once may come the next time.
    Field(part="list", name="answer", selectors=(), in_a_row=2),
    Field(part="list", name="teasers", selectors=section.LIST.css, unit="teasers", is_always_there=True),
    Field(part="list", name="published_at", selectors=section.DATE.css, is_always_there=True),
)
"""A page of the part counts as having the field or not having it, and of some it is counted how much."""

NONE_FAILED: Mapping[str, int] = {}

_BY_KEY = {(field.part, field.name): field for field in FIELDS}


def field_of(part: str, name: str) -> Field | None:
    """The field of that name; `list 22` is the part `list` of one section. None: nobody looks for such a field."""
    kind, _, number = part.partition(" ")
    return _BY_KEY.get((kind, name)) if number.isdecimal() == (kind == "list") else None


def looked_for(selectors: Sequence[str], kept_in: str | None) -> str:
    """Where something was looked for in vain, and a page to try it on."""
    looked = [f"looked for in {', '.join(selectors)}"] if selectors else []
    shown = [f"a page that shows it is kept in {kept_in}"] if kept_in else []
    return "; ".join(looked + shown)


class Coverage:
    """Counts, and keeps of each field the first page that lacks it, and the one that has least of it."""

    def __init__(self) -> None:
        self._lacking: dict[Key, Page] = {}
        self._scarce: dict[Key, tuple[int, Page]] = {}
        self._pages: Counter[Key] = Counter()
        self._found: Counter[Key] = Counter()
        self._amount: Counter[Key] = Counter()

    def observe(self, page: Page, items: PageItems) -> None:
        """Takes one page."""
        for part, amounts in found_on(page, items):
            for name, amount in amounts.items():
                key = (part, name)
                self._pages[key] += 1
                self._found[key] += amount > 0
                self._amount[key] += amount
                if not amount:
                    self._lacking.setdefault(key, replace(page))  # without its tree
                elif key not in self._scarce or amount < self._scarce[key][0]:
                    self._scarce[key] = (amount, replace(page))

    def evidence(self, key: Key) -> Page | None:
        """A page that lacks the field; where none does, the one that has least of it."""
        return self._lacking.get(key) or self._scarce.get(key, (0, None))[1]

    def empty_list(self) -> Page | None:
        """A list page without an entry."""
        return next((page for (part, name), page in self._lacking.items() if name == "teasers"), None)

    def fields(self, failed: Mapping[str, int] = NONE_FAILED) -> tuple[FieldCoverage, ...]:
        """The counts of all parts that were met; of those that `failed`, so many pages did not come."""
        asked = self._pages + Counter({(part, "answer"): pages for part, pages in failed.items()})
        return tuple(
            FieldCoverage(
                part=part,
                field=name,
                pages=pages,
                found=self._found[part, name],
                amount=self._amount[part, name] if field.unit else None,
            )
            for (part, name), pages in asked.items()
            if (field := field_of(part, name))
        )


class Unreadable:
    """Article pages that could not be read, by what was missing on them."""

    def __init__(self) -> None:
        self._pages: Counter[tuple[str, ...]] = Counter()
        self._first: dict[tuple[str, ...], Rejection] = {}

    def note(self, rejection: Rejection) -> None:
        """Takes one page."""
        self._pages[rejection.missing] += 1
        self._first.setdefault(rejection.missing, rejection)

    def told(self) -> str:
        """What was missing on most of them, where it was looked for, and one that shows it; empty where none was."""
        for missing, _ in self._pages.most_common(1):
            first = self._first[missing]
            fields = filter(None, (field_of("article", name) for name in missing))
            selectors = [selector for field in fields for selector in field.selectors]
            return f"{first.reason}; {looked_for(selectors, first.raw_path)}"
        return ""


def found_on(page: Page, items: PageItems) -> Iterator[tuple[str, Mapping[str, int]]]:
    """The parts of a page, each with how much of its fields was found in their own place; 0: a field is lacking."""
    if page.kind == "article" and not items.unmodified:
        yield "article", _of_article(page, items)
    if page.kind == "list":
        yield f"list {page.section}", _of_list(page)
    if page.kind == "front":
        yield "front", {"answer": 1, "sections": len(FrontPage(page.tree, Site(page.base)).sections())}
    if items.article or (page.kind != "article" and not items.rejected):
        yield "strip", _of_strip(items.weather)


def _of_article(page: Page, items: PageItems) -> Mapping[str, int]:
    amounts = {} if page.is_by_number else {"served": int(items.removed is None)}
    # One that could not be read before is asked for again: that it still cannot be says nothing new.
    if items.article or (items.removed is None and not page.is_by_number):
        amounts["readable"] = int(items.article is not None)
    if items.article:
        for name in ("headline", "subheadline", "section", "reporter", "published_at", "images"):
            amounts[name] = int(bool(getattr(items.article, name)) and name not in items.fallbacks)
        amounts["body"] = sum(map(len, items.article.body))
        amounts["related_stories"] = len({story.block for story in items.related_stories})
    return amounts


def _of_list(page: Page) -> Mapping[str, int]:
    try:
        teasers = SectionPage(page.tree, page.url).teasers()
    except PageUnreadable:
        teasers = []
    if not teasers:
        return {"answer": 1, "teasers": 0}
    return {
        "answer": 1,
        "teasers": len(teasers),
        "published_at": sum(teaser.published_at is not None for teaser in teasers),
    }


def _of_strip(strip: WeatherSnapshot | None) -> Mapping[str, int]:
    readings = strip.readings if strip else ()
    return {
        "cities": len(readings),
        "conditions": sum(reading.condition is not None for reading in readings),
        "temperatures": sum(reading.temperature_c is not None for reading in readings),
    }
