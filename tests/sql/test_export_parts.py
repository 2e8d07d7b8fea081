"""A page of which the database refuses a part is stored without that part, which is noted and kept."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from asiatongsin.items import PageItems, WeatherSnapshot
from pipelines.exporters.batch import export_segments
from pipelines.spool.drain import Drain
from tests.samples import (
    archived,
    article,
    check,
    export,
    image,
    kept,
    later,
    link,
    page,
    present,
    record,
    rejected,
    story,
    strip,
)
from tests.sql.test_export_batch import Counting, keeping, long_words
from tests.stored import count, rows


def whole() -> PageItems:
    """A page with all parts that it can do without."""
    items = replace(page(stories=[story(1), story(2)], seoul=20), archived=archived())
    return replace(items, check=check(due=later(60), etag='"1"', last_modified="Sun, 05 Oct 2025 00:52:07 GMT"))


def spoil_article(name: str, how: str) -> PageItems:
    items = whole()
    article = present(items.article)
    return replace(items, article=replace(article, **{name: getattr(article, name) + how}))


SPOILED: dict[str, Callable[[str], PageItems]] = {
    "section": lambda how: spoil_article("section", how),
    "subheadline": lambda how: spoil_article("subheadline", how),
    "reporter": lambda how: spoil_article("reporter", how),
    "reporter_email": lambda how: spoil_article("reporter_email", how),
    "language": lambda how: spoil_article("language", how),
    "image 2": lambda how: replace(whole(), article=article(images=(image(1), image(2, how), image(3)))),
    "link 2": lambda how: replace(whole(), article=article(links=(link(1), link(2, text=how), link(3)))),
    "related story 관련기사 2": lambda how: replace(whole(), related_stories=(story(1), story(2, lead=how), story(3))),
    "related story 관련기사 3": lambda _: replace(whole(), related_stories=(story(1), story(3, related_no=2**63))),
    "weather 동두천": lambda how: replace(whole(), weather=spoiled_strip(condition=how)),
    "date of the weather": lambda how: replace(whole(), weather=replace(strip(), page_date=how)),
    "validators": lambda how: replace(whole(), check=check(due=later(60), etag=how)),
    "place in the archive": lambda how: replace(whole(), archived=replace(archived(), file=how)),
}


def spoiled_strip(**changes: Any) -> WeatherSnapshot:
    first, *others = strip().readings
    return replace(strip(), readings=(replace(first, **changes), *others))


@pytest.mark.parametrize("how", ["\x00", "\ud800"], ids=["NUL", "surrogate"])
@pytest.mark.parametrize("part", SPOILED)
def test_any_single_part_may_be_refused(drain: Drain, connection: Connection, data: Path, part: str, how: str) -> None:
    export_segments(connection, record(), {1: [SPOILED[part](how)]}, keep=drain._keep_page)
    assert rows(connection, "SELECT headline FROM articles") == [(article().headline,)]
    assert rows(connection, "SELECT missing FROM rejected_pages") == [([part],)]
    assert len(kept(data)) == 1


def test_an_advertisement_in_the_strip_keeps_no_article_out(connection: Connection) -> None:
    """Longer than an index takes: the first page is stored without it, the others show the same strip."""
    spoiled = spoiled_strip(city="".join(random.Random(1).choices(long_words(), k=3000)))
    pages = [replace(page(no), weather=spoiled) for no in range(1, 21)]
    exported = export(connection, *pages)
    assert (exported.new, exported.refused, exported.partial) == (20, 0, 1)
    assert rows(connection, "SELECT pages FROM weather_snapshots") == [(20,)]
    assert rows(connection, "SELECT city FROM weather_readings ORDER BY position") == [("진도(첨찰산)",), ("서울",)]


def test_takes_few_tries_to_find_what_is_refused(connection: Connection, database_url: str) -> None:
    with Counting.connect(database_url, autocommit=True) as counting:
        bad = page(1, stories=[story(place, lead="앞" if place != 40 else "\0") for place in range(1, 65)], seoul=20)
        export_segments(counting, record(), {1: [bad]}, keep=str)
        assert counting.statements < 200
    assert count(connection, "related_stories") == 63


NOT_EVEN_A_NOTE: dict[str, PageItems] = {
    "a number beyond bigint": page(2**63),
    "an address with NUL": replace(page(2, headline="\0"), url="https://newsasia.kr/\0"),
    "a reason with NUL": rejected(2, reason="kein Titel\0"),
    "a place in the archive that is refused": replace(page(2, headline="\0"), archived=archived(file="\0")),
}


@pytest.mark.parametrize("what", NOT_EVEN_A_NOTE)
def test_a_page_that_can_hardly_be_noted_keeps_no_other_out(connection: Connection, what: str) -> None:
    exported = export(connection, page(1), NOT_EVEN_A_NOTE[what], page(3))
    assert exported.refused + exported.partial == 1
    assert rows(connection, "SELECT no FROM articles ORDER BY no") == [(1,), (3,)]
    assert count(connection, "rejected_pages") == 1


def test_a_note_that_is_refused_keeps_no_page_out(connection: Connection) -> None:
    connection.execute("ALTER TABLE rejected_pages ADD CHECK (no <> 2)")
    kept: list[PageItems] = []
    exported = export(connection, page(1), page(2, headline=""), page(3), keep=keeping(kept))
    assert (exported.new, exported.refused, len(kept)) == (2, 1, 1)


def test_a_time_that_the_owner_forbids_is_left_out(connection: Connection) -> None:
    connection.execute("ALTER TABLE article_texts ADD CHECK (published_at < '2001-01-01')")
    assert export(connection, page(1), page(2)).partial == 2
    assert rows(connection, "SELECT published_at, modified_at IS NULL FROM articles") == [(None, False)] * 2
    [(reason,), _] = rows(connection, "SELECT reason FROM rejected_pages")
    assert reason.startswith(
        "the database refused parts of it (published_at): CheckViolation (article_texts_published_at"
    )
