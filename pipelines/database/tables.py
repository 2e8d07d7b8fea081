"""The columns of each table with their types. Exporters, comparisons and tests take them from here.

Those of the tables about crawls stand in `crawl_tables.py`. The migrations make the schema, and `schema.sql` shows it.
A test checks that these files agree with it.
"""

from __future__ import annotations

from pipelines.database.columns import Columns
from pipelines.database.crawl_tables import (
    COVERAGE_COUNTS,
    CRAWLS,
    MISSING_FIELDS,
    REJECTED_PAGES,
    REMOVED_ARTICLES,
    REPARSE_BOOKMARKS,
    WALKED_LISTS,
)
from pipelines.database.fleet_tables import (
    ARCHIVE_FILES,
    MACHINES,
    REPARSE_RUNS,
    REPARSE_SHARDS,
    SITE_TROUBLES,
    SITES,
)

ARTICLE_TEXTS: Columns = {
    "site": "text",
    "no": "bigint",
    "url": "text",
    "section": "text",
    "headline": "text",
    "subheadline": "text",
    "reporter": "text",
    "reporter_email": "text",
    "published_at": "timestamptz",
    "modified_at": "timestamptz",
    "body": "text",
    "language": "text",
    "content_hash": "text",
    "revision": "integer",
    "first_seen_at": "timestamptz",
    "fetched_at": "timestamptz",
    "gone_at": "timestamptz",
    "archive_file": "text",
    "archive_offset": "bigint",
    "archive_length": "bigint",
    "payload_digest": "text",
    "returned": "boolean",
    "text_fetched_at": "timestamptz",
    "text_archive_file": "text",
    "text_archive_offset": "bigint",
    "text_archive_length": "bigint",
    "changed_at": "timestamptz",
}

ARTICLE_COUNTS: Columns = {
    "site": "text",
    "articles": "bigint",
    "edited": "bigint",
    "gone": "bigint",
}

FORMER_ARTICLES: Columns = {
    name: of_type
    for name, of_type in ARTICLE_TEXTS.items()
    if name not in {"returned", "changed_at"} and not name.startswith("text_")
} | {"replaced_at": "timestamptz"}

ARTICLE_IMAGES: Columns = {
    "site": "text",
    "no": "bigint",
    "position": "integer",
    "url": "text",
    "caption": "text",
}

ARTICLE_LINKS: Columns = {
    "site": "text",
    "no": "bigint",
    "position": "integer",
    "kind": "text",
    "url": "text",
    "text": "text",
}

REPLACED_TEXTS: Columns = {
    "site": "text",
    "no": "bigint",
    "revision": "integer",
    "fetched_at": "timestamptz",
    "headline": "text",
    "subheadline": "text",
    "body": "text",
    "modified_at": "timestamptz",
    "content_hash": "text",
    "archive_file": "text",
    "archive_offset": "bigint",
    "archive_length": "bigint",
    "returned": "boolean",
}
"""A view: the newest text of each article, out of `articles`, and the replaced ones."""

ARTICLE_CHECKS: Columns = {
    "site": "text",
    "no": "bigint",
    "checked_at": "timestamptz",
    "next_check_at": "timestamptz",
    "dated_at": "timestamptz",
    "etag": "text",
    "last_modified": "text",
    "listed_as": "text",
    "fetched_at": "timestamptz",
    "archive_file": "text",
    "archive_offset": "bigint",
    "archive_length": "bigint",
    "payload_digest": "text",
}

TEASERS: Columns = {
    "site": "text",
    "related_no": "bigint",
    "variant": "bigint",
    "title": "text",
    "lead": "text",
    "image_url": "text",
}

SHOWN_TEASERS: Columns = {
    "site": "text",
    "no": "bigint",
    "first_seen_at": "timestamptz",
    "last_seen_at": "timestamptz",
    "blocks": "text[]",
    "starts": "integer[]",
    "positions": "integer[]",
    "related_nos": "bigint[]",
    "variants": "bigint[]",
    "changed_at": "timestamptz",
}

FORMERLY_SHOWN_TEASERS: Columns = {name: of_type for name, of_type in SHOWN_TEASERS.items() if name != "changed_at"}

WEATHER_STATIONS: Columns = {
    "station_id": "integer",
    "name_ko": "text",
    "name_en": "text",
    "latitude": "double precision",
    "longitude": "double precision",
}

WEATHER_SNAPSHOTS: Columns = {
    "id": "bigint",
    "site": "text",
    "page_date": "text",
    "first_fetched_at": "timestamptz",
    "last_fetched_at": "timestamptz",
    "pages": "integer",
    "readings_hash": "text",
    "changed_at": "timestamptz",
}

WEATHER_STRIPS: Columns = {
    "readings_hash": "text",
    "position": "integer",
    "city": "text",
    "condition": "text",
    "icon": "text",
    "temperature_c": "numeric(4,1)",
}

EXPORT_MARKS: Columns = {
    "name": "text",
    "kind": "text",
    "filters": "text",
    "exported_until": "timestamptz",
    "begun_until": "timestamptz",
    "exported_at": "timestamptz",
}

ASIATONGSIN_MIGRATIONS: Columns = {
    "version": "integer",
    "name": "text",
    "applied_at": "timestamptz",
}

CAPTURE: Columns = {"site": "text", "no": "bigint", "fetched_at": "timestamptz"}
"""What tells one download of one article from all others, in every table that has it."""

TABLES: dict[str, Columns] = {
    "article_counts": ARTICLE_COUNTS,
    "article_texts": ARTICLE_TEXTS,
    "former_articles": FORMER_ARTICLES,
    "article_images": ARTICLE_IMAGES,
    "article_links": ARTICLE_LINKS,
    "replaced_texts": REPLACED_TEXTS,
    "article_checks": ARTICLE_CHECKS,
    "teasers": TEASERS,
    "shown_teasers": SHOWN_TEASERS,
    "formerly_shown_teasers": FORMERLY_SHOWN_TEASERS,
    "weather_stations": WEATHER_STATIONS,
    "weather_snapshots": WEATHER_SNAPSHOTS,
    "weather_strips": WEATHER_STRIPS,
    "coverage_counts": COVERAGE_COUNTS,
    "crawls": CRAWLS,
    "walked_lists": WALKED_LISTS,
    "missing_fields": MISSING_FIELDS,
    "rejected_pages": REJECTED_PAGES,
    "removed_articles": REMOVED_ARTICLES,
    "export_marks": EXPORT_MARKS,
    "reparse_bookmarks": REPARSE_BOOKMARKS,
    "sites": SITES,
    "site_troubles": SITE_TROUBLES,
    "machines": MACHINES,
    "archive_files": ARCHIVE_FILES,
    "reparse_runs": REPARSE_RUNS,
    "reparse_shards": REPARSE_SHARDS,
    "asiatongsin_migrations": ASIATONGSIN_MIGRATIONS,
}
"""All tables; each stands behind the tables that it refers to."""
