"""Reads archived pages again, one batch after the other, and writes what is stored otherwise."""

from __future__ import annotations

import hashlib
import sys
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from scrapy.settings import BaseSettings

from asiatongsin.items import Page, PageItems
from pipelines.archive.files import files_of_unfinished_crawls
from pipelines.archive.gzip_members import CUT_OFF
from pipelines.archive.reading import LARGEST_PAGE, Capture, captures
from pipelines.database.session import Session
from pipelines.queries import coverage_history
from pipelines.reparse.bookmark import Bookmark, Place
from pipelines.reparse.captured import PAYLOAD_DIGEST, Known, Unresolved, Wanted, is_ours, page_of, with_body_of
from pipelines.reparse.compare import bases, clocks_ahead, differences
from pipelines.reparse.found_again import FoundAgain
from pipelines.reparse.reading import read_all
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

    data: Path
    """The data folder."""

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
        self._places: deque[Place | None] = deque()
        self._seconds: OrderedDict[tuple[str, int | None, datetime], list[bytes]] = OrderedDict()

    def run(self, settings: BaseSettings) -> Report:
        """Reads all files. After DatabaseUnreachable, DatabaseUnusable or OSError, the next run goes on there."""
        self._largest = settings.getint("DOWNLOAD_MAXSIZE") or sys.maxsize
        if self.writing:
            self.writing.begin()
        unfinished_files = files_of_unfinished_crawls(self.job.files, self.job.data)
        self.report.unfinished = len(unfinished_files)
        self._files = [file for file in self.job.files if file not in unfinished_files]
        self._look_for_missing_fields(settings)
        self._read(self._pages(), settings)
        self._read(self._resolved(), settings)
        if late := self.sites.late():
            self._read(self._pages_of_late_sites(late), settings)
        self.report.strangers = self.sites.strangers
        self.report.bodiless = sum(map(len, self._unresolved.values()))
        if self.found_again:
            self.report.found_again = self.found_again.remove()
        if self.bookmark:
            self.bookmark.remove()
        self.is_done = True
        return self.report

    def _look_for_missing_fields(self, settings: BaseSettings) -> None:
        """Single articles that a user chose say nothing about the others, nor does the rest of an interrupted run."""
        if self.writing is None or self.job.wanted.no:
            return
        if self.bookmark and self.bookmark.read(self._files):
            self.report.not_looked_for = len(self.session.run(coverage_history.missing_fields))
        else:
            self.found_again = FoundAgain(self.session, settings)

    def _read(self, pages: Iterable[Page], settings: BaseSettings) -> None:
        batch: list[PageItems] = []
        for read in read_all(pages, settings, self.job.jobs):
            batch += read
            if len(batch) >= BATCH_PAGES or sum(map(_characters, batch)) >= BATCH_CHARACTERS:
                self._take(batch)
                batch = []
        self._take(batch)

    def _take(self, batch: list[PageItems]) -> None:
        """Compares a batch and writes what differs."""
        places = [self._places.popleft() for _ in batch if self._places]
        known = self.sites.known_of(batch)
        if self.found_again:
            self.found_again.observe(known)
        found = self.session.run(lambda connection: differences(connection, known))
        self.report.add(len(known), found)
        if self.writing is None:
            return
        self.writing.write(difference.items for difference in found)
        if self.bookmark and places and places[-1] and not (self.sites.has_held or self._unresolved):
            self.bookmark.write(places[-1], self._files)

    def _pages(self) -> Iterator[Page]:
        """The pages of all files, from the bookmark on. Pages whose body is in another record are put off."""
        start = self.bookmark.read(self._files) if self.bookmark else None
        for file in self._files[self._files.index(start.file) :] if start else self._files:
            for capture in self._captures(file, start.offset if start and file == start.file else 0):
                try:
                    page = page_of(capture, self.job.wanted, self.job.data, self.known)
                except ValueError as error:
                    self._report_damage(file, capture.offset, str(error))
                    continue
                if isinstance(page, Unresolved):
                    self._unresolved[page.digest].append(page.page)
                elif page is not None:
                    self.known.bases.setdefault(page.site, page.base)
                    self._places.append(Place(file=file, offset=capture.offset))
                    yield page if page.archived else self._with_distinct_time(page)

    def _pages_of_late_sites(self, sites: set[str]) -> Iterator[Page]:
        """The pages of sites that became known late; damage in the files was reported before."""
        for file in self._files:
            with suppress(OSError):
                for capture in captures(file, lambda *_: None, largest=self._largest):
                    with suppress(ValueError):
                        page = page_of(capture, self.job.wanted, self.job.data, self.known)
                        if isinstance(page, Page) and page.site in sites:
                            yield page if page.archived else self._with_distinct_time(page)

    def _resolved(self) -> Iterator[Page]:
        """The pages that were put off, with their bodies, which may be in any of the files."""
        for file in self._files if self._unresolved else ():
            with suppress(OSError):  # it was reported when the file was read first
                for capture in captures(file, lambda *_: None, largest=self._largest):
                    digest = capture.field(PAYLOAD_DIGEST) or ""
                    if not (capture.is_revisit or capture.unread) and digest in self._unresolved:
                        for page in self._unresolved.pop(digest):
                            yield with_body_of(page, capture, self.job.data)

    def _with_distinct_time(self, page: Page) -> Page:
        """The page, later by a microsecond for each other capture of the same second that stands before it.

        Other tools date captures to the second.
        """
        key = (page.site, page.no, page.fetched_at)
        bodies = self._seconds.setdefault(key, [])
        if (body := hashlib.sha256(page.body).digest()) not in bodies:
            bodies.append(body)
        if len(self._seconds) > CAPTURES_REMEMBERED:
            self._seconds.popitem(last=False)
        earlier = bodies.index(body)
        return replace(page, fetched_at=page.fetched_at + timedelta(microseconds=earlier)) if earlier else page

    def _captures(self, file: Path, offset: int) -> Iterator[Capture]:
        read = 0
        try:
            for capture in captures(file, self._report_damage, offset, self._largest):
                yield capture
                self.job.advance(capture.offset + capture.length - read)
                read = capture.offset + capture.length
            self.job.advance(file.stat().st_size - read)
        except OSError as error:
            self._report_damage(file, read, error.strerror or str(error))

    def _report_damage(self, file: Path, offset: int, what: str) -> None:
        self.report.damaged += 1
        self.report.cut_off += what == CUT_OFF and is_ours(file, self.job.data)
        self.job.report(f"{file}, byte {offset}: {what}")


def _characters(items: PageItems) -> int:
    return sum(map(len, items.article.body)) if items.article else 0
