"""The records of a WARC (or ARC) file: where each begins and ends, also where a record is damaged."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, Protocol

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from pipelines.archive.gzip_members import CUT_OFF, find_next

RECORD_START = b"WARC/"
"""The bytes with which each record begins, behind an empty line."""

_BLOCK = 64 * 1024
# A header that is cut off in its middle makes warcio read on with parts that are None.
UNREADABLE = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    EOFError,
    ValueError,
    OverflowError,
    TypeError,
    AttributeError,
    zlib.error,
)
"""What warcio raises where a record is damaged."""


Content = dict[str, Any]
ReadRecord = Callable[[Any], Content | None]
"""Reads a record of warcio, whose block is unread; None for a record that is not wanted."""


class Readable(Protocol):
    """What records are read from."""

    def read(self, size: int = ..., /) -> bytes:
        """At most so many bytes; none at the end."""

    def tell(self) -> int:
        """Bytes read so far."""


class Records:
    """What `read` makes of each whole record, with its place and length. `report` is called for each damaged one.

    The body of a page may hold lines that look like a record. So the next record is where the length of this one says.
    It is searched for only where no record is there, and never in compressed data.
    """

    def __init__(self, read: ReadRecord, report: Callable[[int, str], None]) -> None:
        self.read = read
        self.report = report
        self._begin = self._resume = 0

    def of_file(self, file: IO[bytes]) -> Iterator[tuple[int, int, Content]]:
        """The records of a file from its current place on. OSError where it cannot be read."""
        start: int | None = file.tell()
        while start is not None:
            file.seek(start)
            yield from self.of_stream(file)
            before = None if self._resume < 0 else find_next(file, b"\n" + RECORD_START, self._resume)
            start = None if before is None else before + 1

    def of_stream(self, file: Readable) -> Iterator[tuple[int, int, Content]]:
        """The records of a file that is read forward only, up to the place where no record follows."""
        walk = ArchiveIterator(file, no_record_parse=True, arc2warc=True, check_digests=True)
        try:
            yield from self._walk(walk)
            self._resume = -1
        except EOFError as error:
            self._resume = -1
            self.report(self._begin, str(error) or CUT_OFF)
        except UNREADABLE as error:
            self.report(self._begin, sentence(error))

    def _walk(self, walk: Any) -> Iterator[tuple[int, int, Content]]:
        self._begin = self._resume = walk.offset
        for record in walk:
            found = self._content(walk, record)
            if found is not None:
                yield walk.get_record_offset(), walk.get_record_length(), found
            if walk.err_count:
                self._begin = self._resume
                raise ValueError("no record begins here")
            self._begin = self._resume = walk.offset
            if walk.next_line and walk.next_line.startswith(RECORD_START):
                walk.known_format = "warc"  # warcio takes five words of a damaged file for an ARC record
        if walk.offset < walk.fh.tell():  # the file ends in the first bytes of a record; warcio takes that for its end
            raise EOFError(CUT_OFF)

    def _content(self, walk: Any, record: Any) -> Content | None:
        """What is read of a record. The walk then stands at the next one; ValueError where the length is wrong."""
        length = record.rec_headers.get_header("Content-Length") or ""
        if not (length.isascii() and length.isdecimal()):  # warcio takes five words for the beginning of an ARC record
            raise ValueError(f"no record: its length is {length!r}")
        record.raw_stream.payload_digester = None  # it takes the headers of the answer for part of the body
        found, trouble = None, ""
        try:
            found = self.read(record)
        except UNREADABLE as error:
            trouble = sentence(error)
        trouble = _read_to_end(record) or trouble
        end = walk.fh.tell() - walk.reader.rem_length()
        walk.read_to_end()
        if walk.err_count and not _is_verified(record):
            raise ValueError("the record does not end where it should")
        self._resume = end
        if trouble:
            self.report(self._begin, trouble)
        return None if trouble else found


def _read_to_end(record: Any) -> str:
    """Reads a record to its end. Returns what is wrong where its digest is not that of its bytes, else nothing."""
    try:
        while record.raw_stream.read(_BLOCK):
            pass
    except ValueError as error:  # the digest cannot be read
        return sentence(error)
    if record.raw_stream.limit:
        raise EOFError("the record is cut off")
    return "" if not _has_wrong_digest(record) else "the record does not have the digest that it names"


def _has_wrong_digest(record: Any) -> bool:
    return any(problem.startswith("block digest") for problem in record.digest_checker.problems)


def _is_verified(record: Any) -> bool:
    """Whether the digest of a record proves that its length is right."""
    known = record.rec_type != "revisit" and record.rec_headers.get_header("WARC-Block-Digest")
    return bool(known) and not any("block digest" in problem for problem in record.digest_checker.problems)


def sentence(error: BaseException) -> str:
    """An error of warcio in one line."""
    return " ".join(str(error).split())[:200]
