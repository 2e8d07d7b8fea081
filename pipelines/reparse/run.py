"""Reads archived pages again, one batch after the other, and writes what is stored otherwise."""

from __future__ import annotations

import sys
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from scrapy.settings import BaseSettings

from asiatongsin.items import Page, PageItems
from pipelines.archive.fetching import WhileRead
from pipelines.archive.files import files_of_unfinished_crawls
from pipelines.archive.gzip_members import CUT_OFF
from pipelines.archive.reading import LARGEST_PAGE, Capture, captures
from pipelines.archive.whereabouts import Whereabouts
from pipelines.database.session import Session
from pipelines.queries import coverage_history
from pipelines.reparse.bookmark import Bookmark, Place
from pipelines.reparse.captured import PAYLOAD_DIGEST, Known, Wanted, is_ours, page_of, with_body_of
from pipelines.reparse.compare import bases, clocks_ahead, differences
from pipelines.reparse.found_again import FoundAgain
from pipelines.reparse.parts import Asked, Reread, characters
from pipelines.reparse.readers import Readers
from pipelines.reparse.report import Report
from pipelines.reparse.sites import Sites
from pipelines.reparse.writing import Writing

BATCH_PAGES = 200
"""Pages that are compared and written at once."""

BATCH_CHARACTERS = 2_000_000
"""Characters of articles above which a batch takes no more pages."""

CAPTURES_REMEMBERED = 10_000
"""How many captures are remembered, to tell those of the same second apart."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is to be read again."""

    files: Sequence[Path]
    """WARC files, in their order."""

    wanted: Wanted
    """Which captures."""

    where: Whereabouts
    """Where the files are."""

    jobs: int
    """Processes that read."""

    report: Callable[[str], None]
    """Is called with each place that cannot be read."""

    advance: Callable[[int], None]
    """Is called with the number of bytes that were read since its last call."""


