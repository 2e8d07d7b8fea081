"""What was read on a page, field by field, and where on the page it was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from asiatongsin.cms import field_of
from asiatongsin.items import Article, PageItems, WeatherSnapshot
from asiatongsin.korean import KST
from asiatongsin.printable import printable
from pipelines.terminal.text_table import text_table, titled_table

FIELDS = (
    *("section", "headline", "subheadline", "reporter", "reporter_email", "published_at", "modified_at"),
    *("body", "images", "links", "language"),
)
"""Of an article, in the order of the page."""

WIDEST = 70
"""Columns of a value and of a selector; --json has all of them."""


def text(items: PageItems, places: Mapping[str, str]) -> str:
    """The whole page: a table of fields, then the text, photos, links, weather and related stories."""
    return "\n\n".join(_parts(items, places))


def selectors(name: str) -> Sequence[str]:
    """Where a field of an article is looked for; empty where that is in no place of its own."""
    field = field_of("article", name)
    return field.selectors if field else ()


def _parts(items: PageItems, places: Mapping[str, str]) -> Iterator[str]:
    yield printable(items.url)
    if items.article:
        yield text_table(("field", "read", "found in"), [*_rows(items, places)], widest=WIDEST)
        yield from _content(items.article)
    strip = items.weather
    rows = (
        [(one.city, one.condition, one.icon, one.temperature_c, one.station_id) for one in strip.readings]
        if strip
        else []
    )
    yield titled_table("Weather", ("city", "condition", "icon", "°C", "station"), rows)
    stories = [(one.block, one.position, one.related_no, one.title) for one in items.related_stories]
    yield titled_table("Related stories", ("block", "#", "leads to", "title"), stories)


def _rows(items: PageItems, places: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for name in FIELDS:
        value = _in_short(getattr(items.article, name))
        yield name, value, places.get(name) or _nowhere(name)
    yield "weather", _strip(items.weather), places.get("weather", "nowhere")
    yield "related_stories", _in_short(items.related_stories), places.get("related_stories", "nowhere")


def _nowhere(name: str) -> str:
    return f"not in {', '.join(looked)}" if (looked := selectors(name)) else "nowhere"


def _in_short(value: object) -> str:
    if value is None or value == ():
        return "-"
    if isinstance(value, datetime):
        return f"{value.astimezone(KST):%Y-%m-%d %H:%M:%S} (Korean time)"
    if isinstance(value, tuple):
        if isinstance(value[0], str):
            return f"{len(value)} paragraph{'s' * (len(value) > 1)}, {sum(map(len, value)):,} characters"
        return f"{len(value)}"
    return f"{value}"


def _strip(strip: WeatherSnapshot | None) -> str:
    return f"{len(strip.readings)} cities, {strip.page_date or 'no date'}" if strip else "-"


def _content(article: Article) -> Iterator[str]:
    if article.body:
        yield "\n".join(["Body", *(f"  {printable(paragraph)}" for paragraph in article.body)])
    images = [(one.url, one.caption) for one in article.images]
    yield titled_table("Images", ("address", "caption"), images, widest=WIDEST)
    links = [(one.kind, one.url, one.text) for one in article.links]
    yield titled_table("Links", ("kind", "address", "text"), links, widest=WIDEST)
