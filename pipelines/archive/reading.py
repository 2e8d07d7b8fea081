"""Captures out of WARC (and ARC) files: ours or other people's, plain or gzipped, cut off or damaged."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from errno import ESPIPE
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from dateutil.parser import isoparse
from warcio.recordloader import ArcWarcRecordLoader

from asiatongsin.capture import Headers
from asiatongsin.middlewares.site_clock import date_of
from asiatongsin.plausible import CLOCK_TOLERANCE, FIRST_POSSIBLE
from pipelines.archive.bodies import has_digest, is_whole, payload
from pipelines.archive.gzip_members import MAGIC, Member, UnpackedMember, find_member, members
from pipelines.archive.records import RECORD_START, UNREADABLE, Content, Readable, ReadRecord, Records, sentence
from pipelines.archive.usual_record import UsualRecord, usual_record

LARGEST_PAGE = 8 * 1024 * 1024
"""Bytes of the largest body that is read; the crawl takes no larger page either (DOWNLOAD_MAXSIZE)."""

_HEADERS = 1024 * 1024
_loader = ArcWarcRecordLoader(verify_http=False)

_HTTP = ("http://", "https://")
_WITH_PAGE = {"response", "revisit"}
_WITHOUT_ANSWER = {"resource", "conversion"}
ReportDamage = Callable[[Path, int, str], None]
"""Is called for each place that cannot be read, with file, byte and what is wrong."""


@dataclass(frozen=True, kw_only=True)
class Capture:
    """A response or a revisit record."""

    path: Path
    """File it is in."""

    offset: int
    """Byte at which its record begins; in a file that is gzipped as a whole, the file's first."""

    length: int
    """Bytes of the record in the file."""

    is_revisit: bool
    """The body is in another record."""

    url: str
    """WARC-Target-URI."""

    fetched_at: datetime
    """When the page was fetched, aware, UTC: WARC-Date or, where that cannot be true, the `Date` of the answer."""

    status: int
    """HTTP status."""

    headers: Headers
    """Headers of the answer, read as UTF-8 or, where that cannot be, as Latin-1."""

    fields: Headers
    """Headers of the record."""

    body: bytes
    """Body, transfer and content encodings undone."""

    unread: str = ""
    """Why the page in the record is not read, which then has neither status, headers nor body; empty where it is."""

    def field(self, name: str) -> str | None:
        """A header of the record."""
        return _value(self.fields, name)

    @property
    def recorded_at(self) -> datetime:
        """WARC-Date as it stands in the record, aware, UTC."""
        return _moment(self.field("WARC-Date") or "")

    def header(self, name: str) -> str | None:
        """A header of the answer."""
        return _value(self.headers, name)


def captures(
    path: Path,
    report: ReportDamage,
    start: int = 0,
    largest: int = LARGEST_PAGE,
    end: int = sys.maxsize,
    *,
    lies_at: Path | None = None,
) -> Generator[Capture, None, int | None]:
    """All captures of a file, in order, from the record at `start` on. What cannot be read is reported and passed over.

    OSError where the file cannot be opened or read. A file that was cut off ends there; one that is no
    archive has no capture. Pages of more than `largest` bytes, and records without the answer of a server, are
    captures that say so in `unread`. Records of a gzipped file that begin at `end` or behind it are left out. Returns
    where the first of these begins; None where the file was read to its end. `lies_at` is where the bytes of the file
    are, where they are not at its path.
    """
    with _opened(lies_at or path) as file:
        return (yield from _captures(file, path, report, start, largest, end))


def _captures(
    file: IO[bytes], path: Path, report: ReportDamage, start: int, largest: int, end: int
) -> Generator[Capture, None, int | None]:
    read = partial(_read, largest=largest)
    beginning = file.read(len(MAGIC))
    file.seek(start)
    if not beginning:
        report(path, 0, "the file is empty")
    elif _is_gzipped(path, beginning):
        for member in members(file, start):
            if member.offset >= end:
                return member.offset
            for found in _unpacked(file, member, partial(report, path), read):
                yield Capture(path=path, offset=member.offset, length=member.length, **found)
    else:
        for offset, length, found in Records(read, partial(report, path)).of_file(file):
            yield Capture(path=path, offset=offset, length=length, **found)
    return None


def first_record(path: Path, start: int, end: int) -> int | None:
    """Where a record seems to begin in these bytes of a gzipped file. OSError.

    A page may hold bytes that look like one: who reads up to there knows better.
    """
    with _opened(path) as file:
        return find_member(file, RECORD_START, start, end)


def can_be_divided(path: Path) -> bool:
    """Whether a record can be found from the middle of the file: it is gzipped. OSError."""
    with _opened(path) as file:
        return _is_gzipped(path, file.read(len(MAGIC)))


def _opened(path: Path) -> IO[bytes]:
    if path.is_fifo():  # where nobody writes, opening it would wait for ever
        raise OSError(ESPIPE, "a pipe is no archive", str(path))
    return path.open("rb")


def _is_gzipped(path: Path, beginning: bytes) -> bool:
    return beginning == MAGIC or (path.suffix == ".gz" and beginning != RECORD_START[:3])


