"""Moves rows of an older version to where this version keeps them, in short transactions: no table is locked for long.

A migration whose rows take long has three files. `NNNN_name.sql` renames the old table to `before_NNNN` and makes views
that show old and new rows together. `NNNN_name.rows.sql` moves all rows of some articles, and `NNNN_name.end.sql` drops
the empty table. Whoever stores an article moves its rows first, so the other statements know the new tables only.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from time import monotonic

import psycopg
from psycopg import Connection, sql

logger = logging.getLogger(__name__)

UPGRADE_LOCK = 0x61736961746F6E67  # "asiatong": one upgrade at a time per database

ARTICLES = 100
"""Articles of the first transaction. The next one takes twice as many, or half of them, as it was shorter or longer."""

SECONDS = 0.3
"""How long a transaction should take."""

LOCK_TIMEOUT = "2s"
"""How long a lock is waited for: behind a statement that waits to change a table, all that read it wait as well."""

TOLD_EVERY = 10.0
"""Seconds between two lines about the progress."""

Key = tuple[str, int | None]
"""Site and number of an article."""

_FILE = re.compile(r"^(\d{4})_(\w+)\.rows\.sql$")

_WAIT = "SELECT set_config('lock_timeout', %s, true)"
_LOCK = "SELECT pg_advisory_xact_lock(%s)"
# Not with to_regclass, which may see a table for a moment after another process has dropped it.
_PENDING = "SELECT relname::text FROM pg_class WHERE relname = ANY(%s) AND pg_table_is_visible(oid) ORDER BY relname"
_IS_EMPTY = "SELECT NOT EXISTS (SELECT FROM {})"
_ESTIMATE = "SELECT reltuples::bigint FROM pg_class WHERE oid = 'article_texts'::regclass"
_LATER = "SELECT DISTINCT site, no FROM {} WHERE site = %s AND fetched_at > %s"
_NEXT = "SELECT site, no FROM article_texts WHERE (site, no) > (%s, %s) ORDER BY site, no LIMIT %s"


@dataclass(frozen=True, slots=True)
class Move:
    """The move of the rows of one migration."""

    version: int
    name: str
    rows: str
    """Moves the rows of the articles that %(sites)s and %(numbers)s name, and counts them."""
    end: str
    """Drops the empty table."""

    def __str__(self) -> str:
        return f"{self.version:04d} {self.name}"

    @property
    def table(self) -> str:
        """Where the rows are that have not been moved; while it exists, the move is not over."""
        return f"before_{self.version:04d}"

    def run(self, connection: Connection, articles: Iterable[Key]) -> int:
        """Moves all rows of these articles; returns how many."""
        sites, numbers = map(list, zip(*articles, strict=True))
        moved = connection.execute(sql.SQL(self.rows), {"sites": sites, "numbers": numbers}).fetchall()
        return int(moved[0][0])

    def finish(self, connection: Connection) -> None:
        """Drops the table, which is empty."""
        psycopg.Cursor(connection).execute(sql.SQL(self.end))  # one that takes several statements at once


@cache
def moves() -> tuple[Move, ...]:
    """All moves in the order of their migrations."""
    folder = resources.files("pipelines.database.schema")
    found = []
    for file in folder.iterdir():
        if name := _FILE.match(file.name):
            end = folder.joinpath(f"{name[1]}_{name[2]}.end.sql").read_text(encoding="utf-8")
            found.append(Move(int(name[1]), name[2], file.read_text(encoding="utf-8"), end))
    return tuple(sorted(found, key=lambda move: move.version))


def pending(connection: Connection) -> list[Move]:
    """Moves that are not over in this database."""
    by_table = {move.table: move for move in moves()}
    return [by_table[name] for (name,) in connection.execute(_PENDING, [list(by_table)])]


def move_articles(connection: Connection, articles: Iterable[Key]) -> None:
    """Moves the rows of articles that are about to be stored."""
    keys = set(articles)
    for move in pending(connection) if keys else []:
        # Another process may have dropped the table just now.
        with suppress(psycopg.errors.UndefinedTable), connection.transaction():
            move.run(connection, keys)


def move_later_ones(connection: Connection, site: str, than: datetime) -> None:
    """Moves the rows of the articles of a site that were fetched after a time: before times are changed."""
    for move in pending(connection):
        with suppress(psycopg.errors.UndefinedTable), connection.transaction():
            later = sql.SQL(_LATER).format(sql.Identifier(move.table))
            if keys := connection.execute(later, [site, than]).fetchall():
                move.run(connection, keys)


def finish_empty(connection: Connection, version: int) -> None:
    """Ends the move of a migration that has nothing to move, as in a database that was just made."""
    for move in moves():
        empty = sql.SQL(_IS_EMPTY).format(sql.Identifier(move.table))
        if move.version == version and connection.execute(empty).fetchone() == (True,):
            move.finish(connection)


def lock(connection: Connection) -> None:
    """Lets one upgrade at a time begin, until the end of the transaction. LockNotAvailable after LOCK_TIMEOUT.

    All that the transaction does then waits no longer for a lock either.
    """
    connection.execute(_WAIT, [LOCK_TIMEOUT])
    connection.execute(_LOCK, [UPGRADE_LOCK])


@dataclass(frozen=True, slots=True)
class Pass:
    """How far the move has gone through all articles, and what it has moved on the way."""

    move: Move
    after: Key = ("", 0)
    articles: int = 0
    rows: int = 0


class Mover:
    """Moves rows step by step; several processes may do so at once, and each may be killed at any moment.

    It goes from article to article, since a table whose rows have gone takes long to look through. The move is over
    when it has passed all articles and none had rows to be moved.
    """

    def __init__(self, tell: Callable[[str], None] = logger.info) -> None:
        self.is_over = False
        """Whether nothing is left to do, for this role at least."""
        self._tell = tell
        self._told_at = monotonic()
        self._articles = ARTICLES
        self._pass: Pass | None = None
        self._left: set[Move] = set()
        """Moves that this role cannot end; others go on."""

    def step(self, connection: Connection) -> bool:
        """Moves the rows of some articles in a transaction of its own; False where none is left."""
        began = monotonic()
        try:
            with connection.transaction():
                lock(connection)
                moves_left = [move for move in pending(connection) if move not in self._left]
                now = self._move_some(connection, moves_left[0]) if moves_left else None
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            return True  # whoever was in the way comes first
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.DependentObjectsStillExist) as error:
            self._left.add(moves_left[0])
            self._tell(f"{moves_left[0]}: {_what_keeps_it(error)}")
            return True
        self._pass, self.is_over = now, not moves_left
        if now:
            self._articles = max(ARTICLES, self._articles * 2 if monotonic() - began < SECONDS else self._articles // 2)
            self._tell_progress(connection, now)
        return not self.is_over

    def _move_some(self, connection: Connection, move: Move) -> Pass | None:
        so_far = self._pass if self._pass and self._pass.move == move else Pass(move)
        if keys := connection.execute(_NEXT, [*so_far.after, self._articles]).fetchall():
            rows = so_far.rows + move.run(connection, keys)
            return Pass(move, keys[-1], so_far.articles + len(keys), rows)
        if so_far.rows:
            return Pass(move)
        move.finish(connection)
        self._tell(f"{move}: all rows are moved")
        return None

    def _tell_progress(self, connection: Connection, now: Pass) -> None:
        if monotonic() >= self._told_at + TOLD_EVERY:
            self._told_at = monotonic()
            [(articles,)] = connection.execute(_ESTIMATE).fetchall()
            of = f" of about {articles:,}" if articles > now.articles else ""
            self._tell(f"{now.move}: {now.rows:,} rows are moved, those of {now.articles:,}{of} articles")


def _what_keeps_it(error: psycopg.Error) -> str:
    """Why a move cannot be ended, and what to do."""
    if isinstance(error, psycopg.errors.DependentObjectsStillExist):
        depend = (error.diag.message_detail or "").replace("\n", ", ")
        anew = "It is empty now: make anew what reads it, then run `asiatongsin migrate` once more"
        return f"all rows are moved, but {depend}. {anew}"
    return f"let the owner of the tables run `asiatongsin migrate`, which ends the move ({error.diag.message_primary})"
