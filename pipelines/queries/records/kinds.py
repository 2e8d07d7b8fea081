"""The kinds of records: the columns of each, out of which tables they come, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import LiteralString

from pipelines.database.columns import Columns
from pipelines.database.tables import ARTICLE_IMAGES, ARTICLE_LINKS, WEATHER_SNAPSHOTS, WEATHER_STATIONS
from pipelines.database.views import ARTICLE_REVISIONS, ARTICLES, RELATED_STORIES, WEATHER_READINGS

EMAIL = "reporter_email"
"""The column that is there only where it is asked for."""

_WRITTEN = {"section", "reporter", "headline", "subheadline", "body", "title", "lead", "caption", "text"}
"""Columns that people have written, so that there may be e-mail addresses in them."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A column of a kind, and where it comes from."""

    name: LiteralString
    type: LiteralString
    """In PostgreSQL's words."""

    table: LiteralString
    """Table or view whose comment on `column` says what it means."""

    column: LiteralString
    alias: LiteralString
    """Of the table, in the statement."""

    @property
    def is_written(self) -> bool:
        """Whether people have written it: there may be e-mail addresses in it."""
        return self.name in _WRITTEN


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of records."""

    name: LiteralString
    meaning: LiteralString
    """What one row is."""

    fields: tuple[Field, ...]
    source: LiteralString
    """Behind FROM. `{found}` stands for the articles that fulfil the filters, with the alias `a`."""

    order: tuple[LiteralString, ...]
    """What tells the rows apart, in a fixed order."""

    changed: tuple[LiteralString, ...] = ("a",)
    """Aliases of the tables whose `changed_at` says that a row is new or changed: any of them."""

    where: LiteralString = "true"
    is_of_articles: bool = field(default=True)
    """Whether the rows belong to articles, and all filters of the search hold."""

    def given(self, *, with_email: bool) -> tuple[Field, ...]:
        """The columns, with that of the e-mail address or without."""
        return tuple(one for one in self.fields if with_email or one.name != EMAIL)


def _of(
    table: LiteralString, alias: LiteralString, columns: Columns, wanted: Iterable[LiteralString]
) -> Iterator[Field]:
    """Columns of a table; `name=column` gives one another name."""
    for one in wanted:
        name, _, column = one.partition("=")
        given = columns[column or name]
        # Decimal numbers are awkward in data frames, and these have one decimal place.
        of_type: LiteralString = "double precision" if given.startswith("numeric") else given
        yield Field(name=name, type=of_type, table=table, column=column or name, alias=alias)


_ARTICLE = (
    *("site", "no", "url", "section", "headline", "subheadline", "reporter", EMAIL, "published_at", "modified_at"),
    *("body", "language", "content_hash", "revision", "first_seen_at", "fetched_at", "gone_at", "changed_at"),
)
_REVISION = ("revision", "fetched_at", "headline", "subheadline", "body", "modified_at", "content_hash", "returned")
_STORY = ("block", "position", "related_no", "title", "lead", "image_url", "fetched_at")
_SEEN = ("site", "first_fetched_at", "last_fetched_at")
_STATION = ("station=name_en", "latitude", "longitude")

ARTICLE_KIND = Kind(
    name="articles",
    meaning="an article: its newest text",
    fields=tuple(_of("articles", "a", ARTICLES, _ARTICLE)),
    source="{found} AS a",
    order=("a.site", "a.no"),
)
REVISION_KIND = Kind(
    name="revisions",
    meaning="a text that an article had, the newest one as well",
    fields=(
        *_of("articles", "a", ARTICLES, ("site", "no", "url")),
        *_of("article_revisions", "r", ARTICLE_REVISIONS, _REVISION),
    ),
    source="""{found} AS a CROSS JOIN LATERAL (
        SELECT * FROM article_revisions AS r WHERE r.site = a.site AND r.no = a.no OFFSET 0
    ) AS r""",
    order=("a.site", "a.no", "r.revision"),
)
RELATED_KIND = Kind(
    name="related",
    meaning="a teaser around an article, which leads to another article",
    fields=(
        *_of("articles", "a", ARTICLES, ("site", "no", "url")),
        *_of("related_stories", "r", RELATED_STORIES, _STORY),
    ),
    source="""{found} AS a JOIN shown_teasers AS s ON s.site = a.site AND s.no = a.no CROSS JOIN LATERAL (
        SELECT * FROM related_stories AS r WHERE r.site = a.site AND r.no = a.no OFFSET 0
    ) AS r""",
    order=("a.site", "a.no", 'r.block COLLATE "C"', "r.position"),
    changed=("a", "s"),
)
WEATHER_KIND = Kind(
    name="weather",
    meaning="a city in a weather strip, as it was shown from first_fetched_at to last_fetched_at",
    fields=(
        *_of("weather_snapshots", "s", WEATHER_SNAPSHOTS, _SEEN),
        *_of("weather_readings", "r", WEATHER_READINGS, ("city", "condition", "temperature_c", "station_id")),
        *_of("weather_stations", "w", WEATHER_STATIONS, _STATION),
        *_of("weather_readings", "r", WEATHER_READINGS, ("icon",)),
        *_of("weather_snapshots", "s", WEATHER_SNAPSHOTS, ("page_date", "pages")),
        *_of("weather_readings", "r", WEATHER_READINGS, ("snapshot_id", "position")),
    ),
    source="""weather_snapshots AS s JOIN weather_readings AS r ON r.snapshot_id = s.id
    LEFT JOIN weather_stations AS w USING (station_id)""",
    order=("s.site", "s.first_fetched_at", "s.id", "r.position"),
    changed=("s",),
    is_of_articles=False,
)
IMAGE_KIND = Kind(
    name="images",
    meaning="a photo of an article",
    fields=(
        *_of("articles", "a", ARTICLES, ("site", "no", "article_url=url")),
        *_of("article_images", "i", ARTICLE_IMAGES, ("position", "url", "caption")),
    ),
    source="{found} AS a JOIN article_images AS i ON i.site = a.site AND i.no = a.no",
    order=("a.site", "a.no", "i.position"),
)
ATTACHMENT_KIND = Kind(
    name="attachments",
    meaning="a file that an article offers, such as .hwp or .pdf",
    fields=(
        *_of("articles", "a", ARTICLES, ("site", "no", "article_url=url")),
        *_of("article_links", "l", ARTICLE_LINKS, ("position", "url", "text")),
    ),
    source="{found} AS a JOIN article_links AS l ON l.site = a.site AND l.no = a.no",
    order=("a.site", "a.no", "l.position"),
    where="l.kind = 'attachment'",
)

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (ARTICLE_KIND, REVISION_KIND, RELATED_KIND, WEATHER_KIND, IMAGE_KIND, ATTACHMENT_KIND)
}
