"""The table `crawl_coverage`: what each crawl found on its pages, and what earlier ones did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from psycopg import Connection

from pipelines.drift import Past, falls, marked
from pipelines.exporters import weather
from pipelines.exporters.columns import columns
from pipelines.record import CrawlRecord, FieldCoverage, Key

_COLUMNS = ("part", "field", "pages", "found", "amount", "fell")

EARLIER, EARLIER_LISTS = 200, 20
"""So many earlier crawls of a site are compared with: a day may have 48, and most of them bring one article or none."""

_WRITE = """
INSERT INTO crawl_coverage (crawl, site, number, part, field, pages, found, amount, fell)
SELECT c.id, c.site, c.number, f.*
FROM crawls AS c, unnest(%b::text[], %b::text[], %b::int[], %b::int[], %b::bigint[], %b::boolean[]) AS f WHERE c.id = %b
ON CONFLICT (crawl, part, field) DO UPDATE SET
    pages = excluded.pages, found = excluded.found, amount = excluded.amount, fell = excluded.fell"""

# Compared is what had not fallen, in crawls of the same kind: not in one that failed, which may have met anything, nor
# in one of single articles; and a desk without photos with itself, not with the whole paper. The inner LIMIT is what
# bounds the work, whatever the planner thinks of the rest.
_BEFORE = """
SELECT o.* FROM unnest(%(parts)s::text[], %(fields)s::text[]) AS k (part, field), LATERAL (
    SELECT o.part, o.field, o.pages, o.found, o.amount, o.fell
    FROM (
        SELECT * FROM crawl_coverage AS i
        WHERE i.site = %(site)s AND i.part = k.part AND i.field = k.field AND NOT i.fell AND i.crawl <> %(crawl)s
        ORDER BY i.number DESC LIMIT 2 * CASE WHEN k.part LIKE 'list %%' THEN %(most_of_list)s ELSE %(most)s END
    ) AS o JOIN crawls AS c ON c.id = o.crawl
    WHERE c.outcome IN ('ok', 'drift', 'spooled') AND NOT c.arguments ?| '{no,reparse}'
        AND c.arguments ->> 'sections' IS NOT DISTINCT FROM %(sections)s::text AND c.arguments ? 'full' = %(full)s
    ORDER BY o.number DESC LIMIT CASE WHEN k.part LIKE 'list %%' THEN %(most_of_list)s ELSE %(most)s END
) AS o"""

# What fell stays fallen until a crawl of the same kind, or of all sections, meets it again; the list of a section also
# until a crawl of the whole menu, which does not lead there any more. One that failed, or of single articles, mends
# nothing.
_FALLEN = """
SELECT part, field FROM (
    SELECT DISTINCT ON (o.part, o.field) o.part, o.field, o.number, c.arguments
    FROM crawl_coverage AS o JOIN crawls AS c ON c.id = o.crawl
    WHERE o.site = %(site)s AND o.fell
    ORDER BY o.part, o.field, o.number DESC
) AS f
WHERE NOT EXISTS (
    SELECT FROM crawls AS c JOIN crawl_coverage AS o ON o.crawl = c.id
    WHERE c.site = %(site)s AND c.number > f.number
        AND c.outcome IN ('ok', 'drift', 'spooled') AND NOT c.arguments ? 'no'
        AND CASE WHEN o.part = f.part AND o.field = f.field
            THEN NOT c.arguments ?| '{sections,full}'
                OR c.arguments ->> 'sections' IS NOT DISTINCT FROM f.arguments ->> 'sections'
                    AND c.arguments ? 'full' = f.arguments ? 'full'
            ELSE f.part LIKE 'list %%' AND o.part LIKE 'list %%' AND NOT c.arguments ? 'sections' END
)
ORDER BY part, field"""


def write(connection: Connection, record: CrawlRecord) -> None:
    """Adds what the crawl found."""
    if record.coverage:
        fields = columns(record.coverage, _COLUMNS)
        connection.execute(_WRITE, [*fields, record.id])


def compared(connection: Connection, record: CrawlRecord) -> CrawlRecord:
    """A crawl that no database told what is usual, now that one does: with what fell marked as such."""
    found = falls(record.coverage, past(connection, record), record.coverage_drop, record.coverage_ignore)
    fell = {(one.part, one.field) for one in record.coverage if one.fell} | {fall.key for fall in found}
    return replace(record, coverage=marked(record.coverage, fell), is_compared=True)


def past(connection: Connection, record: CrawlRecord) -> Past:
    """What earlier crawls found of what this one looked for; nothing where it was asked for single articles."""
    if "no" in record.arguments:
        return Past()
    keys = [(one.part, one.field) for one in record.coverage]
    return Past(
        coverage=before(connection, record.site, record.id, record.arguments, keys),
        fallen=fallen(connection, record.site),
        strip_unchanged_for=weather.unchanged_for(connection, record.site),
    )


def before(
    connection: Connection, site: str, crawl: str, arguments: Mapping[str, str], keys: Sequence[Key]
) -> dict[Key, list[FieldCoverage]]:
    """What the last crawls of the site of the same kind, other than this one, found of these fields, newest first."""
    asked = {
        "site": site,
        "crawl": crawl,
        "sections": arguments.get("sections"),
        "full": "full" in arguments,
        "parts": [part for part, _ in keys],
        "fields": [name for _, name in keys],
        "most": EARLIER,
        "most_of_list": EARLIER_LISTS,
    }
    found: dict[Key, list[FieldCoverage]] = {}
    for row in connection.execute(_BEFORE, asked):
        one = FieldCoverage(**dict(zip(_COLUMNS, row, strict=True)))
        found.setdefault((one.part, one.field), []).append(one)
    return found


def fallen(connection: Connection, site: str) -> frozenset[Key]:
    """The fields, as part and name, that fell in the last crawl that met them."""
    return frozenset((part, name) for part, name in connection.execute(_FALLEN, {"site": site}))
