"""Reads WARC files on several cores: each process reads parts of them by itself, and results come in order."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from functools import cached_property
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Self

import msgspec
from scrapy.settings import Settings

from pipelines.archive.fetching import WhileRead
from pipelines.archive.reading import can_be_divided
from pipelines.database.connection import Database
from pipelines.reparse.parts import END, Asked, Chunk, Part
from pipelines.reparse.reading import Reader
from pipelines.reparse.unchanged import Unchanged

PART_BYTES = 1024 * 1024
"""Bytes of a part of a file."""

PARTS_WAITING = 3
"""Parts on their way, for each process."""

_read_apart: _Apart | None = None

# Results of other processes come as JSON: pickling takes twice as long.
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Chunk).decode


class Readers:
    """`jobs` processes that read; this one where that is one.

    Where a part begins, and which address a new site has, is not known before those in front of it are read. A process
    takes what is likely. What was read of a part counts if that was right; else the part is read once more.
    """

    def __init__(self, asked: Asked, jobs: int, bases: dict[str, str], files: WhileRead) -> None:
        self.asked = asked
        self.files = files
        self.jobs = jobs
        self.bases = bases
        """As in `Known`; grows as pages of new sites are read."""
        self._apart: ProcessPoolExecutor | None = None
        self._position = 0

    def __enter__(self) -> Self:
        if self.jobs > 1:
            # Not a fork of this process, which has threads and a connection to the database.
            context = get_context("forkserver" if hasattr(os, "fork") else "spawn")
            context.set_forkserver_preload([__name__])
            self._apart = ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_begin, initargs=(self.asked,))
        return self

    def __exit__(self, *_: object) -> None:
        if self._apart:
            self._apart.shutdown(cancel_futures=True)

    @cached_property
    def here(self) -> Reader:
        """Reads in this process."""
        return Reader(self.asked)

    def read(self, files: Sequence[Path], start: int) -> Iterator[tuple[Path, Chunk]]:
        """What the files hold, in order, the first from a place on. A bounded number of pages is in memory.

        StoreTrouble, OSError where a file cannot be brought here.
        """
        waiting: deque[tuple[Part, Future[bytes] | None]] = deque()
        for part in self._parts(files, start):
            waiting.append((part, self._give_out(part)))
            if len(waiting) > PARTS_WAITING * self.jobs or not self._apart:
                yield from self._settled(*waiting.popleft())
        while waiting:
            yield from self._settled(*waiting.popleft())

    def _parts(self, files: Sequence[Path], start: int) -> Iterator[Part]:
        for file in self.files.each(files):
            size = _size_to_divide(self.asked.where.path_of(file)) if self._apart else 0
            places = [start, *range(start + PART_BYTES, size, PART_BYTES)]
            for place, end in zip(places, [*places[1:], END], strict=True):
                yield Part(file=file, start=place, end=end, is_guessed=place > start, bases=dict(self.bases))
            start = 0

    def _give_out(self, part: Part) -> Future[bytes] | None:
        return self._apart.submit(_read, part) if self._apart else None

    def _settled(self, part: Part, done: Future[bytes] | None) -> Iterator[tuple[Path, Chunk]]:
        """What a part holds, once those before it are read."""
        position = self._position if part.is_guessed else part.start
        while position < part.end:
            rest = replace(part, start=position, is_guessed=False, bases=dict(self.bases))
            for chunk in self._chunks(rest, done):
                for site, base in chunk.bases.items():
                    self.bases.setdefault(site, base)
                yield part.file, chunk
                position = chunk.end
            done = None
        self._position = position
        if part.end == END:
            self.files.done(part.file)

    def _chunks(self, part: Part, done: Future[bytes] | None) -> Iterator[Chunk]:
        """What a part holds, or its beginning. `done` is what a process has read of it, perhaps from a wrong place."""
        chunk = _decode(done.result()) if done else None
        if self._apart and (chunk is None or chunk.start != part.start or not self._has_right_bases(chunk)):
            chunk = _decode(self._apart.submit(_read, part).result())
        return self.here.read(part) if chunk is None or chunk.is_within else iter([chunk])

    def _has_right_bases(self, chunk: Chunk) -> bool:
        return all(self.bases.get(site, base) == base for site, base in chunk.bases.items())


def _size_to_divide(file: Path) -> int:
    try:
        return file.stat().st_size if can_be_divided(file) else 0
    except OSError:
        return 0  # whoever reads it tells of it


class _Apart:
    """What a process reads with."""

    def __init__(self, asked: Asked) -> None:
        self.reader = Reader(asked)
        self.unchanged = Unchanged(Database.from_settings(Settings(asked.settings)), asked.stored_sites)

    def read(self, part: Part) -> Chunk:
        """What a part holds, up to where that is enough."""
        chunks = self.reader.read(part)
        whole = next(chunks)
        while not (whole.is_within or whole.is_enough) and (chunk := next(chunks, None)):
            whole.add(chunk)
        if whole.is_within:  # only who reads on can read what is behind it
            return Chunk(start=whole.start, is_within=True)
        return self.unchanged.left_out(whole)


def _begin(asked: Asked) -> None:
    global _read_apart  # noqa: PLW0603  once per process, before its first part
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process is told, and ends this one
    Thread(target=_end_with_parent, daemon=True).start()
    _read_apart = _Apart(asked)


def _end_with_parent() -> None:
    """Ends this process when its parent is killed: it would wait for parts for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _read(part: Part) -> bytes:
    if _read_apart is None:
        raise RuntimeError("the stages are not there")
    return _encode(_read_apart.read(part))
