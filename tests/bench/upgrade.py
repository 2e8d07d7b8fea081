"""The upgrade of a database of an older version: how long others may have to wait, and how many articles are moved."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from unittest.mock import patch

import psycopg
from psycopg import Connection

from pipelines.database import migrate as migrating
from pipelines.database.migrate import migrate, migrations
from pipelines.database.moves import Mover
from tests.bench.found import Effort, Found, Goal, Row
from tests.bench.postgres import server
from tests.conftest import new_database

ARTICLES = 10_000
OLD = 17
"""Version of the schema before texts and teasers were stored once."""

LONGEST = 2.0
"""Seconds for which one transaction may hold locks."""

HOW = (
    f"Upgrade: a database of version {OLD} of the schema, made in SQL: each article has a text of about 1,100"
    " characters, that text as its first revision, and nine teasers. The change of the tables is one transaction, which"
    " locks them. Then the rows of some articles at a time are moved in transactions of their own, while crawls may"
    " store. `asiatongsin migrate` does both."
)

_FILL = """
INSERT INTO articles (site, no, url, section, headline, published_at, body, content_hash, first_seen_at, fetched_at)
SELECT 'newsasia.kr', no, 'https://newsasia.kr/news/article.html?no=' || no, '사회', '제목 ' || no, now(),
    (SELECT string_agg(md5(no::text || part), ' ') FROM generate_series(1, 33) AS part), lpad(to_hex(no), 64, '0'),
    now(), now()
FROM generate_series(1, %(articles)s) AS no;
ANALYZE articles;
INSERT INTO article_revisions (site, no, revision, fetched_at, headline, body, content_hash)
SELECT site, no, revision, fetched_at, headline, body, content_hash FROM articles;
INSERT INTO related_stories (site, no, block, position, related_no, title, lead, fetched_at)
SELECT a.site, a.no, '관련기사', place, b.no, b.headline, left(b.body, 600), a.fetched_at
FROM articles AS a, generate_series(1, 9) AS place
JOIN LATERAL (SELECT * FROM articles AS b WHERE b.site = a.site AND b.no = greatest(a.no - place * 11, 1)) AS b ON true;
INSERT INTO article_checks (site, no, checked_at, next_check_at, dated_at)
SELECT site, no, fetched_at, fetched_at, published_at FROM articles"""
_SIZE = "SELECT pg_database_size(current_database())"


def run(effort: Effort) -> Found:
    """One upgrade: it changes what it measures."""
    articles = effort.articles or effort.of(ARTICLES, least=300)
    with server() as postgres, new_database(postgres.url) as url, psycopg.connect(url, autocommit=True) as connection:
        _fill(connection, articles)
        return Found(rows=list(_upgraded(connection, articles)), notes=[HOW])


def _fill(connection: Connection, articles: int) -> None:
    known = migrations()
    with patch.object(migrating, "migrations", lambda: known[:OLD]):
        migrate(connection)
    connection.execute("SET synchronous_commit = off")
    connection.execute("SET session_replication_role = replica")  # what belongs together is made together
    psycopg.ClientCursor(connection).execute(_FILL, {"articles": articles})
    connection.execute("VACUUM ANALYZE")
    connection.execute("RESET ALL")


def _upgraded(connection: Connection, articles: int) -> Iterator[Row]:
    before, began = _size(connection), perf_counter()
    migrate(connection)
    change = perf_counter() - began
    steps = list(_steps(connection))
    connection.execute("VACUUM FULL")
    name = f"upgrade of {articles:,} articles, longest lock"
    for what, seconds in (("change of the tables", change), ("step of the move", max(steps))):
        yield Row(
            name=f"{name}, {what}, by {LONGEST:.0f} s",
            figure=f"{seconds:.2f} s",
            ratios=(seconds / LONGEST,),
            goal=Goal(highest=1.0),
        )
    figure = f"{articles / sum(steps):,.0f} articles/s in {len(steps)} transactions, {sum(steps):.0f} s"
    yield Row(
        name="bytes of the database after the upgrade, by before", figure=figure, ratios=(_size(connection) / before,)
    )


def _steps(connection: Connection) -> Iterator[float]:
    mover, is_going_on = Mover(), True
    while is_going_on:
        began = perf_counter()
        is_going_on = mover.step(connection)
        yield perf_counter() - began


def _size(connection: Connection) -> int:
    return sum(number for (number,) in connection.execute(_SIZE))