def capture_in(record: bytes, path: Path, offset: int) -> Capture | None:
    """The capture in bytes that stand at this place of a file; None where they hold none, or end within it."""
    try:
        found = next(_captures(BytesIO(record), path, _give_up, 0, LARGEST_PAGE, sys.maxsize), None)
    except OSError:
        return None
    return replace(found, offset=offset) if found and found.offset == 0 and not found.unread else None


def capture_at(path: Path, offset: int, *, lies_at: Path | None = None) -> Capture | None:
    """The capture that begins at a byte of a file; None where there is none any more. `lies_at` as in `captures`."""
    try:
        found = next(captures(path, _give_up, offset, lies_at=lies_at), None)
    except OSError:
        return None
    return found if found and found.offset == offset and not found.unread else None


def _give_up(path: Path, offset: int, trouble: str) -> None:
    """Ends the search: a capture behind the damage is another one."""
    raise OSError(f"{path}, byte {offset}: {trouble}")


def _unpacked(
    file: IO[bytes], member: Member, report: Callable[[int, str], None], read: ReadRecord
) -> Iterator[Content]:
    """The records of a member. Where it cannot be unpacked to its end, only that is reported, not its records."""
    usual = usual_record(member.plain) if member.plain and not member.trouble else None
    if usual:
        yield from _of_usual(usual, partial(report, member.offset), read)
        return
    plain: Readable | None = BytesIO(member.plain) if member.plain is not None else None
    if member.is_large:
        plain = UnpackedMember(file, member.offset)
    elif member.trouble and member.offset:
        plain = None  # a crawl was killed as it wrote this record; at byte 0 the whole file may be one member
    report_record = _report_nothing if member.trouble else lambda _, trouble: report(member.offset, trouble)
    for *_, found in Records(read, report_record).of_stream(plain) if plain else ():
        yield found
    if member.trouble:
        report(member.offset, member.trouble)


def _of_usual(record: UsualRecord, report: Callable[[str], None], read: ReadRecord) -> Iterator[Content]:
    try:
        found = read(record)
    except UNREADABLE as error:
        report(sentence(error))
    else:
        yield from [found] if found else []


def _report_nothing(*_: object) -> None:
    pass


def _read(record: Any, largest: int) -> Content | None:
    """The fields of a Capture; None for records that hold no page. ValueError where the record is damaged."""
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if not url.startswith(_HTTP) or record.rec_type not in _WITH_PAGE | _WITHOUT_ANSWER:
        return None
    too_large = f"the page has more than {largest} bytes (DOWNLOAD_MAXSIZE)"
    if record.rec_type in _WITHOUT_ANSWER:
        return _unread(record, url, f"the page is in a {record.rec_type} record, without the answer of a server")
    if record.length > largest + _HEADERS:
        return _unread(record, url, too_large)
    headers = _loader.load_http_headers(record.rec_type, url, record.raw_stream, record.length)
    if headers is None:
        return None
    raw = record.raw_stream.read(largest + 1)
    body = payload(headers, raw, largest) if len(raw) <= largest else None
    if body is None:
        return _unread(record, url, too_large)
    if record.rec_type == "response":
        _check(record.rec_headers, headers, raw, body)
    answered = {"status": int(headers.get_statuscode()), "headers": tuple(headers.headers), "body": body}
    return _fields(record, url, headers.get_header("Date") or "") | answered


def _unread(record: Any, url: str, why: str) -> Content:
    return _fields(record, url, "") | {"status": 0, "headers": (), "body": b"", "unread": why}


def _fields(record: Any, url: str, answered_at: str) -> Content:
    """What a record says beside the answer in it."""
    return {
        "is_revisit": record.rec_type == "revisit",
        "url": url,
        "fetched_at": _date(record.rec_headers.get_header("WARC-Date"), answered_at),
        "fields": tuple(record.rec_headers.headers),
    }


def _check(fields: Any, headers: Any, raw: bytes, body: bytes) -> None:
    """ValueError where the body is not as its record says."""
    if cut := fields.get_header("WARC-Truncated"):
        raise ValueError(f"the page was cut off when it was archived: {cut}")
    if fields.get_header("WARC-Segment-Number"):
        raise ValueError("the page is in several records, which nobody joins here")
    if not is_whole(headers, raw):
        raise ValueError("the page is shorter than it says")
    digest = fields.get_header("WARC-Payload-Digest") or ""
    if not has_digest(headers, raw, body, digest):
        raise ValueError(f"the body does not have the digest {digest}")


def _date(recorded: str, answered: str) -> datetime:
    """The date of a record or, where the clock that wrote it was wrong, that of the answer in it.

    ValueError where neither can be true: a capture of the year 2099 would be newer than every crawl.
    """
    dates = (_moment(recorded), date_of(answered))
    latest = datetime.now(UTC) + CLOCK_TOLERANCE
    found = next((date for date in dates if date and FIRST_POSSIBLE <= date <= latest), None)
    if found is None:
        raise ValueError(f"its date cannot be true: {recorded}")
    return found


def _moment(text: str) -> datetime:
    """The moment that a record names; WARC 1.1 allows any part of ISO 8601, for example `2025-10`. ValueError."""
    date = isoparse(text)
    return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)


def _value(headers: Headers, name: str) -> str | None:
    lower = name.lower()
    return next((value for one, value in headers if one.lower() == lower), None)
