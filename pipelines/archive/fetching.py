"""Brings whole WARC files from the archive store to this disk: for good, or only while they are read."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Self

from pipelines.archive.in_use import fetched_folder
from pipelines.archive.packs import Stream, is_same
from pipelines.archive.store import ObjectMissing, Store
from pipelines.archive.whereabouts import Whereabouts, is_here
from pipelines.database.archive_files import Stored
from pipelines.disk import fsync_folder, make_private_folder

Placed = tuple[Path, Stored]


class WhileRead:
    """Files that are read one after the other. Those of the store are on this disk from shortly before until `done`.

    Files that follow each other in an object come in one piece.
    """

    def __init__(self, where: Whereabouts, report: Callable[[Path, int, str], None]) -> None:
        self.folder = fetched_folder(where.data) / str(os.getpid())
        self.where = replace(where, fetched=self.folder)
        self.report = report

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def each(self, files: Sequence[Path]) -> Iterator[Path]:
        """The files, each of them on this disk when it comes. One that the store has lost is reported and left out.

        StoreTrouble, OSError where the disk does not take it.
        """
        for mark, some in groupby(_in_runs(files, self.where), lambda one: one[1]):
            run = [file for file, _ in some]
            yield from self._fetched(self.where.store, run) if mark and self.where.store else run

    def done(self, file: Path) -> None:
        """The file is not read for now: what was fetched of it is removed."""
        if (path := self.where.path_of(file)) != file:
            path.unlink(missing_ok=True)

    def _fetched(self, store: Store, run: Sequence[Path]) -> list[Path]:
        placed = [(file, place) for file in run if (place := self.where.in_store(file))]
        try:
            for (file, _), trouble in zip(placed, fetched(store, placed, self.where.path_of), strict=True):
                if trouble:
                    self.report(file, 0, trouble)
        except ObjectMissing as error:
            for file in run:
                if not self.where.path_of(file).exists():
                    self.report(file, 0, str(error))
        return [file for file in run if self.where.path_of(file).exists()]


def fetched(store: Store, placed: Sequence[Placed], path_of: Callable[[Path], Path]) -> Iterator[str]:
    """Brings files that follow each other in an object to the disk.

    Says of each what is wrong with it, empty where nothing is. StoreTrouble, OSError.
    """
    first, last = placed[0][1], placed[-1][1]
    stream = Stream(store.read(first.object, first.offset, last.offset + last.bytes - first.offset))
    for file, place in placed:
        path = path_of(file)
        make_private_folder(path.parent)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            with unfinished.open("wb") as opened:
                is_whole = is_same(_copied(stream.take(place.bytes), opened.write), place)
                opened.flush()
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        yield "" if is_whole else f"it is damaged in {place.object} of the archive store {store.address}"


def bring_back(store: Store, data: Path, file: str, place: Stored, *, at: float) -> None:
    """Brings a file back to its own place on this disk, where a push leaves it. ObjectMissing, StoreTrouble, OSError.

    `at`, when it was stored, is before the time that the file bears from now on.
    """
    path = data / file
    beside = path.with_name(f"{path.name}.fetched")
    try:
        for trouble in fetched(store, [(path, place)], lambda _: beside):
            if trouble:
                raise ObjectMissing(f"{file}: {trouble}")
        later = max(time.time(), at + 1)
        os.utime(beside, (later, later))
        beside.chmod(0o640)
        with beside.open("rb") as opened:
            os.fsync(opened.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    fsync_folder(path.parent)


def _copied(pieces: Iterator[memoryview], write: Callable[[memoryview], object]) -> Iterator[memoryview]:
    for piece in pieces:
        write(piece)
        yield piece


def _in_runs(files: Iterable[Path], where: Whereabouts) -> Iterator[tuple[Path, str]]:
    """Each file with a mark that it shares with those before it that lie directly before it in the same object.

    The mark of a file that is on this disk is empty.
    """
    mark, end = "", ("", 0)
    for number, file in enumerate(files):
        place = None if is_here(file) else where.in_store(file)
        if place is None:
            mark, end = "", ("", 0)
        else:
            mark = mark if mark and end == (place.object, place.offset) else f"{place.object} {number}"
            end = (place.object, place.offset + place.bytes)
        yield file, mark
