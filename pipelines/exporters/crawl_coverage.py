"""The table `crawl_coverage`: what each crawl found on its pages, and what earlier ones did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import LiteralString

from psycopg import Connection

from pipelines.crawl_record import CrawlRecord, FieldCoverage, Key, Outcome
from pipelines.database.statements import names, only, replaced, unnest
from pipelines.database.tables import CRAWL_COVERAGE
from pipelines.exporters import weather
from pipelines.exporters.columns import lists
from pipelines.verdict.falls import Past, falls, marked

_COLUMNS = only(CRAWL_COVERAGE, "part", "field", "pages", "found", "amount", "fell")

EARLIER, EARLIER_LISTS = 200, 20
"""So many earlier crawls of a site are compared with: a day may have 48, and most of them bring one article or none."""

_WRITE: LiteralString = f"""
INSERT INTO crawl_coverage (crawl, site, number, {names(_COLUMNS)})
SELECT c.id, c.site, c.number, {names(_COLUMNS, "t")} FROM crawls AS c, {unnest(_COLUMNS)} WHERE c.id = %(crawl)s
ON CONFLICT (crawl, part, field) DO UPDATE SET {replaced(only(_COLUMNS, "pages", "found", "amount", "fell"))}"""

# Compared is what had not fallen, in crawls of the same kind: not in one that failed, which may have met anything, nor
# in one of single articles; and a desk without photos with itself, not with the whole paper. LIMIT and OFFSET
# make it walk from crawl to crawl, whatever the planner thinks.
_BEFORE = """
SELECT o.* FROM unnest(%(parts)s::text[], %(fields)s::text[]) AS k (part, field), LATERAL (
    SELECT o.part, o.field, o.pages, o.found, o.amount, o.fell
    FROM (
        SELECT * FROM crawl_coverage AS i
        WHERE i.site = %(site)s AND i.part = k.part AND i.field = k.field AND NOT i.fell AND i.crawl <> %(crawl)s
        ORDER BY i.number DESC LIMIT 1000
    ) AS o, LATERAL (SELECT outcome, arguments FROM crawls WHERE id = o.crawl OFFSET 0) AS c
    WHERE c.outcome IN ('ok', 'drift', 'spooled') AND NOT c.arguments ?| '{no,reparse}'
        AND c.arguments ->> 'sections' IS NOT DISTINCT FROM %(sections)s::text AND c.arguments ? 'full' = %(full)s
    ORDER BY o.number DESC LIMIT CASE WHEN k.part LIKE 'list %%' THEN %(most_of_list)s ELSE %(most)s END
) AS o"""

MENDED = 3
"""Pages of an article part that crawls must see since, before what fell counts as mended: one may be of an old desk."""

MENDED_BY_OTHERS = 20
"""So many where crawls of another kind saw them, and none of the same kind began for two days: it is asked no more."""

_FAILED = (Outcome.ERROR.word, Outcome.UNREACHABLE.word)

# What fell stays fallen until crawls have met it again; the list of a section also until a crawl of the whole menu came
# to its end, which does not lead there any more. Those that failed, or of single articles, mend nothing.
_FALLEN = """
SELECT part, field FROM (
    SELECT DISTINCT ON (o.part, o.field) o.part, o.field, o.number, c.arguments
    FROM crawl_coverage AS o JOIN crawls AS c ON c.id = o.crawl
    WHERE o.site = %(site)s AND o.fell
    ORDER BY o.part, o.field, o.number DESC
) AS f, LATERAL (
    SELECT coalesce(sum(pages) FILTER (WHERE is_alike), 0) AS by_alike, coalesce(sum(pages), 0) AS by_all,
        EXISTS (
            SELECT FROM crawls AS c WHERE c.site = %(site)s AND c.started_at > now() - interval '2 days'
                AND c.arguments ->> 'sections' IS NOT DISTINCT FROM f.arguments ->> 'sections'
                AND c.arguments ? 'full' = f.arguments ? 'full' AND NOT c.arguments ?| '{no,reparse}'
        ) AS is_asked
    FROM (
        SELECT o.pages, c.arguments ->> 'sections' IS NOT DISTINCT FROM f.arguments ->> 'sections'
            AND c.arguments ? 'full' = f.arguments ? 'full' AS is_alike
        FROM crawl_coverage AS o JOIN crawls AS c ON c.id = o.crawl
        WHERE o.site = %(site)s AND o.part = f.part AND o.field = f.field AND o.number > f.number AND NOT o.fell
            AND c.outcome IN ('ok', 'drift', 'spooled') AND NOT c.arguments ? 'no'
        ORDER BY o.number LIMIT 100
    ) AS seen
) AS mended
WHERE by_alike < CASE WHEN part = 'article' THEN %(mended)s ELSE 1 END AND (is_asked OR by_all < %(by_others)s)
    AND NOT (part LIKE 'list %%' AND EXISTS (
        SELECT FROM crawls AS c JOIN crawl_coverage AS o ON o.crawl = c.id
        WHERE c.site = %(site)s AND c.number > f.number AND o.part LIKE 'list %%' AND NOT c.arguments ? 'sections'
            AND c.outcome IN ('ok', 'drift', 'spooled') AND c.statistics ->> 'finish_reason' = 'finished'
            AND NOT EXISTS (SELECT FROM crawl_coverage AS own WHERE own.crawl = c.id AND own.part = f.part)
    ))
ORDER BY part, field"""


def write(connection: Connection, record: CrawlRecord) -> None:
    """Adds what the crawl found."""
    if record.coverage:
        connection.execute(_WRITE, {"crawl": record.id, **lists(record.coverage, _COLUMNS)})


def compared(connection: Connection, record: CrawlRecord) -> CrawlRecord:
    """A crawl that no database told what is usual, now that one does: with what fell marked as such."""
    if record.to_compare is None or not record.is_measure or record.outcome in _FAILED:
        return record
    found = falls(record.coverage, past(connection, record), record.to_compare.drop, record.to_compare.ignored)
    fell = {(one.part, one.field) for one in record.coverage if one.fell} | {fall.key for fall in found}
    return replace(record, coverage=marked(record.coverage, fell), to_compare=None)


def past(connection: Connection, record: CrawlRecord) -> Past:
    """What earlier crawls found of what this one looked for; nothing where it was asked for single articles."""
    if not record.is_measure:
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
    """The fields, as part and name, that fell, and that no crawls since have met well enough."""
    asked = {"site": site, "mended": MENDED, "by_others": MENDED_BY_OTHERS}
    return frozenset((part, name) for part, name in connection.execute(_FALLEN, asked))