class Reparse:
    """One run of the command; without `writing` it only compares.

    It reads for minutes between two questions to the database, which may close the connection meanwhile.
    """

    def __init__(self, job: Job, session: Session, writing: Writing | None, bookmark: Bookmark | None) -> None:
        self.job = job
        self.session = session
        self.writing = writing
        self.bookmark = bookmark
        self.report = Report()
        self.is_done = False
        """Whether the run came to its end; else the next one goes on there."""
        self.found_again: FoundAgain | None = None
        self.known = Known(bases=session.run(bases), clocks_ahead=session.run(clocks_ahead))
        self.sites = Sites(self.known.bases)
        self._files: list[Path] = []
        self._largest = LARGEST_PAGE
        self._unresolved: dict[str, list[Page]] = defaultdict(list)
        self._batch: list[PageItems] = []
        self._left_out = 0
        self._seconds: OrderedDict[tuple[str, int | None, datetime], list[str]] = OrderedDict()
        self._fetching = WhileRead(job.where, self._report_damage)

    def run(self, settings: BaseSettings) -> Report:
        """Reads all files.

        After DatabaseUnreachable, DatabaseUnusable, StoreTrouble or OSError, the next run goes on there.
        """
        if self.writing:
            self.writing.begin()
        unfinished_files = files_of_unfinished_crawls(self.job.files, self.job.where.data)
        self.report.unfinished = len(unfinished_files)
        self._files = [file for file in self.job.files if file not in unfinished_files]
        self._largest = settings.getint("DOWNLOAD_MAXSIZE") or sys.maxsize
        self._look_for_missing_fields(settings)
        with self._fetching, self._readers(settings) as readers:
            self._read_files(readers)
            self._read_pages(self._resolved(), readers)
            if late := self.sites.late():
                self._read_pages(self._pages_of_late_sites(late), readers)
        self.report.strangers = self.sites.strangers
        self.report.bodiless = sum(map(len, self._unresolved.values()))
        if self.found_again:
            self.report.found_again = self.found_again.remove()
        if self.bookmark:
            self.bookmark.remove()
        self.is_done = True
        return self.report

    def _readers(self, settings: BaseSettings) -> Readers:
        asked = Asked(
            settings=settings.copy_to_dict(),
            wanted=self.job.wanted,
            where=self._fetching.where,
            clocks_ahead=self.known.clocks_ahead,
            largest=self._largest,
            stored_sites=frozenset(self.known.bases).difference(self.found_again.sites if self.found_again else ()),
        )
        return Readers(asked, self.job.jobs, self.known.bases, self._fetching)

    def _look_for_missing_fields(self, settings: BaseSettings) -> None:
        """Single articles that a user chose say nothing about the others, nor does the rest of an interrupted run."""
        if self.writing is None or self.job.wanted.no:
            return
        if self.bookmark and self.bookmark.read(self._files):
            self.report.not_looked_for = len(self.session.run(coverage_history.missing_fields))
        else:
            self.found_again = FoundAgain(self.session, settings)

    def _read_files(self, readers: Readers) -> None:
        """All files, from the bookmark on. Pages whose body is in another record are put off."""
        start = self.bookmark.read(self._files) if self.bookmark else None
        files = self._files[self._files.index(start.file) :] if start else self._files
        progress = Progress(self.job.advance, self._fetching.where.size)
        for file, chunk in readers.read(files, start.offset if start else 0):
            for offset, what in chunk.damage:
                self._report_damage(file, offset, what)
            for one in chunk.put_off:
                self._unresolved[one.digest].append(one.page)
            self.report.captures += chunk.same
            for page in chunk.pages:
                self._add(page, Place(file=file, offset=page.offset))
            self._take_where_enough(Place(file=file, offset=chunk.last), chunk.same)
            progress.is_at(file, chunk.end)
        self._take()

    def _add(self, page: Reread, place: Place | None) -> None:
        """Adds a page to the batch."""
        self._batch.append(page.items if page.items.archived else self._with_distinct_time(page))
        self._take_where_enough(place)

    def _take_where_enough(self, place: Place | None, left_out: int = 0) -> None:
        self._left_out += left_out
        if len(self._batch) + self._left_out >= BATCH_PAGES or characters(self._batch) >= BATCH_CHARACTERS:
            self._take(place)

    def _take(self, place: Place | None = None) -> None:
        """Compares the batch and writes what differs. All captures before `place` are stored then."""
        batch, self._batch, self._left_out = self._batch, [], 0
        known = self.sites.known_of(batch)
        if self.found_again:
            self.found_again.observe(known)
        found = self.session.run(lambda connection: differences(connection, known))
        self.report.add(len(known), found)
        if self.writing is None:
            return
        self.writing.write(difference.items for difference in found)
        if self.bookmark and place and not (self.sites.has_held or self._unresolved):
            self.bookmark.write(place, self._files)

    def _read_pages(self, pages: Iterable[Page], readers: Readers) -> None:
        """Pages of records that were read before; damage in their files was reported then."""
        for some in readers.here.reread((0, page) for page in pages):
            for page in some:
                self._add(page, None)
        self._take()

    def _captures(self) -> Iterator[Capture]:
        for file in self._fetching.each(self._files):
            lies_at = self._fetching.where.path_of(file)
            with suppress(OSError):
                yield from captures(file, lambda *_: None, largest=self._largest, lies_at=lies_at)
            self._fetching.done(file)

    def _pages_of_late_sites(self, sites: set[str]) -> Iterator[Page]:
        """The pages of sites that became known late."""
        for capture in self._captures():
            with suppress(ValueError):
                page = page_of(capture, self.job.wanted, self._fetching.where, self.known)
                if isinstance(page, Page) and page.site in sites:
                    yield page

    def _resolved(self) -> Iterator[Page]:
        """The pages that were put off, with their bodies, which may be in any of the files."""
        for capture in self._captures() if self._unresolved else ():
            digest = capture.field(PAYLOAD_DIGEST) or ""
            if not (capture.is_revisit or capture.unread) and digest in self._unresolved:
                for page in self._unresolved.pop(digest):
                    yield with_body_of(page, capture, self.job.where.data)

    def _with_distinct_time(self, page: Reread) -> PageItems:
        """The page, later by a microsecond for each other capture of the same second that stands before it.

        Other tools date captures to the second.
        """
        items = page.items
        bodies = self._seconds.setdefault((items.site, items.no, items.fetched_at), [])
        if page.body not in bodies:
            bodies.append(page.body)
        if len(self._seconds) > CAPTURES_REMEMBERED:
            self._seconds.popitem(last=False)
        earlier = bodies.index(page.body)
        return fetched_at(items, items.fetched_at + timedelta(microseconds=earlier)) if earlier else items

    def _report_damage(self, file: Path, offset: int, what: str) -> None:
        self.report.damaged += 1
        self.report.cut_off += what == CUT_OFF and is_ours(file, self.job.where.data)
        self.job.report(f"{file}, byte {offset}: {what}")


def fetched_at(page: PageItems, at: datetime) -> PageItems:
    """The page, as if it had been fetched then."""
    return replace(
        page,
        fetched_at=at,
        article=page.article and replace(page.article, fetched_at=at),
        weather=page.weather and replace(page.weather, fetched_at=at),
        check=page.check and replace(page.check, checked_at=at),
    )


class Progress:
    """How many bytes of the files were read."""

    def __init__(self, advance: Callable[[int], None], size: Callable[[Path], int]) -> None:
        self._advance = advance
        self._size = size
        self._file: Path | None = None
        self._place = 0

    def is_at(self, file: Path, place: int) -> None:
        """Reading stands at this place."""
        if file != self._file:
            self._file, self._place = file, 0
        place = min(place, self._size(file))
        self._advance(place - self._place)
        self._place = place
