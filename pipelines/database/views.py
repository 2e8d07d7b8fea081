"""The views of the schema and the types of their columns, which are read and never written."""

from __future__ import annotations

from pipelines.database.columns import Columns
from pipelines.database.tables import ARTICLE_TEXTS, REPLACED_TEXTS

ARTICLES: Columns = ARTICLE_TEXTS

ARTICLE_REVISIONS: Columns = REPLACED_TEXTS

RELATED_STORIES: Columns = {
    "site": "text",
    "no": "bigint",
    "block": "text",
    "position": "integer",
    "related_no": "bigint",
    "title": "text",
    "lead": "text",
    "image_url": "text",
    "fetched_at": "timestamptz",
}

RELATED_STORY_HISTORY: Columns = {
    "site": "text",
    "no": "bigint",
    "block": "text",
    "related_no": "bigint",
    "first_seen_at": "timestamptz",
    "last_seen_at": "timestamptz",
}

RELATED_NUMBERS: Columns = {
    "site": "text",
    "related_no": "bigint",
}

WEATHER_READINGS: Columns = {
    "snapshot_id": "bigint",
    "position": "integer",
    "city": "text",
    "condition": "text",
    "icon": "text",
    "temperature_c": "numeric(4,1)",
    "station_id": "integer",
}

CRAWL_COVERAGE: Columns = {
    "crawl": "text",
    "part": "text",
    "field": "text",
    "pages": "integer",
    "found": "integer",
    "amount": "bigint",
    "fell": "boolean",
    "site": "text",
    "number": "bigint",
}

VIEWS: dict[str, Columns] = {
    "articles": ARTICLES,
    "article_revisions": ARTICLE_REVISIONS,
    "related_stories": RELATED_STORIES,
    "related_story_history": RELATED_STORY_HISTORY,
    "related_numbers": RELATED_NUMBERS,
    "weather_readings": WEATHER_READINGS,
    "crawl_coverage": CRAWL_COVERAGE,
}
"""All views; each stands behind the views that it refers to."""
