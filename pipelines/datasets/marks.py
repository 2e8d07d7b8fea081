"""How far the exports under a name came. What is stamped (`changed_at`) and by whom, the migration 0024 says.

An export begins with a moment in which nobody who stamps has an open transaction: all that is stamped until then can be
read, and nothing later is stamped earlier. Its mark is set when the file is in its place. So an export that was killed
hands the same out once more, and none leaves anything out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import Connection

from asiatongsin.errors import ArgumentError
from pipelines.database.errors import DatabaseRights
from pipelines.queries.records.records import Span

PATIENCE = 60
"""Times that a second is waited for those who store something; between them, others may go on."""

_RIGHTS = """
SELECT needed, quote_ident(current_user) FROM unnest('{SELECT,INSERT,UPDATE}'::text[]) AS needed
WHERE NOT has_table_privilege('export_marks', needed) LIMIT 1"""
_READ_ONLY = "SELECT current_setting('transaction_read_only')::boolean, quote_ident(current_user)"
_MAKE = """
INSERT INTO export_marks (name, kind, filters) VALUES (%(name)s, %(kind)s, %(filters)s) ON CONFLICT DO NOTHING"""
_TAKE = """
SELECT filters, exported_until FROM export_marks WHERE name = %(name)s AND kind = %(kind)s FOR UPDATE NOWAIT"""
_A_SECOND = "SET LOCAL lock_timeout = '1s'"
_MOMENT = "SELECT pg_advisory_xact_lock(hashtextextended('asiatongsin changes', 0))"
_BEGIN = """
UPDATE export_marks SET filters = %(filters)s, begun_until = greatest(
    clock_timestamp(), (SELECT max(begun_until) FROM export_marks), (SELECT max(changed_at) FROM articles),
    (SELECT max(changed_at) FROM shown_teasers), (SELECT max(changed_at) FROM weather_snapshots)
) WHERE name = %(name)s AND kind = %(kind)s"""
_SPAN = """
SELECT exported_until, begun_until FROM export_marks WHERE name = %(name)s AND kind = %(kind)s FOR UPDATE NOWAIT"""
_ADVANCE = """
UPDATE export_marks SET exported_until = %(until)s, exported_at = clock_timestamp()
WHERE name = %(name)s AND kind = %(kind)s"""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What an export under a name is of."""

    name: str
    kind: str
    filters: str | None
    """As they were written; None: none."""


@contextmanager
def since(connection: Connection, mark: Mark) -> Iterator[Span]:
    """The time since the last export under this name; with the end of the block it is exported.

    ArgumentError where the name is of another export, or another process exports under it. DatabaseRights.
    """
    _check_rights(connection)
    key = {"name": mark.name, "kind": mark.kind, "filters": mark.filters}
    try:
        _begin(connection, mark, key)
        with connection.transaction():
            [found] = connection.execute(_SPAN, key).fetchall()
            span = Span(*found)
            yield span
            connection.execute(_ADVANCE, key | {"until": span.until})
    except psycopg.errors.LockNotAvailable:
        raise ArgumentError(
            f"another export under the name {mark.name} runs at this moment: wait for that one"
        ) from None


def _begin(connection: Connection, mark: Mark, key: dict[str, str | None]) -> None:
    connection.execute(_MAKE, key)
    for _ in range(PATIENCE):
        with connection.transaction():
            for filters, exported_until in connection.execute(_TAKE, key):
                if exported_until:  # else the name is of no export yet: those under it have failed
                    _check_filters(mark, filters)
            if _has_moment(connection):
                connection.execute(_BEGIN, key)
                return
    raise ArgumentError(
        f"another process has been storing for {PATIENCE} seconds, and what it stores cannot be exported yet."
        " Nothing is lost: try again later"
    )


def _has_moment(connection: Connection) -> bool:
    """Whether there was a moment within a second in which nobody was storing; it lasts as long as the transaction."""
    try:
        with connection.transaction():
            connection.execute(_A_SECOND)
            connection.execute(_MOMENT)
    except psycopg.errors.LockNotAvailable:
        return False
    return True


def _check_filters(mark: Mark, filters: str | None) -> None:
    if filters != mark.filters:
        raise ArgumentError(
            f"the name {mark.name} is of an export of {mark.kind} with {filters or 'no filters'}, and this one has"
            f" {mark.filters or 'none'}. Choose another name: else this one would leave out what the other has written"
        )


def _check_rights(connection: Connection) -> None:
    for right, role in connection.execute(_RIGHTS):
        raise DatabaseRights(
            f"{role} may not {right} on export_marks, where --new-since keeps its mark",
            f"GRANT SELECT, INSERT, UPDATE ON export_marks TO {role}; without --new-since the right to read suffices",
        )
    for is_read_only, role in connection.execute(_READ_ONLY):
        if is_read_only:
            raise DatabaseRights(
                f"{role} has default_transaction_read_only, and --new-since keeps a mark",
                "allow it to write, or export without --new-since",
            )
