"""How much of what pages usually hold was found on those of a crawl, part by part, field by field.

A layout that changed shows here first: `og:title` stands in for a headline whose class was renamed, and the article is
stored all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from asiatongsin.items import Page, PageItems
from asiatongsin.pages import article, body, related_stories, weather
from pipelines.record import FieldCoverage


@dataclass(frozen=True, kw_only=True)
class Field:
    """Something that pages of a kind hold."""

    part: str
    """Part of a page: `article`, `strip`."""

    name: str
    """What is looked for."""

    selectors: tuple[str, ...]
    """Where."""

    least: float = 0.0
    """Share of the pages on which the first crawls of a site must find it."""


FIELDS = (
    Field(part="article", name="headline", selectors=article.HEADLINE.css, least=0.8),
    Field(part="article", name="subheadline", selectors=article.SUBHEADLINE.css),
    Field(part="article", name="section", selectors=article.SECTION.css),
    Field(part="article", name="reporter", selectors=article.INFO.css),
    Field(part="article", name="published_at", selectors=article.INFO.css, least=0.5),
    Field(part="article", name="body", selectors=body.BODY.css, least=0.5),
    Field(part="article", name="images", selectors=body.IMAGES.css),
    Field(part="article", name="related_stories", selectors=related_stories.LINKS.css),
    Field(part="strip", name="cities", selectors=weather.CITIES.css),
    Field(part="strip", name="conditions", selectors=weather.CITIES.css),
)
"""A page of the part counts as having the field or not having it; the shares are compared."""


class Coverage:
    """Counts, and keeps of each field the first page that lacks it."""

    def __init__(self) -> None:
        self.evidence: dict[tuple[str, str], Page] = {}
        self._pages: Counter[str] = Counter()
        self._found: Counter[tuple[str, str]] = Counter()

    def observe(self, page: Page, items: PageItems) -> None:
        """Takes one page that was read."""
        for part, found in found_on(items):
            self._pages[part] += 1
            for field in FIELDS:
                key = (field.part, field.name)
                if field.part == part and field.name in found:
                    self._found[key] += 1
                elif field.part == part:
                    self.evidence.setdefault(key, page)

    def fields(self) -> tuple[FieldCoverage, ...]:
        """The counts of all parts that were met."""
        return tuple(
            FieldCoverage(
                part=field.part,
                field=field.name,
                pages=self._pages[field.part],
                found=self._found[field.part, field.name],
            )
            for field in FIELDS
            if self._pages[field.part]
        )


def found_on(items: PageItems) -> Iterator[tuple[str, set[str]]]:
    """The parts of a page, each with the fields that were found in their own place."""
    if items.article:
        article_fields = (field.name for field in FIELDS if field.part == "article")
        found = {name for name in article_fields if name != "related_stories" and getattr(items.article, name)}
        if items.related_stories:
            found.add("related_stories")
        yield "article", found - set(items.fallbacks)
    if items.article or (items.kind != "article" and not items.rejected):
        readings = items.weather.readings if items.weather else ()
        found = {"cities"} if readings else set()
        if any(reading.condition for reading in readings):
            found.add("conditions")
        yield "strip", found
