"""The table `missing_fields`: fields that fell and have not been found again. Storing a crawl's record changes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import LiteralString

from psycopg import Connection

from pipelines.crawl_record import LISTS, FieldKey
from pipelines.database.crawl_tables import MISSING_FIELDS
from pipelines.database.statements import only, unnest
from pipelines.exporters.columns import lists

ARTICLES_TO_FIND_AGAIN = 3
"""Article pages on which crawls must find a field again; of other parts one page is enough.

Example: after a new layout, a single article with a headline may come from a desk that kept the old layout.
"""

SCOPE_GIVEN_UP_AFTER = timedelta(days=2)
"""How long no crawl of the scope in which a field fell must have begun before crawls of any scope count for it.

Example: photos fell in crawls of `sections=22`. Crawls of all sections count after the last of those is two days old.
"""


@dataclass(frozen=True, kw_only=True)
class UsualFigures:
    """What was usual of a field that fell."""

    part: str
    """Part of the page."""

    field: str
    """Name of the field."""

    usual_share: float | None
    """Share of the pages that had it before it fell; None where nobody looks for it, or nobody knows any more."""

    usual_mean: float | None
    """How much of it a page had; None where no amount is counted."""


_USUAL = only(MISSING_FIELDS, "part", "field", "usual_share", "usual_mean")

_ENOUGH: LiteralString = "CASE WHEN {0}.part = 'article' THEN %(articles)s ELSE 1 END"
"""On how many pages of a part a field must be found again. Example: on 3 articles, on 1 page of a list."""

# Records may be stored late, or twice. Only a crawl with a higher number than the last one that looked changes a row.
# A field that later crawls have found often enough is not added any more.
_FELL: LiteralString = f"""
INSERT INTO missing_fields AS m (
    site, part, field, scope, since, crawl, pages, found, amount, usual_share, usual_mean
)
SELECT c.site, f.part, f.field, c.scope, c.started_at, c.id, f.pages, f.found, f.amount, u.usual_share, u.usual_mean
FROM crawls AS c JOIN crawl_coverage AS f ON f.crawl = c.id
JOIN {unnest(_USUAL, "u")} USING (part, field)
WHERE c.id = %(crawl)s AND f.fell AND coalesce((
    SELECT sum(o.pages) FROM crawl_coverage AS o JOIN crawls AS k ON k.id = o.crawl
    WHERE o.site = c.site AND o.part = f.part AND o.field = f.field AND o.number > c.number AND NOT o.fell
        AND k.is_comparable AND k.scope = c.scope
), 0) < {_ENOUGH.format("f")}
ON CONFLICT (site, part, field) DO UPDATE SET
    scope = excluded.scope, crawl = excluded.crawl, pages = excluded.pages, found = excluded.found,
    amount = excluded.amount, usual_share = excluded.usual_share, usual_mean = excluded.usual_mean, found_again = 0
WHERE (SELECT number FROM crawls WHERE id = excluded.crawl) > (SELECT number FROM crawls WHERE id = m.crawl)"""

_FOUND_AGAIN: LiteralString = f"""
UPDATE missing_fields AS m SET
    crawl = c.id, pages = f.pages, found = f.found, amount = f.amount,
    found_again = m.found_again + CASE WHEN c.scope = m.scope OR NOT EXISTS (
        SELECT FROM crawls AS o
        WHERE o.site = m.site AND o.kind = '{LISTS}' AND o.scope = m.scope
            AND o.started_at > c.started_at - %(given_up)s
    ) THEN f.pages ELSE 0 END
FROM crawls AS c JOIN crawl_coverage AS f ON f.crawl = c.id
WHERE c.id = %(crawl)s AND m.site = c.site AND m.part = f.part AND m.field = f.field AND NOT f.fell
    AND c.number > (SELECT number FROM crawls WHERE id = m.crawl)"""

_REMOVE_FOUND: LiteralString = f"""
DELETE FROM missing_fields AS m WHERE m.site = %(site)s AND m.found_again >= {_ENOUGH.format("m")}"""

# A crawl of the whole menu met lists, but not this one: the menu does not lead there any more.
_REMOVE_LEFT_MENU = """
DELETE FROM missing_fields AS m USING crawls AS c
WHERE c.id = %(crawl)s AND c.proves_lists AND c.scope NOT LIKE 'sections=%%' AND m.site = c.site
    AND m.part LIKE 'list %%' AND c.number > (SELECT number FROM crawls WHERE id = m.crawl)
    AND EXISTS (SELECT FROM crawl_coverage AS o WHERE o.crawl = c.id AND o.part LIKE 'list %%')
    AND NOT EXISTS (SELECT FROM crawl_coverage AS o WHERE o.crawl = c.id AND o.part = m.part)"""

_REMOVE: LiteralString = f"""
DELETE FROM missing_fields AS m
WHERE m.site = %(site)s AND m.part = %(part)s AND m.field = %(field)s AND %(pages)s >= {_ENOUGH.format("m")}
RETURNING true"""


def add_fallen(connection: Connection, crawl: str, usual: Iterable[UsualFigures]) -> None:
    """Adds the fields that fell in a stored crawl, and updates the figures of those that are there already."""
    values = {"crawl": crawl, "articles": ARTICLES_TO_FIND_AGAIN}
    connection.execute(_FELL, values | lists(usual, _USUAL))


def remove_found_again(connection: Connection, site: str, crawl: str) -> None:
    """Counts on how many pages a stored crawl found each field again; removes fields that have enough pages now."""
    values = {
        "site": site,
        "crawl": crawl,
        "given_up": SCOPE_GIVEN_UP_AFTER,
        "articles": ARTICLES_TO_FIND_AGAIN,
    }
    for statement in (_FOUND_AGAIN, _REMOVE_FOUND, _REMOVE_LEFT_MENU):
        connection.execute(statement, values)


def remove(connection: Connection, site: str, key: FieldKey, pages: int) -> bool:
    """Removes a field that was found on so many pages again; False where those are too few."""
    part, field = key
    values = {"site": site, "part": part, "field": field, "pages": pages, "articles": ARTICLES_TO_FIND_AGAIN}
    return connection.execute(_REMOVE, values).fetchone() is not None
