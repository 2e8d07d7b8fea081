"""The table `rejected_pages`: pages that should hold an article or a list, and could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from psycopg import Connection

from asiatongsin import __version__
from asiatongsin.items import PageItems
from pipelines.database.statements import names, only, unnest, without
from pipelines.database.tables import CAPTURE, REJECTED_PAGES
from pipelines.exporters.columns import lists, places

_PAGE = only(REJECTED_PAGES, "site", "no", "url", "fetched_at")
_REASON = only(REJECTED_PAGES, "reason", "raw_path", "is_transient")
_GIVEN = without(REJECTED_PAGES, "id", "missing", "version")

# `missing` is joined: lists of different lengths make no array of PostgreSQL.
_WRITE: LiteralString = f"""
INSERT INTO rejected_pages ({names(_GIVEN)}, missing, version)
SELECT {names(_GIVEN)}, string_to_array(missing, ','), %(version)s FROM {unnest(_GIVEN | {"missing": "text"})}"""

_FORGET: LiteralString = f"""
DELETE FROM rejected_pages AS r USING {unnest(CAPTURE, "p")}
WHERE r.site = p.site AND r.no = p.no AND r.fetched_at = p.fetched_at"""


def forget(connection: Connection, reread: Sequence[PageItems]) -> None:
    """Removes the rows of captures that were read again."""
    if reread:
        connection.execute(_FORGET, lists(reread, CAPTURE))


def write(connection: Connection, pages: Sequence[PageItems]) -> None:
    """Adds the pages among these that were rejected."""
    rejected = [page for page in pages if page.rejected]
    rejections = [page.rejected for page in rejected if page.rejected]
    if rejected:
        missing = {"missing": [",".join(rejection.missing) for rejection in rejections]}
        values = lists(rejected, _PAGE) | places(rejected) | lists(rejections, _REASON) | missing
        connection.execute(_WRITE, values | {"version": __version__})
