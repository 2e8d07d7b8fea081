"""The table `article_counts`: how many articles are stored of each site, whoever stores or deletes them."""

from __future__ import annotations

from psycopg import Connection

from pipelines.status import facts
from tests.samples import SITE, export, later, page
from tests.stored import rows

COUNTED = """
SELECT site, count(*), count(*) FILTER (WHERE revision > 1), count(gone_at) FROM articles GROUP BY site ORDER BY site"""


def counts(connection: Connection) -> list[tuple[str, int, int, int]]:
    kept = rows(connection, "SELECT site, articles, edited, gone FROM article_counts WHERE articles > 0 ORDER BY site")
    assert kept == rows(connection, COUNTED)
    return kept


def test_counts_what_is_stored_edited_gone_and_deleted(connection: Connection) -> None:
    export(connection, page(1), page(2), page(3))
    assert counts(connection) == [(SITE, 3, 0, 0)]
    export(connection, page(1, later(1)), page(2, later(1), headline="고친 제목"), page(4), crawl="b")
    export(connection, page(2, later(2), headline="또 고친 제목"), crawl="c")
    assert counts(connection) == [(SITE, 4, 1, 0)]
    connection.execute("UPDATE article_texts SET gone_at = fetched_at WHERE no IN (2, 3)")
    connection.execute("INSERT INTO article_texts SELECT * FROM articles WHERE no = 1 ON CONFLICT DO NOTHING")
    assert counts(connection) == [(SITE, 4, 1, 2)]
    export(connection, page(3, later(3)), crawl="d")  # it is there again, which is a revision
    connection.execute("DELETE FROM article_texts WHERE no IN (1, 2)")
    assert counts(connection) == [(SITE, 2, 1, 0)]
    with connection.transaction(force_rollback=True):
        connection.execute("DELETE FROM article_texts")
    assert counts(connection) == [(SITE, 2, 1, 0)]
    connection.execute("DELETE FROM article_texts")
    assert counts(connection) == []
    export(connection, page(5), crawl="e")
    connection.execute("TRUNCATE article_texts CASCADE")
    assert counts(connection) == []


def test_status_names_sites_with_articles_and_sites_with_crawls(connection: Connection) -> None:
    export(connection, page(1))
    export(connection, page(2), crawl="b")
    connection.execute("UPDATE crawls SET site = 'crawled.kr', new = 0 WHERE id = 'b'")
    connection.execute("UPDATE crawls SET site = 'other.kr', new = 0 WHERE id <> 'b'")
    found = facts.sites(connection)
    assert [(one.site, one.articles) for one in found] == [("crawled.kr", 0), (SITE, 2), ("other.kr", 0)]
    assert [one.site for one in facts.sites(connection, SITE)] == [SITE]
    assert [row.site for row in facts.crawls(connection)] == ["crawled.kr", "other.kr"]
    assert [row.site for row in facts.crawls(connection, "other.kr")] == ["other.kr"]
