"""Bodies as they are stored in WARC files: chunked or not, packed or not, and which of these a digest is of."""

from __future__ import annotations

import base64
import hashlib
from http import HTTPStatus
from io import BytesIO
from typing import Any

from warcio.bufferedreaders import BufferedReader, ChunkedDataReader

_BLOCK = 64 * 1024
_PLAIN = {"", "identity"}
_PACKED = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}  # not br: warcio 1.8 cannot use brotli 1.2


def payload(headers: Any, raw: bytes, most: int) -> bytes | None:
    """The body, transfer and content encodings undone; None where it is larger than `most`.

    What is stored decoded already, under the headers of the encoded one, stays as it is. ValueError for an encoding
    that nobody undoes here.
    """
    encoding = (headers.get_header("Content-Encoding") or "").strip().lower()
    if encoding not in _PLAIN | _PACKED.keys():
        raise ValueError(f"the body is encoded as {encoding}, which cannot be undone")
    whole = _unchunked(headers, raw)
    if encoding in _PLAIN:
        return whole
    stream: Any = BufferedReader(BytesIO(whole), decomp_type=_PACKED[encoding])
    return _read(stream, most)


def is_whole(headers: Any, raw: bytes) -> bool:
    """Whether a body has the length that its answer promised; wget keeps what came until a connection broke."""
    promised = headers.get_header("Content-Length") or ""
    # Of an answer without a body the length is that of the one that is not sent.
    is_bodiless = headers.get_statuscode() == str(HTTPStatus.NOT_MODIFIED.value)
    if is_bodiless or not (promised.isascii() and promised.isdecimal()):
        return True
    is_coded = any(headers.get_header(name) for name in ("Content-Encoding", "Transfer-Encoding"))
    return is_coded or len(raw) >= int(promised[:18])


def has_digest(headers: Any, raw: bytes, body: bytes, digest: str) -> bool:
    """Whether a digest is that of a body, in one of the forms that WARC tools take it of; true where it is no SHA-1."""
    name, _, value = digest.partition(":")
    if name.lower() != "sha1":
        return True
    return any(_is_sha1(value.strip(), form) for form in (raw, _unchunked(headers, raw), body))


def _is_sha1(value: str, body: bytes) -> bool:
    """Base32 is what nearly all write; the standard names no form."""
    digest = hashlib.sha1(body, usedforsecurity=False).digest()
    return value.upper() == base64.b32encode(digest).decode() or value.lower() == digest.hex()


def _unchunked(headers: Any, raw: bytes) -> bytes:
    # All chunks before anything is unpacked: a chunk of a few megabytes may hold gigabytes.
    is_chunked = (headers.get_header("Transfer-Encoding") or "").strip().lower() == "chunked"
    stream: Any = ChunkedDataReader(BytesIO(raw)) if is_chunked else BytesIO(raw)
    return bytes(stream.read())


def _read(stream: Any, most: int) -> bytes | None:
    parts, size = [], 0
    while size <= most and (part := stream.read(_BLOCK)):
        parts.append(part)
        size += len(part)
    return b"".join(parts) if size <= most else None
