"""The tables `articles` and `article_images`: the newest captured text of each article."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from psycopg import Connection

from asiatongsin.fields import METADATA_TIME
from asiatongsin.items import Article
from pipelines.exporters.batch import Exported
from tests.samples import AT, NO, SITE, article, export, image, later, page, present
from tests.stored import count, rows, value


def stored(connection: Connection, no: int = NO) -> dict[str, Any]:
    query = "SELECT to_jsonb(a) FROM articles AS a WHERE site = %s AND no = %s"
    row: dict[str, Any] = value(connection, query, SITE, no)
    return row


def images(connection: Connection) -> list[tuple[Any, ...]]:
    return rows(connection, "SELECT position, url, caption FROM article_images ORDER BY no, position")


def counts(exported: Exported) -> tuple[int, int, int]:
    return exported.new, exported.changed, exported.unchanged


def test_stores_every_field_as_it_was_read(connection: Connection) -> None:
    given = article()
    export(connection, page())
    plain = [field.name for field in fields(Article) if field.name not in {"body", "images", "links"}]
    [row] = rows(connection, f"SELECT {', '.join(plain)} FROM articles")
    assert dict(zip(plain, row, strict=True)) == {name: getattr(given, name) for name in plain}
    query = "SELECT body, revision, first_seen_at, gone_at FROM articles"
    assert rows(connection, query) == [("첫 문단입니다.\n\n둘째 문단 — “인용”.", 1, AT, None)]
    assert images(connection) == [(1, image(1).url, "설명"), (2, image(2).url, None)]


def test_stores_what_is_unknown_as_null(connection: Connection) -> None:
    unknown = ("section", "subheadline", "reporter", "reporter_email", "published_at", "modified_at", "language")
    none: dict[str, Any] = dict.fromkeys(unknown)
    export(connection, page(body=(), images=(), **none))
    row = stored(connection)
    assert [name for name in (*unknown, "body") if row[name] is not None] == []
    assert images(connection) == []


def test_tells_new_changed_and_unchanged_articles(connection: Connection) -> None:
    assert counts(export(connection, page(1), page(2), page(3))) == (3, 0, 0)
    again = export(connection, page(1, later(5)), page(2, later(5), headline="고친 제목"), page(4, later(5)))
    assert counts(again) == (1, 1, 1)
    assert rows(connection, "SELECT no, revision FROM articles ORDER BY no") == [(1, 1), (2, 2), (3, 1), (4, 1)]


def test_changes_nothing_but_the_time_when_the_same_page_comes_again(connection: Connection) -> None:
    export(connection, page())
    before = stored(connection), images(connection)
    export(connection, page(at=later(30)))
    after = stored(connection), images(connection)
    assert after[0].pop("fetched_at") > before[0].pop("fetched_at")
    assert (before[0].pop("text_fetched_at"), after[0].pop("text_fetched_at")) == (None, AT.isoformat())
    assert after == before


def test_replaces_the_text_and_counts_the_revision_up(connection: Connection) -> None:
    export(connection, page())
    for minutes, headline in ((1, "둘째"), (2, "셋째"), (3, "둘째")):
        export(connection, page(at=later(minutes), headline=headline, section="정치"))
    row = stored(connection)
    assert (row["headline"], row["section"], row["revision"]) == ("둘째", "정치", 4)
    assert rows(connection, "SELECT first_seen_at, fetched_at FROM articles") == [(AT, later(3))]


def test_brings_other_fields_up_to_date_without_a_new_revision(connection: Connection) -> None:
    export(connection, page(reporter=None, modified_at=None))
    export(connection, page(at=later(1), reporter="홍길순", section=None))
    row = stored(connection)
    assert (row["reporter"], row["section"], row["revision"]) == ("홍길순", None, 1)
    assert row["modified_at"] is not None


def test_keeps_the_time_of_publication_where_a_later_page_prints_none(connection: Connection) -> None:
    export(connection, page())
    export(connection, page(at=later(1), published_at=None, modified_at=None))
    [(published_at, modified_at)] = rows(connection, "SELECT published_at, modified_at FROM articles")
    assert (published_at, modified_at) == (article().published_at, None)


def test_a_time_of_the_metadata_alone_gives_way_to_one_that_is_stored(connection: Connection) -> None:
    right = present(article().published_at)
    wrong = right + timedelta(hours=9)
    for minutes, published, by_metadata, stands in (
        (1, wrong, True, wrong),
        (2, right, False, right),
        (3, wrong, True, right),
        (4, wrong, False, wrong),
    ):
        captured = page(at=later(minutes), published_at=published)
        export(connection, replace(captured, fallbacks=(METADATA_TIME,) * by_metadata))
        assert rows(connection, "SELECT published_at, fetched_at FROM articles") == [(stands, later(minutes))]


def test_an_older_capture_never_replaces_a_newer_text_but_is_the_first_sight(connection: Connection) -> None:
    export(connection, page(headline="새 제목", images=(image(7),)))
    before = stored(connection)
    old = export(connection, page(at=later(-60), headline="옛 제목", images=(image(1), image(2))), crawl="old")
    assert counts(old) == (0, 0, 0)
    after = stored(connection)
    assert rows(connection, "SELECT first_seen_at, fetched_at FROM articles") == [(later(-60), AT)]
    unlike = {"first_seen_at": None, "revision": None, "changed_at": None}  # the older text is the first revision now
    assert after | unlike == before | unlike
    assert images(connection) == [(1, image(7).url, "설명")]


def test_keeps_exactly_the_photos_of_the_newest_page(connection: Connection) -> None:
    export(connection, page(images=(image(1), image(2), image(3))), page(5))
    query = "SELECT position, url, caption FROM article_images WHERE no = %s ORDER BY position"
    for minutes, left in enumerate((3, 2, 1, 0, 2), start=1):
        shown = (image(3, f"설명 {left}"), image(9), image(1))[:left]
        export(connection, page(at=later(minutes), images=shown))
        assert rows(connection, query, NO) == [(i, one.url, one.caption) for i, one in enumerate(shown, start=1)]
    assert len(rows(connection, query, 5)) == 2


def test_keeps_articles_with_the_same_number_on_two_sites_apart(connection: Connection) -> None:
    export(connection, page(), page(site="example.kr", headline="다른 신문"))
    export(connection, page(at=later(1), site="example.kr", images=()))
    assert rows(connection, "SELECT site, revision FROM articles ORDER BY site") == [("example.kr", 2), (SITE, 1)]
    assert rows(connection, "SELECT DISTINCT site FROM article_images") == [(SITE,)]


def test_takes_the_newer_page_of_an_article_that_is_twice_in_a_batch(connection: Connection) -> None:
    exported = export(connection, page(at=later(5), headline="새", images=()), page(headline="옛"), page(2))
    assert (exported.pages, counts(exported)) == (3, (2, 0, 0))
    assert (stored(connection)["headline"], stored(connection)["revision"]) == ("새", 2)
    assert rows(connection, "SELECT DISTINCT no FROM article_images") == [(2,)]


def test_the_first_sight_is_the_older_page_of_an_article_that_is_twice_in_a_batch(connection: Connection) -> None:
    export(connection, page(at=later(5)), page())
    assert rows(connection, "SELECT first_seen_at, fetched_at FROM articles") == [(AT, later(5))]


def test_stores_a_long_body_with_any_letters(connection: Connection) -> None:
    body = ("가" * 100_000, "emoji 🗞 and 𠮷", "\\ ' \" {} %s \t", "＜꺾쇠＞")
    export(connection, page(body=body))
    assert stored(connection)["body"] == "\n\n".join(body)


def test_removes_photos_and_teasers_with_their_article(connection: Connection) -> None:
    export(connection, page())
    connection.execute("DELETE FROM article_texts")
    assert count(connection, "article_images") == 0
