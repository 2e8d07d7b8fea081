"""Stores spool segments in PostgreSQL, in one transaction for all tables. Storing twice changes nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.crawl_record import CrawlRecord
from pipelines.database.errors import REFUSALS
from pipelines.database.moves import move_articles
from pipelines.exporters import (
    article_checks,
    article_images,
    article_links,
    article_revisions,
    articles,
    crawls,
    phone_pages,
    planning,
    rejected_pages,
    related_stories,
    removed_articles,
    weather,
)
from pipelines.exporters.articles import Written
from pipelines.exporters.parts import put_together, take_apart

logger = logging.getLogger(__name__)

KeepPage = Callable[[PageItems], str]
"""Keeps a page of which the database refused something in a file; returns its path below the data folder."""

NOTHING_WRITTEN = Written(frozenset(), frozenset(), frozenset())


@dataclass
class Exported:
    """Counts of what was stored."""

    pages: int = 0
    """Pages of all kinds."""

    new: int = 0
    """Articles stored for the first time."""

    changed: int = 0
    """Articles whose text differed from the stored one."""

    unchanged: int = 0
    """Articles whose text was stored already."""

    refused: int = 0
    """Pages that the database refused; they are kept in a file."""

    partial: int = 0
    """Pages that were stored without a part that the database refused; they are kept in a file as well."""

    reassigned: int = 0
    """Articles among the changed ones that are others than were stored under their numbers; those are kept as well."""

    def begin_anew(self) -> Exported:
        """Counts for a new crawl, which tells also what was refused of the pages that earlier ones had left."""
        return Exported(refused=self.refused, partial=self.partial)

    def add(self, other: Exported) -> None:
        """Adds the counts of another batch."""
        self.pages += other.pages
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.refused += other.refused
        self.partial += other.partial
        self.reassigned += other.reassigned


def export_segments(
    connection: Connection, record: CrawlRecord, segments: Mapping[int, Sequence[PageItems]], keep: KeepPage
) -> Exported:
    """Stores the pages of segments, by their numbers, and notes in the same transaction that they are stored.

    A page of which the database refuses a part is handed to `keep` before anything is committed.
    """
    weather.add_strips(connection, [page.weather for each in segments.values() for page in each if page.weather])
    with connection.transaction():
        # A deferred constraint of the owner would fail at the commit, where nobody can tell which page it refuses.
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        crawls.write(connection, replace(record, coverage=()))  # it is judged when all is stored
        # Segments up to this one were stored by a process that was killed before it could remove their files.
        drained = crawls.drained_segment(connection, record.id)
        pages = [page for number, pages in segments.items() if number > drained for page in pages]
        if max(segments) <= drained:
            return Exported()
        written, refused = _export(connection, record.id, pages, keep)
        crawls.advance(connection, record.id, max(segments), pages, written)
        planning.analyze_once(connection)
    counts = Exported(len(pages), len(written.new), len(written.changed), len(written.unchanged))
    counts.reassigned = len(written.reassigned)
    counts.add(refused)
    return counts


def _export(connection: Connection, crawl: str, pages: Sequence[PageItems], keep: KeepPage) -> tuple[Written, Exported]:
    """Stores the pages that the database takes. A page that it refuses is found by halving, and stored in parts."""
    try:
        with connection.transaction():
            return export_pages(connection, crawl, pages), Exported()
    except REFUSALS as error:
        if len(pages) == 1:
            return _export_in_parts(connection, crawl, pages[0], error, keep)
    middle = len(pages) // 2
    first, refused_first = _export(connection, crawl, pages[:middle], keep)
    second, refused_second = _export(connection, crawl, pages[middle:], keep)
    refused_first.add(refused_second)
    return first + second, refused_first


def _export_in_parts(
    connection: Connection, crawl: str, page: PageItems, error: Exception, keep: KeepPage
) -> tuple[Written, Exported]:
    """Stores a refused page without the parts that are refused; without what cannot be missing it is not stored."""
    bare, parts = take_apart(replace(page, rejected=None))
    is_taken = partial(_is_taken, connection, crawl)
    is_stored = (page.article is None or bool(parts)) and is_taken(bare)
    taken, without = _without_content(page), list[str]()
    if is_stored:
        taken, without = put_together(bare, parts, is_taken, is_refused=page.rejected is None)
    written = export_pages(connection, crawl, [taken]) if is_stored or is_taken(taken) else NOTHING_WRITTEN
    reason = rejected_pages.refusal(error, without)
    logger.warning("On %s %s", page.url, reason)
    rejected_pages.note_refusal(connection, page, reason, without, keep(page))
    return written, Exported(partial=1) if is_stored else Exported(refused=1)


def _is_taken(connection: Connection, crawl: str, page: PageItems) -> bool:
    """Tries whether the database takes a page; nothing of the try stays."""
    try:
        with connection.transaction(force_rollback=True):
            export_pages(connection, crawl, [page])
    except REFUSALS:
        return False
    return True


def export_pages(connection: Connection, crawl: str, pages: Sequence[PageItems]) -> Written:
    """Stores every kind of item of these pages in its table, in a fixed number of statements."""
    articles.lock(connection, (page.site for page in pages))
    pages = phone_pages.set_aside(connection, pages)
    captures = [page for page in pages if page.article]
    move_articles(connection, map(_key, captures))
    newest = {(page.site, page.no): page for page in newest_of_each(captures)}
    read = list(newest.values())
    written = articles.write(connection, read)
    # What was written is no older than what was stored. Of a page that held nothing new, the time is written here.
    article_checks.write(connection, newest_of_each([page for page in captures if page.check]))
    older = [page for page in captures if newest.get(_key(page)) is not page]
    seen = [*older, *(page for page in read if _key(page) not in written.all)]
    articles.note_first_sight(connection, articles.articles_of(seen))
    # A new text is the first revision, and the stored one is none. An older page may belong between two revisions.
    same = written.unchanged - written.gone_since.keys()
    known = [page for page in read if _key(page) not in written.new]
    revised = [*older, *(page for page in known if _key(page) not in same or page.is_reread)]
    article_revisions.write(connection, revised, written.gone_since)
    stored = [page for page in read if _key(page) in written.all]
    article_images.write(connection, stored, written.new)
    article_links.write(connection, stored, written.new)
    related_stories.write(connection, stored, written.fetched_before)
    related_stories.write_late(connection, [*older, *(page for page in read if _key(page) not in written.all)])
    # Behind those with an article: where one was visited twice, the later answer may be one without validators.
    article_checks.write(connection, newest_of_each([page for page in pages if page.check and not page.article]))
    weather.write(connection, [page.weather for page in pages if page.weather and not page.is_reread])
    weather.correct(connection, [page.weather for page in pages if page.weather and page.is_reread])
    rejected_pages.forget(connection, [page for page in pages if page.is_reread])
    rejected_pages.write(connection, pages)
    removed_articles.write(connection, [page for page in pages if page.removed], read, crawl)
    return written


def _key(page: PageItems) -> tuple[str, int | None]:
    return page.site, page.no


def newest_of_each(pages: Iterable[PageItems]) -> list[PageItems]:
    """The newest page of each article: one statement cannot write a row twice."""
    in_order = sorted(pages, key=lambda page: page.fetched_at)
    return list({_key(page): page for page in in_order if page.no is not None}.values())


def _without_content(page: PageItems) -> PageItems:
    """What is stored of a page that is refused whole: that it was asked for."""
    # The validators would be those of the stored page.
    check = page.check and replace(page.check, etag=None, last_modified=None)
    return replace(page, article=None, weather=None, related_stories=(), check=check, rejected=None)
