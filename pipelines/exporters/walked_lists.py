"""The table `walked_lists`: what crawls found out about each list."""

from __future__ import annotations

from typing import LiteralString

from psycopg import Connection

from pipelines.crawl_record import CrawlRecord
from pipelines.database.crawl_tables import WALKED_LISTS
from pipelines.database.statements import names, unnest, without
from pipelines.exporters.columns import lists

_LIST = without(WALKED_LISTS, "site", "end_seen_at")

# A crawl that is stored late, out of an old spool, must not undo what a later one found out.
_WRITE: LiteralString = f"""
INSERT INTO walked_lists AS w (site, {names(_LIST)}, end_seen_at)
SELECT %(site)s, {names(_LIST)}, CASE WHEN is_end_seen THEN looked_back_at END
FROM {unnest(_LIST | {"is_end_seen": "boolean"})}
ON CONFLICT (site, section) DO UPDATE SET
    pages = CASE WHEN excluded.end_seen_at IS NULL THEN greatest(w.pages, excluded.pages) ELSE excluded.pages END,
    end_seen_at = coalesce(excluded.end_seen_at, w.end_seen_at),
    looked_back_at = excluded.looked_back_at,
    looked_back_to = excluded.looked_back_to
WHERE w.looked_back_at <= excluded.looked_back_at OR w.looked_back_at > now()"""


def write(connection: Connection, record: CrawlRecord) -> None:
    """Notes the lists that this crawl walked further than to the news."""
    looked = [one for one in record.lists if one.is_look]
    if looked:
        values = lists(looked, _LIST | {"is_end_seen": "boolean"})
        connection.execute(_WRITE, {"site": record.site, **values})
