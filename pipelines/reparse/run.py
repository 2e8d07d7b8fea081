"""Reads archived pages again, one batch after the other, and writes what is stored otherwise."""

from __future__ import annotations

import sys
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path

from psycopg import Connection
from scrapy.settings import BaseSettings

from asiatongsin.items import Page, PageItems
from pipelines.database import CANNOT_USE_NOW, DatabaseUnreachable
from pipelines.reparse.bookmark import Bookmark, Place
from pipelines.reparse.captured import PAYLOAD_DIGEST, Unresolved, Wanted, page_of, with_body_of
from pipelines.reparse.compare import bases, differences
from pipelines.reparse.reading import read_all
from pipelines.reparse.report import Report
from pipelines.reparse.writing import Writing
from pipelines.warc_reading import LARGEST_PAGE, Capture, captures

BATCH = 200
"""Pages that are compared and written at once."""

BATCH_CHARACTERS = 2_000_000
"""Characters of articles after which a batch takes no more pages."""

HELD = 1000
"""So many pages of a site wait until one of its articles was read."""


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

    told: Callable[[str], None]
    """Is told of each place that cannot be read."""

    advance: Callable[[int], None]
    """Is told how many bytes of the files were read."""


class Reparse:
    """One run; without `writing` it only compares."""

    def __init__(self, job: Job, connection: Connection, writing: Writing | None, bookmark: Bookmark | None) -> None:
        self.job = job
        self.connection = connection
        self.writing = writing
        self.bookmark = bookmark
        self.report = Report()
        self.bases = bases(connection)
        self._largest = LARGEST_PAGE
        self._sites = set(self.bases)
        self._held: dict[str, list[PageItems]] = defaultdict(list)
        self._unresolved: dict[str, list[Page]] = defaultdict(list)
        self._places: deque[Place | None] = deque()

    def run(self, settings: BaseSettings) -> Report:
        """Reads all of it. DatabaseUnreachable, DatabaseUnusable, OSError: run again to go on."""
        self._largest = settings.getint("DOWNLOAD_MAXSIZE") or sys.maxsize
        if self.writing:
            self.writing.begin()
        for pages in (self._pages(), self._resolved()):
            batch: list[PageItems] = []
            for read in read_all(pages, settings, self.job.jobs):
                batch += read
                if len(batch) >= BATCH or sum(map(_characters, batch)) >= BATCH_CHARACTERS:
                    self._take(batch)
                    batch = []
            self._take(batch)
        self.report.strangers += sum(map(len, self._held.values()))
        if self.bookmark:
            self.bookmark.remove()
        return self.report

    def _take(self, batch: list[PageItems]) -> None:
        """Compares a batch and writes what differs."""
        places = [self._places.popleft() for _ in batch if self._places]
        known = self._of_known_sites(batch)
        try:
            found = differences(self.connection, known)
        except CANNOT_USE_NOW as error:
            raise DatabaseUnreachable(" ".join(str(error).split())) from None
        self.report.add(len(known), found)
        if self.writing is None:
            return
        self.writing.write(difference.items for difference in found)
        if self.bookmark and places and places[-1] and not (self._held or self._unresolved):
            self.bookmark.write(places[-1])

    def _pages(self) -> Iterator[Page]:
        """The pages of all files; those whose body is elsewhere are put off."""
        start = self.bookmark.read() if self.bookmark else None
        files = [str(file) for file in self.job.files]
        if start and start.file not in files:
            start = None
        for file in dropwhile(lambda path: start is not None and str(path) != start.file, self.job.files):
            offset = start.offset if start and str(file) == start.file else 0
            for capture in self._captures(file, offset):
                try:
                    page = page_of(capture, self.job.wanted, self.job.data, self.bases)
                except ValueError as error:
                    self._tell(file, capture.offset, str(error))
                    continue
                if isinstance(page, Unresolved):
                    self._unresolved[page.digest].append(page.page)
                elif page is not None:
                    self.bases.setdefault(page.site, page.base)
                    self._places.append(Place(file=str(file), offset=capture.offset))
                    yield page

    def _resolved(self) -> Iterator[Page]:
        """The pages that were put off, now with their bodies, which may be in any of the files."""
        for file in self.job.files if self._unresolved else ():
            with suppress(OSError):  # it was told when the file was read first
                for capture in captures(file, lambda *_: None, largest=self._largest):
                    digest = capture.field(PAYLOAD_DIGEST) or ""
                    if not capture.is_revisit and digest in self._unresolved:
                        for page in self._unresolved.pop(digest):
                            yield with_body_of(page, capture, self.job.data)

    def _captures(self, file: Path, offset: int) -> Iterator[Capture]:
        read = 0
        try:
            for capture in captures(file, self._tell, offset, self._largest):
                yield capture
                self.job.advance(capture.offset + capture.length - read)
                read = capture.offset + capture.length
            self.job.advance(file.stat().st_size - read)
        except OSError as error:
            self._tell(file, read, error.strerror or str(error))

    def _tell(self, file: Path, offset: int, what: str) -> None:
        self.report.damaged += 1
        self.job.told(f"{file}, byte {offset}: {what}")

    def _of_known_sites(self, batch: list[PageItems]) -> list[PageItems]:
        """Without pages of other software that has addresses like those of the CMS.

        What is no article says nothing of its site; it waits until one of that site was read.
        """
        known: list[PageItems] = []
        for items in batch:
            if items.article:
                self._sites.add(items.site)
                known += self._held.pop(items.site, [])
            if items.article or items.archived or items.site in self._sites:
                known.append(items)
            elif len(self._held[items.site]) < HELD:
                self._held[items.site].append(items)
            else:
                self.report.strangers += 1
        return known


def _characters(items: PageItems) -> int:
    return sum(map(len, items.article.body)) if items.article else 0
