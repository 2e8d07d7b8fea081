"""The table `rejected_pages`: pages that should hold an article or a list, and could not be read."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import LiteralString

import psycopg
from psycopg import Connection

from asiatongsin import __version__
from asiatongsin.items import PageItems, Rejection
from pipelines.database.crawl_tables import REJECTED_PAGES
from pipelines.database.errors import REFUSALS
from pipelines.database.statements import names, only, unnest, without
from pipelines.database.tables import CAPTURE
from pipelines.exporters.columns import lists, places
from pipelines.exporters.parts import storable

logger = logging.getLogger(__name__)

HIGHEST_NO = 2**63 - 1
"""Highest number that the column `no` can hold."""

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


def refusal(error: Exception, parts: Sequence[str]) -> str:
    """Says that the database refused a page, or these parts of it, and why."""
    diagnosis = error.diag.constraint_name or error.sqlstate if isinstance(error, psycopg.Error) else error.args[-1]
    why = f"{type(error).__name__} ({diagnosis})"
    return (
        f"the database refused parts of it ({', '.join(parts)}): {why}" if parts else f"the database refused it: {why}"
    )


def note_refusal(connection: Connection, page: PageItems, reason: str, parts: Sequence[str], kept_in: str) -> None:
    """Notes a page that was refused whole or in parts, behind the reason why it could not be read, if there is one."""
    given = page.rejected or Rejection(reason="")
    noted = replace(
        given,
        reason="; ".join(filter(None, [storable(given.reason), reason])),
        missing=tuple(map(storable, [*given.missing, *parts])),
        raw_path=kept_in,
    )
    no = page.no if page.no and 0 < page.no <= HIGHEST_NO else None
    row = replace(page, site=storable(page.site), url=storable(page.url), no=no, rejected=noted)
    for note in (row, replace(row, archived=None)):
        try:
            with connection.transaction():
                write(connection, [note])
        except REFUSALS as error:  # the page is in the file all the same, and counted
            logger.warning("The database refuses the note about %s as well: %s", page.url, str(error).splitlines()[0])
        else:
            return
