"""The columns of the tables about crawls, and about what they could not store."""

from __future__ import annotations

from pipelines.database.columns import Columns

COVERAGE_COUNTS: Columns = {
    "id": "uuid",
    "fields": "text[]",
    "pages": "integer[]",
    "found": "integer[]",
    "amounts": "bigint[]",
    "fell": "boolean[]",
}

CRAWLS: Columns = {
    "id": "text",
    "site": "text",
    "arguments": "jsonb",
    "kind": "text",
    "scope": "text",
    "is_comparable": "boolean",
    "proves_lists": "boolean",
    "job": "text",
    "started_at": "timestamptz",
    "finished_at": "timestamptz",
    "outcome": "text",
    "walked": "bigint[]",
    "list_pages": "integer",
    "article_pages": "integer",
    "new": "integer",
    "changed": "integer",
    "unchanged": "integer",
    "unreadable": "integer",
    "spooled": "integer",
    "drained_segment": "integer",
    "version": "text",
    "statistics": "jsonb",
    "number": "bigint",
    "gone_after": "interval",
    "clock_ahead": "interval",
    "since": "timestamptz",
    "last_fetched_at": "timestamptz",
    "coverage": "uuid",
    "article_coverage": "uuid",
}

WALKED_LISTS: Columns = {
    "site": "text",
    "section": "bigint",
    "pages": "integer",
    "end_seen_at": "timestamptz",
    "looked_back_at": "timestamptz",
    "looked_back_to": "integer",
}

MISSING_FIELDS: Columns = {
    "site": "text",
    "part": "text",
    "field": "text",
    "scope": "text",
    "since": "timestamptz",
    "crawl": "text",
    "pages": "integer",
    "found": "integer",
    "amount": "bigint",
    "usual_share": "double precision",
    "usual_mean": "double precision",
    "found_again": "integer",
}

REJECTED_PAGES: Columns = {
    "id": "bigint",
    "site": "text",
    "no": "bigint",
    "url": "text",
    "fetched_at": "timestamptz",
    "reason": "text",
    "missing": "text[]",
    "raw_path": "text",
    "is_transient": "boolean",
    "version": "text",
    "archive_file": "text",
    "archive_offset": "bigint",
    "archive_length": "bigint",
}

REMOVED_ARTICLES: Columns = {
    "site": "text",
    "no": "bigint",
    "form": "text",
    "first_seen_at": "timestamptz",
    "last_seen_at": "timestamptz",
    "sightings": "integer",
    "last_crawl": "text",
    "listed": "boolean",
    "first_confirmed_at": "timestamptz",
    "last_confirmed_at": "timestamptz",
}

REPARSE_BOOKMARKS: Columns = {
    "key": "text",
    "file": "text",
    "capture_offset": "bigint",
    "files_before": "text",
    "stored_at": "timestamptz",
}
