"""The fields that pages of the CMS hold, where each is looked for, and how much of each a page has.

A layout that changed shows here first. Example: where the class of the headline was renamed, `og:title` stands in for
it, and the article is stored all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from asiatongsin.fields import Field
from asiatongsin.items import Page, PageItems, WeatherSnapshot
from asiatongsin.mediaon import article, body, front, photo_frames, related_stories, section, weather
from asiatongsin.mediaon.reading import listing_of, menu_of
from asiatongsin.mediaon.urls import page_no

FIELDS = (
    Field(part="article", name="served", selectors=(), has_own_bounds=True),
    Field(part="article", name="readable", selectors=()),
    Field(part="article", name="headline", selectors=article.HEADLINE.css, least_share=0.8),
    Field(part="article", name="subheadline", selectors=article.SUBHEADLINE.css),
    Field(part="article", name="section", selectors=article.SECTION.css),
    Field(part="article", name="reporter", selectors=article.INFO.css),
    Field(part="article", name="published_at", selectors=article.INFO.css, least_share=0.5),
    # Short notices and long reports: the mean length of a few articles says little.
    Field(part="article", name="body", selectors=body.BODY.css, least_share=0.5, unit="characters", pages_for_mean=20),
    Field(part="article", name="images", selectors=photo_frames.IMAGES.css),
    Field(part="article", name="related_stories", selectors=related_stories.LINKS.css, unit="blocks", pages_for_mean=5),
    Field(part="strip", name="cities", selectors=weather.CITIES.css, unit="cities", pages_for_mean=2),
    Field(part="strip", name="conditions", selectors=weather.CITIES.css),
    Field(part="strip", name="temperatures", selectors=weather.CITIES.css),
    Field(part="front", name="answer", selectors=(), misses_in_a_row=2),
    Field(part="front", name="sections", selectors=front.MENU_LINKS.css, unit="sections", is_always_there=True),
    # A list that does not come may come the next time.
    Field(part="list", name="answer", selectors=(), misses_in_a_row=2),
    Field(part="list", name="teasers", selectors=section.LIST.css, unit="teasers", is_always_there=True),
    Field(part="list", name="published_at", selectors=section.DATE.css, is_always_there=True),
)
"""Each page of a part has the field or lacks it. Of a field with a `unit`, the amount is counted as well."""

_BY_KEY = {(field.part, field.name): field for field in FIELDS}


def field_of(part: str, name: str) -> Field | None:
    """The field of that name, or None where no field is called so. The part `list 22` is the list of section 22."""
    kind, _, number = part.partition(" ")
    return _BY_KEY.get((kind, name)) if number.isdecimal() == (kind == "list") else None


def found_on(page: Page, items: PageItems) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Each part of a page, with the amount of each field that was found in its own place; 0 where the page lacks it."""
    if page.kind == "article" and not items.unmodified:
        yield "article", _of_article(page, items)
    if page.kind == "list" and page.section is not None:
        yield f"list {page.section}", _of_list(page)
    if page.kind == "front":
        yield "front", {"answer": 1, "sections": len(page.once(menu_of))}
    if items.article or (page.kind != "article" and not items.rejected):
        yield "strip", _of_strip(items.weather)


def _of_article(page: Page, items: PageItems) -> Mapping[str, int]:
    amounts = {} if page.is_by_number else {"served": int(items.removed is None)}
    # An article that could not be read is asked for again. That it still cannot be read is no news.
    if items.article or (items.removed is None and not page.is_by_number):
        amounts["readable"] = int(items.article is not None)
    if items.article:
        for name in ("headline", "subheadline", "section", "reporter", "published_at", "images"):
            amounts[name] = int(bool(getattr(items.article, name)) and name not in items.fallbacks)
        amounts["body"] = sum(map(len, items.article.body))
        amounts["related_stories"] = len({story.block for story in items.related_stories})
    return amounts


def _of_list(page: Page) -> Mapping[str, int]:
    if page_no(page.url) > 1:  # how full later pages are depends on the length of the list, not on the layout
        return {"answer": 1}
    teasers = page.once(listing_of).teasers
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
