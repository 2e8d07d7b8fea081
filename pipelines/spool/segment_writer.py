"""Writes the segments of a spool. Who appends waits for no disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic

from pipelines.disk import SYNC_AFTER, append_whole, fsync_folder

CLOSED, OPEN = ".jsonl", ".open"
"""Suffixes of segments that are on the disk itself, and of those that are being written."""


@dataclass(slots=True)
class _Segment:
    """A file that is being written."""

    path: Path
    file: int
    opened_at: float
    pages: int = 0
    is_synced: bool = True
    """Whether all of it is on the disk itself."""


class SegmentWriter:
    """Appends lines, and brings them to the disk itself; both may happen in different threads.

    While a segment is brought to the disk, what is appended goes into the next one: a page that came meanwhile refers
    to an archived record that may not be on the disk yet.
    """

    def __init__(self, folder: Path, *, pages_max: int) -> None:
        self.folder = folder
        self.pages_max = pages_max
        self.sync_first: Callable[[], None] = lambda: None
        """Is called before pages are brought to the disk: brings the archived records there that they refer to."""
        self.start: Callable[[Callable[[], None]], Future[None] | None] = lambda work: work()
        """Does what brings pages to the disk: at once, or in a thread, of which it returns the future."""
        self._open: _Segment | None = None
        self._taken: list[_Segment] = []  # on their way to the disk, or left by an attempt that failed
        self._number = 0
        self._synced_at = 0.0
        self._working: Future[None] | None = None
        self._appending, self._bringing = Lock(), Lock()

    def append(self, line: bytes) -> None:
        """Hands a line, whole, to the operating system. OSError where that fails, or bringing earlier ones failed."""
        if self._working and self._working.done():
            self._working.result()
        with self._appending:
            segment = self._open = self._open or self._begin()
            append_whole(segment.file, line)
            segment.pages += 1
            segment.is_synced = False
        if segment.pages >= self.pages_max:
            self._start(self.close)
        elif monotonic() - self._synced_at > SYNC_AFTER:
            self._start(self.sync)

    def sync(self) -> None:
        """Brings what was appended to the disk itself, for the day the power fails."""
        with self._bringing:
            self._take()
            self._bring()
            with self._appending:
                if self._open is None and self._taken:  # nothing came meanwhile
                    self._open = self._taken.pop()
            self._close_taken()

    def close(self, *, older_than: float = 0.0, is_synced: bool = True) -> None:
        """Closes the open segment, if it was opened so many seconds ago; with `is_synced`, on the disk itself."""
        with self._bringing:
            self._take(older_than)
            if is_synced:
                self._bring()
            self._close_taken()

    def _start(self, work: Callable[[], None]) -> None:
        if self._working is None or self._working.done():
            self._working = self.start(work)

    def _begin(self) -> _Segment:
        self._number += 1
        path = self.folder / f"{self._number:06d}{OPEN}"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL | os.O_CLOEXEC, 0o640)
        return _Segment(path, file, monotonic())

    def _take(self, older_than: float = 0.0) -> None:
        with self._appending:
            if self._open and monotonic() - self._open.opened_at >= older_than:
                self._taken.append(self._open)
                self._open = None

    def _bring(self) -> None:
        if any(not segment.is_synced for segment in self._taken):
            self.sync_first()
        for segment in self._taken:
            if not segment.is_synced:
                os.fsync(segment.file)
                segment.is_synced = True
        self._synced_at = monotonic()

    def _close_taken(self) -> None:
        is_any = bool(self._taken)
        while self._taken:
            segment = self._taken.pop(0)
            os.close(segment.file)
            segment.path.rename(segment.path.with_suffix(CLOSED))
        if is_any:
            fsync_folder(self.folder)
