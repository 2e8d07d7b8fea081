"""Captures out of WARC (and ARC) files, ours or somebody else's, plain or gzipped, torn or damaged."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from asiatongsin.capture import Headers
from pipelines.gzip_members import MAGIC, Member, members

LARGEST_PAGE = 64 * 1024 * 1024
"""Bytes of a body, decoded; what is larger is no page of a news site."""

_REST = 16 * 1024
_HTTP = ("http://", "https://")
_DECODED = {"", "identity", "gzip", "x-gzip", "deflate"}
# A header that is cut off in its middle makes warcio read on with parts that are None.
_UNREADABLE = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    EOFError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
)

Damage = Callable[[Path, int, str], None]
"""Told of each place that cannot be read: file, byte, and what is wrong."""


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
    """WARC-Date, aware, UTC."""

    status: int
    """HTTP status."""

    headers: Headers
    """Headers of the answer."""

    fields: Headers
    """Headers of the record."""

    body: bytes
    """Body, transfer and content encodings undone."""

    def field(self, name: str) -> str | None:
        """A header of the record."""
        return _value(self.fields, name)

    def header(self, name: str) -> str | None:
        """A header of the answer."""
        return _value(self.headers, name)


def captures(path: Path, told: Damage, start: int = 0) -> Iterator[Capture]:
    """All captures of a file from a record on, in their order; what is damaged is told and passed over.

    OSError where the file cannot be opened. A torn file ends at the tear.
    """
    with path.open("rb") as file:
        is_gzipped = file.read(len(MAGIC)) == MAGIC
        file.seek(start)
        if not is_gzipped:
            yield from _captures(path, file, told)
            return
        for member in members(file, start):
            if member.trouble:
                told(path, member.offset, member.trouble)
            elif member.plain is not None:
                yield from _captures(path, BytesIO(member.plain), told, member)
            elif member.offset == 0:  # the whole file was gzipped as one
                with gzip.open(path) as plain:
                    yield from _captures(path, plain, told, member)
                return


def capture_at(path: Path, offset: int) -> Capture | None:
    """The capture that begins at a byte of a file; None where there is none any more."""
    try:
        return next(captures(path, lambda *_: None, offset), None)
    except OSError:
        return None


def _captures(
    path: Path, stream: IO[bytes] | gzip.GzipFile, told: Damage, member: Member | None = None
) -> Iterator[Capture]:
    records = ArchiveIterator(stream, arc2warc=True, check_digests=True)
    while True:
        try:
            record = next(records, None)
            if record is None:
                return
            found = _read(record)
            place = (member.offset, member.length) if member else _place(records)
        except _UNREADABLE as error:
            told(path, member.offset if member else records.offset, " ".join(str(error).split())[:200])
            return
        if found:
            yield Capture(path=path, offset=place[0], length=place[1], **found)


def _place(records: Any) -> tuple[int, int]:
    return records.get_record_offset(), records.get_record_length()


def _read(record: Any) -> dict[str, Any] | None:
    """What a Capture needs; None for other records and for what cannot be a page. ValueError where it is damaged."""
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if record.rec_type not in {"response", "revisit"} or not url.startswith(_HTTP) or record.http_headers is None:
        return None
    body = _body(record)
    if body is None:
        return None
    _check(record)
    return {
        "is_revisit": record.rec_type == "revisit",
        "url": url,
        "fetched_at": _date(record.rec_headers.get_header("WARC-Date")),
        "status": int(record.http_headers.get_statuscode()),
        "headers": tuple(record.http_headers.headers),
        "fields": tuple(record.rec_headers.headers),
        "body": body,
    }


def _body(record: Any) -> bytes | None:
    """The body, decoded; None where it is too large for a page, or in an encoding that nobody undoes here."""
    encoding = (record.http_headers.get_header("Content-Encoding") or "").strip().lower()
    if encoding not in _DECODED or (record.length or 0) > LARGEST_PAGE:
        return None
    if encoding == "x-gzip":
        record.http_headers.replace_header("Content-Encoding", "gzip")
    stream, body = record.content_stream(), b""
    while part := stream.read(LARGEST_PAGE):
        body += part
        if len(body) > LARGEST_PAGE:
            return None
    return body


def _check(record: Any) -> None:
    """ValueError where the record is not whole."""
    while record.raw_stream.read(_REST):  # what stands behind the end of a body that was packed
        pass
    if record.raw_stream.limit:
        raise ValueError("the record is cut off")
    if any(problem.startswith("block digest") for problem in record.digest_checker.problems):
        raise ValueError("the record does not have the digest that it names")


def _date(text: str) -> datetime:
    date = datetime.fromisoformat(text)
    return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)


def _value(headers: Headers, name: str) -> str | None:
    lower = name.lower()
    return next((value for one, value in headers if one.lower() == lower), None)
