"""The table `articles` becomes a view: who could read it still can, and what reads it shows the same."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from psycopg import Connection

from pipelines.database.migrate import migrate, migrations
from pipelines.database.views import ARTICLES
from tests.samples import AT, NO, SITE, archived, check, export, later, page
from tests.stored import rows, value

BEFORE = 22
"""Last version of the schema in which it is a table."""

FILLED = f"""
INSERT INTO articles (site, no, url, headline, content_hash, first_seen_at, fetched_at, archive_file)
SELECT '{SITE}', no, 'https://{SITE}/' || no, 'Headline ' || no, repeat('a', 64), '{AT}', '{AT}', no || '.gz'
FROM generate_series(1, 5) AS no"""


@pytest.fixture
def old(empty: Connection, monkeypatch: pytest.MonkeyPatch) -> Connection:
    known = migrations()
    with monkeypatch.context() as past:
        past.setattr("pipelines.database.migrate.migrations", lambda: known[:BEFORE])
        migrate(empty)
    return empty


def test_every_article_is_the_same(old: Connection) -> None:
    old.execute(FILLED)
    columns = f"SELECT {', '.join(name for name in ARTICLES if name != 'changed_at')} FROM articles ORDER BY no"
    revisions = "SELECT * FROM article_revisions ORDER BY no"
    before = rows(old, columns), rows(old, revisions)
    place = value(old, "SELECT pg_relation_filenode('articles')")
    migrate(old)
    assert (rows(old, columns), rows(old, revisions)) == before
    assert value(old, "SELECT pg_relation_filenode('article_texts')") == place  # no row was moved
    assert rows(old, "SELECT articles FROM article_counts") == [(5,)]
    export(old, page(6))
    assert rows(old, "SELECT articles FROM article_counts") == [(6,)]


def test_views_of_others_show_the_newest_page_as_well(old: Connection) -> None:
    old.execute("CREATE VIEW mine WITH (security_barrier=true) AS SELECT a.no, a.fetched_at FROM articles AS a")
    old.execute("CREATE VIEW only_of_a_table AS SELECT no, headline, count(*) FROM articles GROUP BY site, articles.no")
    migrate(old)
    for minutes in (0, 5):
        at = later(minutes)
        export(old, replace(page(at=at), check=check(at), archived=archived()))
    assert rows(old, "SELECT no, fetched_at FROM mine") == [(NO, later(5))]
    assert value(old, "SELECT reloptions FROM pg_class WHERE relname = 'mine'") == ["security_barrier=true"]
    assert rows(old, "SELECT no FROM only_of_a_table") == [(NO,)]


def test_roles_may_read_and_write_what_they_could_before(old: Connection) -> None:
    role = f"role_{old.info.dbname}"
    old.execute(f"CREATE ROLE {role}; GRANT SELECT, INSERT, UPDATE ON articles TO {role}")
    migrate(old)
    granted = """
        SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = %s ORDER BY 1, 2"""
    texts = [("article_texts", kind) for kind in ("INSERT", "SELECT", "UPDATE")]
    assert rows(old, granted, role) == [*texts, ("articles", "SELECT")]
    old.execute(f"SET ROLE {role}")
    assert rows(old, "SELECT * FROM articles") == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        old.execute("SELECT FROM article_checks")
    old.execute(f"RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}")


def test_the_joined_row_is_looked_up_only_where_it_is_shown(connection: Connection) -> None:
    """Queries that need neither time nor place of the newest page cost what they cost of a table."""
    plan = "EXPLAIN (COSTS off) SELECT {} FROM articles WHERE site = 'a.kr' AND no > 5 AND gone_at IS NULL"
    for columns, is_joined in (("no, headline, published_at, body", False), ("no, fetched_at", True)):
        lines = "\n".join(line for (line,) in rows(connection, plan.format(columns)))
        assert ("article_checks" in lines) == is_joined
