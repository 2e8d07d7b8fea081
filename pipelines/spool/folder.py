"""The spool: append-only files on local disk. A page is here before any database is asked.

One folder per crawl below `spool/`: `owner` (locked by the living process), `crawl.json` (the crawl's record, with the
database to which its pages belong), `000001.jsonl` … (segments of pages, one JSON line each, fsynced and closed) and
`000007.open` (being written).
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import time
from typing import Any, Self

import msgspec

from asiatongsin.items import PageItems
from pipelines.crawl_record import CrawlRecord
from pipelines.disk import OWNER_AND_GROUP, fsync_folder, make_private_folder, write_whole
from pipelines.spool.belonging import DatabaseIdentity
from pipelines.spool.segment_writer import CLOSED, OPEN, SegmentWriter

logger = logging.getLogger(__name__)

DAMAGED = (msgspec.MsgspecError, UnicodeDecodeError)
"""Errors of reading a file of the spool of which the disk has lost a part."""

UNFINISHED_AFTER = 3600.0
"""Seconds after which an unfinished folder is abandoned: finishing one takes milliseconds."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(PageItems).decode
_decode_record = msgspec.json.Decoder(CrawlRecord).decode


class _Note(msgspec.Struct):
    """What stands in `crawl.json` beside the record."""

    database: DatabaseIdentity | None = None


_decode_note = msgspec.json.Decoder(_Note).decode


class Spool:
    """The folder of one crawl."""

    def __init__(self, folder: Path, owner: int, *, segment_pages: int = 50, segment_seconds: float = 5.0) -> None:
        self.folder = folder
        self.segment_seconds = segment_seconds
        self.writer = SegmentWriter(folder, pages_max=segment_pages)
        self._owner = owner

    @classmethod
    def create(
        cls, spools: Path, record: CrawlRecord, database: DatabaseIdentity | None = None, **settings: float
    ) -> Self:
        """A new folder for the crawl, owned by this process until it ends. OSError where it cannot be written.

        Its pages belong to this database; where none is named, to the first one that they are stored in.
        """
        # Under a name that nobody looks for until it is locked and holds the record.
        unfinished = make_private_folder(spools) / f".{record.id}"
        unfinished.mkdir(OWNER_AND_GROUP)
        owner = _own(unfinished)
        if owner is None:
            raise OSError(f"{unfinished} belongs to another process")
        try:
            cls(unfinished, owner).write_record(record, database)
            unfinished.rename(spools / record.id)
        except OSError:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        fsync_folder(spools)
        return cls(spools / record.id, owner, **settings)  # type: ignore[arg-type]

    @classmethod
    def abandoned(cls, spools: Path) -> Iterator[Self]:
        """The folders whose process is gone, oldest first; each is owned while it is looked at."""
        _sweep(spools)
        for folder in sorted(spools.glob("[!.]*")):
            owner = _own(folder) if folder.is_dir() else None
            if owner is None:
                continue
            spool = cls(folder, owner)
            try:
                spool.adopt()
                yield spool
            finally:
                spool.release()

    def append(self, items: PageItems) -> None:
        """Hands one page, whole, to the operating system: it is safe there when the process is killed."""
        self.writer.append(encode(items) + b"\n")

    def segments(self) -> list[Path]:
        """Closed segments in the order they were written."""
        return sorted(self.folder.glob(f"*{CLOSED}"))

    def waiting(self) -> int:
        """How many pages are spooled and not stored; a file or folder that cannot be read holds one at least."""
        try:
            return sum(_count_lines(path) for path in [*self.segments(), *self.folder.glob(f"*{OPEN}")])
        except OSError:
            return 1

    @property
    def is_owned(self) -> bool:
        """Whether a living process owns the folder. OSError where it may not be read."""
        try:
            descriptor = os.open(self.folder / "owner", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:  # removed in this moment, or nobody ever had it
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    @property
    def record(self) -> CrawlRecord:
        """The crawl's record as it was written last. OSError or one of DAMAGED where it cannot be read."""
        return _decode_record((self.folder / "crawl.json").read_bytes())

    def write_record(self, record: CrawlRecord, database: DatabaseIdentity | None = None) -> None:
        """Replaces the record in one step. The database that is noted with it stays, unless another one is named."""
        noted = {"database": database or self.database}
        write_whole(self.folder / "crawl.json", encode(msgspec.to_builtins(record) | noted))

    @property
    def database(self) -> DatabaseIdentity | None:
        """The database to which the pages belong; None where that is not noted, or cannot be read."""
        with suppress(OSError, *DAMAGED):
            return _decode_note((self.folder / "crawl.json").read_bytes()).database
        return None

    def note_database(self, here: DatabaseIdentity) -> None:
        """Notes that the pages belong to this database."""
        if self.database != here:
            with suppress(OSError, *DAMAGED):  # on a full disk, pages are stored all the same
                self.write_record(self.record, here)

    def adopt(self) -> None:
        """Closes the segment that a dead process left open; its last line may be cut off (`read_segment`)."""
        for path in self.folder.glob(f"*{OPEN}"):
            path.rename(path.with_suffix(CLOSED))

    def remove(self) -> None:
        """Forgets the folder: everything in it is stored."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def release(self) -> None:
        """Gives up the folder: another process may take it as abandoned."""
        with suppress(OSError):
            self.writer.close()
        with suppress(OSError):
            os.close(self._owner)


def _sweep(spools: Path) -> None:
    """Removes folders of processes that died before they had put a record into them."""
    for folder in spools.glob(".*"):
        with suppress(FileNotFoundError):  # finished in this moment
            if time() - folder.stat().st_mtime > UNFINISHED_AFTER and (owner := _own(folder)) is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(owner)


def encode(value: PageItems | dict[str, Any]) -> bytes:
    """A page or a record as one line of JSON. Halves of surrogate pairs, which no file can hold, become U+FFFD."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return _encode(_without_surrogates(msgspec.to_builtins(value)))


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(one) for name, one in value.items()}
    return [_without_surrogates(one) for one in value] if isinstance(value, list | tuple) else value


def read_segment(path: Path) -> tuple[list[PageItems], list[bytes]]:
    """The pages of a segment, and the lines that hold none. A last line that was cut off is neither."""
    pages, broken = [], []
    lines = path.read_bytes().split(b"\n")
    for line in lines[:-1]:
        try:
            pages.append(_decode(line))
        except DAMAGED:
            broken.append(line)
    if lines[-1]:
        logger.warning("The last page of %s was cut off while it was written; the next crawl fetches it", path)
    return pages, broken


def _own(folder: Path) -> int | None:
    """Locks the folder for this process; None where a living process has it. The kernel unlocks it at our end."""
    try:
        descriptor = os.open(folder / "owner", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except FileNotFoundError:  # removed by its owner in this moment
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    if not folder.is_dir():
        os.close(descriptor)
        return None
    return descriptor


def _count_lines(path: Path) -> int:
    try:
        return path.read_bytes().count(b"\n")
    except FileNotFoundError:  # stored in this moment
        return 0
    except OSError:
        return 1
