"""The table `article_links` holds what the newest text of an article leads to, no more and no less."""

from __future__ import annotations

from psycopg import Connection

from pipelines.reparse.compare import differences
from tests.samples import export, later, link, page
from tests.stored import rows

LINKS = "SELECT position, kind, text FROM article_links ORDER BY no, position"


def test_holds_the_links_of_the_newest_text(connection: Connection) -> None:
    export(connection, page(1), page(2, links=()))
    assert rows(connection, LINKS) == [(1, "attachment", "붙임.hwp"), (2, "embed", None)]
    export(connection, page(1, later(1), links=(link(9, "link", "누리집"),)))
    assert rows(connection, LINKS) == [(1, "link", "누리집")]
    export(connection, page(1, later(0.5)))
    assert rows(connection, LINKS) == [(1, "link", "누리집")]


def test_is_filled_by_reading_the_archive_again(connection: Connection) -> None:
    """As for articles that were stored before there was the table."""
    export(connection, page(1, links=()))
    [found] = differences(connection, [page(1)])
    assert list(found.fields) == ["links"]
    export(connection, found.items)
    assert len(rows(connection, LINKS)) == 2
    assert differences(connection, [page(1)]) == []
