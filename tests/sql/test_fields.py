"""A field of an item is read, stored, compared and counted: one that was forgotten somewhere is named here.

CONTRIBUTING.md tells how to add one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg import Connection

from asiatongsin.article_parts import ArticleImage, ArticleLink
from asiatongsin.cms import field_of
from asiatongsin.items import Article, PageItems, RelatedStory, WeatherReading, WeatherSnapshot
from pipelines.database.tables import TABLES
from pipelines.database.views import VIEWS
from pipelines.exporters.articles import PARAGRAPH_BREAK
from pipelines.reparse.compare import differences
from pipelines.stages.weather import identify
from tests.samples import export, image, link, page, present, story
from tests.stored import rows
from tests.unit.test_pages import OWN, expected_of

TABLE_OF: Mapping[type, str] = {
    Article: "articles",
    ArticleImage: "article_images",
    ArticleLink: "article_links",
    RelatedStory: "related_stories",
    WeatherSnapshot: "weather_snapshots",
    WeatherReading: "weather_readings",
}

PAGE = page(stories=[story(1, image_url="https://newsasia.kr/a.jpg")], images=(image(1),), links=(link(1),), seoul=21.3)
"""A page on which each field of each item has a value."""

ARTICLE, STRIP = present(PAGE.article), present(PAGE.weather)

ONE_OF: Mapping[type, Callable[[PageItems], Any]] = {
    Article: lambda items: items.article,
    ArticleImage: lambda items: present(items.article).images[0],
    ArticleLink: lambda items: present(items.article).links[0],
    RelatedStory: lambda items: items.related_stories[0],
    WeatherSnapshot: lambda items: items.weather,
    WeatherReading: lambda items: present(items.weather).readings[-1],
}


def fields_of(item: type) -> list[str]:
    return [field.name for field in fields(item)]


def named(item: type, names: Iterable[str]) -> set[str]:
    """`Article.headline`, as a test that fails shows it."""
    return {f"{item.__name__}.{name}" for name in names}


ALL = {name for item in TABLE_OF for name in named(item, fields_of(item))}


def test_the_samples_have_a_value_in_each_field() -> None:
    unknown = [
        f"{item.__name__}.{name}"
        for item, one_of in ONE_OF.items()
        for name in fields_of(item)
        if getattr(one_of(PAGE), name) in (None, "", ())
    ]
    assert unknown == [], "give it a value in tests/samples.py"


WITHOUT_COLUMN = {
    "Article.images": "rows of article_images",
    "Article.links": "rows of article_links",
    "WeatherSnapshot.readings": "rows of weather_readings",
    "WeatherSnapshot.fetched_at": "first_fetched_at and last_fetched_at",
}


def test_each_field_has_a_column() -> None:
    columns = {name for item, table in TABLE_OF.items() for name in named(item, (TABLES | VIEWS)[table])}
    assert ALL - columns == WITHOUT_COLUMN.keys()


def test_each_column_holds_what_was_read(connection: Connection) -> None:
    export(connection, PAGE)
    for item, table in TABLE_OF.items():
        names = [name for name in fields_of(item) if name in (TABLES | VIEWS)[table]]
        order = "ORDER BY position DESC LIMIT 1" if item is WeatherReading else ""
        [row] = rows(connection, f"SELECT {', '.join(names)} FROM {table} {order}")
        read = {name: getattr(ONE_OF[item](PAGE), name) for name in names}
        if item is Article:
            read["body"] = PARAGRAPH_BREAK.join(read["body"])
        stored = [float(value) if isinstance(value, Decimal) else value for value in row]
        assert dict(zip(names, stored, strict=True)) == read


NOT_COMPARED = {
    "Article.site": "which article it is",
    "Article.no": "which article it is",
    "Article.url": "made of the site and the number",
    "Article.fetched_at": "which capture it is",
    "WeatherSnapshot.site": "which strip it is",
    "WeatherSnapshot.fetched_at": "which strip it is",
    "WeatherSnapshot.readings": "their hash is compared",
    "WeatherSnapshot.page_date": "two pages of one strip may print two; a missing one is seen, see the next test",
    "WeatherReading.station_id": "not printed: out of our own list",
}

SHOWN_AS = {
    ArticleImage: "images",
    ArticleLink: "links",
    RelatedStory: "related_stories",
    WeatherSnapshot: "weather",
    WeatherReading: "weather",
}
"""Under which name a difference tells them; a field of an article has its own."""


def other(value: Any) -> Any:
    """A value of the same type."""
    if isinstance(value, datetime):
        return value - timedelta(hours=1)
    if isinstance(value, tuple):
        return value[:-1]
    return f"{value}!" if isinstance(value, str) else value + 1


def changed(item: type, name: str) -> PageItems:
    """The page with another value in one field."""
    one = ONE_OF[item](PAGE)
    one = replace(one, **{name: other(getattr(one, name))})
    if item is Article:
        return replace(PAGE, article=one)
    if item is ArticleImage:
        return replace(PAGE, article=replace(ARTICLE, images=(one,)))
    if item is ArticleLink:
        return replace(PAGE, article=replace(ARTICLE, links=(one,)))
    if item is RelatedStory:
        return replace(PAGE, related_stories=(one,))
    if item is WeatherSnapshot:
        return replace(PAGE, weather=one)
    return replace(PAGE, weather=identify(replace(STRIP, readings=(*STRIP.readings[:-1], one))))


def test_reparse_sees_a_change_of_each_field(connection: Connection) -> None:
    """A field it does not see stays NULL in all rows of before, however often the archive is read again."""
    export(connection, PAGE)
    assert differences(connection, [PAGE]) == []
    unseen = set()
    for item in TABLE_OF:
        for name in fields_of(item):
            found = differences(connection, [changed(item, name)])
            if SHOWN_AS.get(item, name) not in {field for one in found for field in one.fields}:
                unseen |= named(item, [name])
    assert unseen == NOT_COMPARED.keys()


def test_reparse_sees_a_date_beside_the_strip_that_was_not_read_before(connection: Connection) -> None:
    without = replace(PAGE, weather=replace(STRIP, page_date=None))
    export(connection, without)
    assert differences(connection, [without]) == []
    [found] = differences(connection, [PAGE])
    assert list(found.fields) == ["weather"]
    export(connection, found.items)
    assert differences(connection, [PAGE]) == differences(connection, [without]) == []


NOT_PRINTED = {
    "Article.site": "of the address",
    "Article.content_hash": "of the text",
    "Article.fetched_at": "of the download",
    "WeatherSnapshot.site": "of the address",
    "WeatherSnapshot.fetched_at": "of the download",
    "WeatherSnapshot.readings_hash": "of the readings",
    "WeatherReading.station_id": "out of our own list",
}


LISTED_AS = {ArticleImage: "images", ArticleLink: "links", WeatherReading: "weather"}


def expected(item: type, case: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a saved page says of the items of one kind."""
    if item is WeatherSnapshot:
        return [{"page_date": case["page_date"], "readings": case["weather"]}]
    if item is RelatedStory:
        return [one | {"related_no": one["no"]} for one in case["related_stories"]]
    if item is Article:
        return [case]
    listed: list[Mapping[str, Any]] = case[LISTED_AS[item]]
    return listed


def test_a_saved_page_shows_a_value_of_each_field() -> None:
    """tests/unit/test_pages.py compares all that a saved page is expected to hold with what is read."""
    shown = {
        f"{item.__name__}.{name}"
        for item in TABLE_OF
        for case in OWN
        for one in expected(item, expected_of(case))
        for name, value in one.items()
        if value not in (None, [])
    }
    assert ALL - shown == NOT_PRINTED.keys()


NOT_COUNTED = {
    "Article.no": "of the address",
    "Article.url": "of the address",
    "Article.reporter_email": "printed together with the reporter",
    "Article.modified_at": "printed together with published_at, where an article was edited",
    "Article.language": "of no use to a reader",
    "Article.links": "many articles lead nowhere",
}


def test_the_coverage_counts_each_field_of_an_article() -> None:
    """A layout that changes shows in a field that is found on fewer pages."""
    uncounted = named(Article, [name for name in fields_of(Article) if field_of("article", name) is None])
    assert uncounted - NOT_PRINTED.keys() == NOT_COUNTED.keys()
