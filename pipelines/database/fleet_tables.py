"""The columns of the tables about many sites, several machines and the archive they share."""

from __future__ import annotations

from pipelines.database.columns import Columns

SITES: Columns = {
    "site": "text",
    "base": "text",
    "schedule": "text",
    "time_zone": "text",
    "next_at": "timestamptz",
    "priority": "integer",
    "politeness_group": "text",
    "settings": "jsonb",
    "arguments": "jsonb",
    "machine": "text",
    "begun_at": "timestamptz",
    "attempts": "integer",
    "failed_at": "timestamptz",
    "status": "integer",
    "paused_at": "timestamptz",
    "retired_at": "timestamptz",
    "added_at": "timestamptz",
    "note": "text",
}

SITE_TROUBLES: Columns = {
    "site": "text",
    "troubles": "jsonb",
    "changed_at": "timestamptz",
}

MACHINES: Columns = {
    "machine": "text",
    "version": "text",
    "slots": "integer",
    "started_at": "timestamptz",
    "seen_at": "timestamptz",
    "stop_asked_at": "timestamptz",
    "stopped_at": "timestamptz",
    "spool_pages": "integer",
    "refused": "integer",
}

ARCHIVE_FILES: Columns = {
    "file": "text",
    "site": "text",
    "crawl": "text",
    "machine": "text",
    "bytes": "bigint",
    "sha256": "text",
    "state": "text",
    "object": "text",
    "object_offset": "bigint",
    "noted_at": "timestamptz",
    "stored_at": "timestamptz",
}

REPARSE_RUNS: Columns = {
    "run": "bigint",
    "arguments": "jsonb",
    "asked_at": "timestamptz",
    "finished_at": "timestamptz",
}

REPARSE_SHARDS: Columns = {
    "run": "bigint",
    "site": "text",
    "part": "integer",
    "files": "integer",
    "first_file": "text",
    "last_file": "text",
    "only_on": "text",
    "next_at": "timestamptz",
    "machine": "text",
    "begun_at": "timestamptz",
    "attempts": "integer",
    "finished_at": "timestamptz",
    "status": "integer",
    "sentence": "text",
    "captures": "integer",
    "differing": "integer",
}
