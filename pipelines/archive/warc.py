"""Captures as WARC 1.1 records (ISO 28500-1:2017), written through warcio, one gzip member each."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from http.client import responses
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from isal import isal_zlib
from warcio.recordbuilder import RecordBuilder
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from asiatongsin.capture import Exchange, Headers

VERSION = "WARC/1.1"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
SAME_PAYLOAD = RecordBuilder.REVISIT_PROFILE_1_1

REQUESTED_URL = "Asiatongsin-Asked"
PARTS = "Asiatongsin-Parts"
"""Header of ours: the address the crawl requested, where redirects led to another one."""

LISTED_AT = "Asiatongsin-Listed-At"
"""Header of ours: the publication time that a list page printed for the article, ISO 8601."""

LISTED = "Asiatongsin-Listed"
"""Header of ours: a list led to the article; else it was tried by its number."""

REFERS_TO_FILE, REFERS_TO_OFFSET = "Asiatongsin-Refers-To-File", "Asiatongsin-Refers-To-Offset"
"""Headers of ours in a revisit record: which file below the data folder holds the body, and where."""

_GZIP = 16 + isal_zlib.MAX_WBITS
_READABLE_ENCODINGS: list[list[str]] = [[], ["gzip"]]
_LENGTH_AND_ENCODING = {"content-encoding", "content-length"}
_builder = RecordBuilder(warc_version=VERSION)


class AsReceived(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """HTTP headers whose bytes stay as they came; warcio would percent-encode those beyond ASCII."""

    def to_ascii_bytes(self, filter_func: Any = None) -> bytes:
        return bytes(self.to_bytes(filter_func, "latin-1"))


def payload_digest(body: bytes) -> str:
    """`sha1:` and Base32, the form in which WARC tools compare payloads."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode("ascii")


def as_archived(exchange: Exchange, decoded: bytes) -> tuple[Headers, bytes]:
    """Headers and body of an answer as they are archived: as received, where every reader of WARC can decode them.

    Else `decoded` is archived, and the headers that name the encoding are renamed. For a redirect, `decoded` is the
    body as received: nobody has decoded it.
    """
    encodings = [value.strip().lower() for name, value in exchange.headers if name.lower() == "content-encoding"]
    if encodings in _READABLE_ENCODINGS:
        return exchange.headers, exchange.body
    renamed = tuple(
        (f"X-Archive-Orig-{name}" if name.lower() in _LENGTH_AND_ENCODING else name, value)
        for name, value in exchange.headers
    )
    return renamed, decoded


def warcinfo(filename: str, facts: Mapping[str, str]) -> bytes:
    """The first record of a file: who made it, and how."""
    return _member(_builder.create_warcinfo_record(filename, facts))


def response_records(
    exchange: Exchange, headers: Headers, body: bytes, extra: Mapping[str, str], *, digest: str | None = None
) -> list[bytes]:
    """The records of an answer and of its request; `extra` are further headers of the answer's record.

    `digest` is that of the body, where it is known.
    """
    fields = {"WARC-Payload-Digest": digest or payload_digest(body), **extra}
    return _answer_and_request("response", exchange, headers, fields, body)


def revisit_records(exchange: Exchange, headers: Headers, reference: Mapping[str, str]) -> list[bytes]:
    """The records of an answer whose body is archived already, where `reference` says, and of its request."""
    return _answer_and_request("revisit", exchange, headers, reference, b"")


def warc_date(moment: datetime) -> str:
    """A moment as WARC 1.1 writes it, to the microsecond."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _answer_and_request(
    kind: str, exchange: Exchange, headers: Headers, extra: Mapping[str, str], body: bytes
) -> list[bytes]:
    identity = str(_builder._make_warc_id())
    fields = {"WARC-Date": warc_date(exchange.fetched_at)}
    if exchange.ip_address:
        fields["WARC-IP-Address"] = exchange.ip_address
    # Scrapy does not hand on the reason phrase.
    line = f"{exchange.status} {responses.get(exchange.status, '')}".rstrip()
    answered = AsReceived(line, list(headers), protocol=exchange.protocol)
    asked = AsReceived(f"{_target(exchange.url)} HTTP/1.1", list(exchange.request_headers), protocol=exchange.method)
    answer_fields = fields | {"WARC-Record-ID": identity} | dict(extra)
    return [
        _record(exchange.url, kind, answered, answer_fields, body),
        _record(exchange.url, "request", asked, fields | {"WARC-Concurrent-To": identity}, b""),
    ]


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _record(url: str, kind: str, http_headers: AsReceived, fields: dict[str, str], body: bytes) -> bytes:
    record = _builder.create_warc_record(
        url, kind, payload=BytesIO(body), length=len(body), http_headers=http_headers, warc_headers_dict=fields
    )
    return _member(record)


def _member(record: Any) -> bytes:
    plain = BytesIO()
    WARCWriter(plain, gzip=False, warc_version=VERSION).write_record(record)
    # A ninth of the time of zlib, for files that are a tenth larger (pages of 60 kB, 2026-11-30).
    return bytes(isal_zlib.compress(plain.getbuffer(), isal_zlib.ISAL_DEFAULT_COMPRESSION, _GZIP))
