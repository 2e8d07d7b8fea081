"""One spool segment into all tables: all of it or nothing, once, in a fixed number of statements."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.database.tables import TABLES
from pipelines.exporters.batch import export_segments
from pipelines.spool.drain import Drain
from pipelines.spool.folder import read_segment
from tests.processes import wait_until
from tests.samples import AT, check, export, image, kept, later, leave, page, record, rejected, removed, story, strip
from tests.stored import count, rows

NOT_OF_PAGES = {
    "weather_stations",
    "coverage_counts",
    "missing_fields",
    "export_marks",
    "reparse_bookmarks",
    "walked_lists",
    "former_articles",
    "formerly_shown_teasers",
    "replaced_texts",
    "sites",
    "site_troubles",
    "machines",
    "archive_files",
    "reparse_runs",
    "reparse_shards",
    "asiatongsin_migrations",
}
OF_PAGES = [table for table in TABLES if table not in NOT_OF_PAGES]
"""What a batch of pages fills."""


class Counting(Connection[Any]):
    """Counts the statements it is given."""

    statements = 0

    def execute(self, *arguments: Any, **options: Any) -> Any:
        self.statements += 1
        return super().execute(*arguments, **options)


def batch(pages: int) -> list[PageItems]:
    """A batch with something for every table."""
    articles = [page(no, stories=[story(1), story(2)], seoul=20) for no in range(1, pages + 1)]
    visited = [replace(one, check=check()) for one in articles]
    return [*visited, rejected(10_001), rejected(10_002, reason="other"), removed(10_003), removed(10_004)]


def long_words() -> str:
    return "".join(random.Random(1).choices("가나다라마바사아자차카타파하거너더러머버서어저", k=9000))


def test_takes_as_many_statements_for_many_pages_as_for_few(connection: Connection, database_url: str) -> None:
    taken = []
    with Counting.connect(database_url, autocommit=True) as counting:
        for segment, pages in enumerate((50, 60, 250), start=1):
            before = counting.statements
            export_segments(counting, record(), {segment: batch(pages)}, keep=str)
            taken.append(counting.statements - before)
    assert taken[1] == taken[2]
    assert max(taken) <= 24
    assert count(connection, "articles") == 250


def test_stores_nothing_of_a_batch_that_breaks_and_all_of_it_the_next_time(
    connection: Connection, database_url: str
) -> None:
    class Breaking(Counting):
        """A connection that breaks after so many statements."""

        def execute(self, *arguments: Any, **options: Any) -> Any:
            if self.statements == self.last:
                connection.execute("SELECT pg_terminate_backend(%s, 10000)", [self.info.backend_pid])
            return super().execute(*arguments, **options)

        last = 0

    stored = 0
    while not stored:
        with suppress(psycopg.OperationalError), Breaking.connect(database_url, autocommit=True) as breaking:
            stored = export_segments(breaking, record(), {1: batch(3)}, keep=str).pages
        empty = [table for table in OF_PAGES if not count(connection, table)]
        before = ["weather_strips"] if Breaking.last else []  # they are stored first, for all sites
        assert empty == ([] if stored else [table for table in OF_PAGES if table not in before])
        Breaking.last += 1
    assert Breaking.last > 5


def page_with_city(no: int, name: str) -> PageItems:
    """A page with a city of this name, and two others, in its weather strip."""
    seen = strip()
    return replace(
        page(no), weather=replace(seen, readings=(*seen.readings[:-1], replace(seen.readings[-1], city=name)))
    )


WHOLE: dict[str, Callable[[int], PageItems]] = {
    "a NUL character": lambda no: page(no, headline="제목\x00", seoul=20, stories=[story(1)]),
    "half of a character": lambda no: page(no, headline="제목\ud800", seoul=20, stories=[story(1)]),
    "a check": lambda no: page(no, headline="", seoul=20, stories=[story(1)]),
}
"""Pages whose article itself is refused."""

IN_PARTS: dict[str, tuple[Callable[[int], PageItems], str]] = {
    "a number too large": (lambda no: page(no, seoul=12_345.6), "weather 서울"),
    "a teaser without place": (lambda no: page(no, stories=[story(0)], seoul=20), "related story 관련기사 0"),
    "a teaser of a block without name": (lambda no: page(no, stories=[story(1, "")], seoul=20), "related story 1"),
    "an index entry too large": (lambda no: page_with_city(no, long_words()), "weather 라버"),
}
"""Pages of which a part is refused, and its name."""

REFUSED = WHOLE | {what: make for what, (make, _) in IN_PARTS.items()}


def keeping(kept: list[PageItems]) -> Callable[[PageItems], str]:
    """Puts refused pages there."""

    def keep(page: PageItems) -> str:
        kept.append(page)
        return "refused/page"

    return keep


def test_sets_aside_a_page_that_is_refused_and_stores_its_neighbours(connection: Connection) -> None:
    places = dict(zip(WHOLE, (1, 14, 27), strict=True))
    for what, place in places.items():
        numbers = range(place // 10 * 10 + 1, place // 10 * 10 + 8)
        pages = {no: page(no, stories=[story(1)], seoul=20) for no in numbers} | {place: WHOLE[what](place)}
        kept: list[PageItems] = []
        exported = export(connection, *pages.values(), keep=keeping(kept))
        assert kept == [pages[place]], what
        assert (exported.pages, exported.new, exported.refused, exported.partial) == (7, 6, 1, 0), what
    tens = [10 * ten + one for ten in range(len(places)) for one in range(1, 8)]
    others = [(no,) for no in tens if no not in places.values()]
    assert rows(connection, "SELECT no FROM articles ORDER BY no") == others
    assert rows(connection, "SELECT DISTINCT no FROM related_stories ORDER BY no") == others
    assert rows(connection, "SELECT pages FROM weather_snapshots") == [(len(others),)]
    assert rows(connection, "SELECT new, drained_segment FROM crawls") == [(len(others), len(places))]
    query = "SELECT no, fetched_at, is_transient, raw_path, split_part(reason, ':', 1) FROM rejected_pages ORDER BY no"
    said = (AT, False, "refused/page", "the database refused it")
    assert rows(connection, query) == [(no, *said) for no in places.values()]


@pytest.mark.parametrize("what", IN_PARTS)
def test_stores_a_page_without_the_part_that_is_refused(connection: Connection, what: str) -> None:
    make, part = IN_PARTS[what]
    pages = {no: page(no, stories=[story(1)], seoul=20) for no in range(1, 8)} | {3: make(3)}
    kept: list[PageItems] = []
    exported = export(connection, *pages.values(), keep=keeping(kept))
    assert kept == [pages[3]]
    assert (exported.pages, exported.new, exported.refused, exported.partial) == (7, 7, 0, 1)
    [(no, raw_path, missing)] = rows(connection, "SELECT no, raw_path, missing FROM rejected_pages")
    assert (no, raw_path, len(missing), missing[0][: len(part)]) == (3, "refused/page", 1, part)
    strips = rows(
        connection,
        "SELECT pages, count(*) FROM weather_snapshots AS s JOIN weather_readings AS r"
        " ON r.snapshot_id = s.id GROUP BY s.id ORDER BY 1",
    )
    assert strips == ([(1, 2), (6, 3)] if part.startswith("weather") else [(7, 3)])


def test_sets_aside_every_page_of_a_batch_of_bad_ones(connection: Connection) -> None:
    pages = [make(no) for no, make in enumerate(REFUSED.values(), start=1)]
    exported = export(connection, *pages)
    assert (exported.refused, exported.partial) == (len(WHOLE), len(IN_PARTS))
    assert count(connection, "rejected_pages") == len(pages)
    assert count(connection, "articles") == len(IN_PARTS)


def test_keeps_a_refused_page_whole(drain: Drain, connection: Connection, data: Path) -> None:
    bad = page(2, headline="제목\x00", seoul=20)
    leave(data, page(1), bad)
    drain.drain_abandoned()
    assert rows(connection, "SELECT no FROM articles") == [(1,)]
    assert kept(data) == [bad]
    [(path,)] = rows(connection, "SELECT raw_path FROM rejected_pages")
    assert read_segment(data / path) == ([bad], [])


def test_keeps_a_refused_page_before_it_is_committed(connection: Connection, database_url: str) -> None:
    """Else a process that dies in between would lose it: its segment counts as stored."""

    def keep(_: PageItems) -> str:
        with psycopg.connect(database_url) as other:
            assert (count(other, "crawls"), count(other, "articles")) == (0, 0)
        return "refused/page.json"

    assert export(connection, page(1), page(2, headline="제목\x00"), keep=keep).refused == 1
    assert count(connection, "articles") == 1


def test_stores_nothing_where_a_refused_page_cannot_be_kept(connection: Connection) -> None:
    def keep(_: PageItems) -> str:
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        export(connection, page(1), page(2, headline="제목\x00"), keep=keep)
    assert (count(connection, "articles"), count(connection, "crawls")) == (0, 0)


def test_two_processes_that_store_the_same_segment_store_it_once(connection: Connection, database_url: str) -> None:
    barrier = Barrier(2)

    def work(_: int) -> int:
        with psycopg.connect(database_url, autocommit=True) as own:
            barrier.wait(timeout=600)
            return export_segments(own, record(), {1: batch(20)}, keep=str).pages

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(work, range(2))) == [0, 24]
    assert rows(connection, "SELECT new, unchanged FROM crawls") == [(20, 0)]
    assert count(connection, "rejected_pages") == 2


def test_two_crawls_that_store_the_same_articles_in_another_order_do_not_block_each_other(
    connection: Connection, database_url: str
) -> None:
    barrier = Barrier(2)
    pages = [page(no, stories=[story(1)]) for no in range(1, 101)]

    def work(crawl: int) -> int:
        with psycopg.connect(database_url, autocommit=True) as own:
            barrier.wait(timeout=600)
            return export_segments(own, record(str(crawl)), {1: pages[:: 1 - 2 * crawl]}, keep=str).pages

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(work, range(2))) == [100, 100]
    assert rows(connection, "SELECT count(*), max(revision) FROM articles") == [(100, 1)]


def test_an_article_that_another_export_stores_meanwhile_keeps_nothing_of_the_other_capture(
    connection: Connection, database_url: str
) -> None:
    older = page(7, later(0), stories=[story(1), story(2), story(3, block="arl_054")])
    newer = page(7, later(10), stories=[story(1, title="새 이야기")], images=(image(9),))
    waits = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with (
        psycopg.connect(database_url) as first,  # its transaction stays open
        psycopg.connect(database_url, autocommit=True) as second,
        ThreadPoolExecutor(1) as thread,
    ):
        first.execute("SELECT")  # begins a transaction, which stays open
        export_segments(first, record("a"), {1: [older]}, keep=str)
        done = thread.submit(export_segments, second, record("b"), {1: [newer]}, keep=str)
        wait_until(lambda: done.done() or bool(rows(connection, waits)))
        assert not done.done()
        first.commit()
        done.result(timeout=600)
    assert rows(connection, "SELECT title FROM related_stories") == [("새 이야기",)]
    assert rows(connection, "SELECT url FROM article_images") == [(image(9).url,)]
    assert rows(connection, "SELECT id, new, changed + unchanged FROM crawls ORDER BY id") == [("a", 1, 0), ("b", 0, 1)]


def test_the_strip_of_a_page_without_article_is_stored_as_well(connection: Connection) -> None:
    export(connection, replace(rejected(), weather=strip(later(1))))
    assert count(connection, "weather_readings") == 3
