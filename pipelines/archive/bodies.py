"""Bodies as WARC files hold them: chunked or not, compressed or not, and the digests that are taken of them."""

from __future__ import annotations

import base64
import hashlib
from http import HTTPStatus
from io import BytesIO
from typing import Any

from warcio.bufferedreaders import ChunkedDataReader

from pipelines.archive.encodings import undone


def payload(headers: Any, raw: bytes, largest: int) -> bytes | None:
    """The body without transfer and content encodings; None where it has more than `largest` bytes.

    ValueError for an encoding that cannot be undone here.
    """
    given = [value for name, value in headers.headers if name.lower() == "content-encoding"]
    return undone(_unchunked(headers, raw), ",".join(given), largest)


def is_whole(headers: Any, raw: bytes) -> bool:
    """Whether a body has the length that its answer promised. wget keeps a page whose connection broke."""
    promised = headers.get_header("Content-Length") or ""
    # An answer without a body names the length of the body that is not sent.
    is_bodiless = headers.get_statuscode() == str(HTTPStatus.NOT_MODIFIED.value)
    if is_bodiless or not (promised.isascii() and promised.isdecimal()):
        return True
    is_coded = any(headers.get_header(name) for name in ("Content-Encoding", "Transfer-Encoding"))
    return is_coded or len(raw) >= int(promised[:18])


def has_digest(headers: Any, raw: bytes, body: bytes, digest: str) -> bool:
    """Whether a digest is that of the body as it came, without chunks, or decoded; true where it is no SHA-1.

    WARC tools differ in which of these they take the digest of.
    """
    name, _, value = digest.partition(":")
    if name.lower() != "sha1":
        return True
    return any(is_sha1(value.strip(), form) for form in (raw, _unchunked(headers, raw), body))


def is_sha1(value: str, body: bytes | memoryview) -> bool:
    """Whether a SHA-1, in Base32 (usual) or hexadecimal, is that of the body. The standard names no form."""
    digest = hashlib.sha1(body, usedforsecurity=False).digest()
    return value.upper() == base64.b32encode(digest).decode() or value.lower() == digest.hex()


def _unchunked(headers: Any, raw: bytes) -> bytes:
    # All chunks before anything is unpacked: a chunk of a few megabytes may hold gigabytes.
    is_chunked = (headers.get_header("Transfer-Encoding") or "").strip().lower() == "chunked"
    stream: Any = ChunkedDataReader(BytesIO(raw)) if is_chunked else BytesIO(raw)
    return bytes(stream.read())
